namespace KeyRotation.Audit;

/// <summary>A short description of each scenario, for counts of keys by reason. The letters are those in KeyRule.</summary>
internal static class Reasons
{
    public static readonly IReadOnlyDictionary<string, string> All = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["a"] = "Deleted during the audit",
        ["b"] = "AWS managed: AWS rotates it every year",
        ["c"] = "Asymmetric or HMAC key: KMS cannot rotate it",
        ["d"] = "Key material from outside KMS: KMS cannot rotate it",
        ["e"] = "Scheduled for deletion",
        ["f"] = "Disabled: KMS does not rotate it",
        ["g"] = "Replica: judged at its primary key",
        ["h"] = "Exempt",
        ["i"] = "Could not be read",
        ["j"] = "New, and within its grace period",
        ["k"] = "Automatic rotation is off",
        ["l"] = "Rotation period is too long",
        ["m"] = "Rotates often enough",
        ["n"] = "Imported key material is too old",
        ["o"] = "Rotated on demand, often enough",
        ["p"] = "Rotation is on, but key material is too old",
    };

    public static string Of(char scenario) => All[scenario.ToString()];
}
