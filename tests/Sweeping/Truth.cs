using KeyRotation.Local;

namespace KeyRotation.Tests.Sweeping;

/// <summary>The results that AWS Config must hold for an account with the default parameters, derived without the rule's code.</summary>
internal static class Truth
{
    public static Dictionary<string, string> Of(LocalAccount account) => Of(account.Keys);

    public static Dictionary<string, string> Of(IEnumerable<LocalKey> keys) => keys
        .Select(key => (key.KeyId, Compliance: Of(key)))
        .Where(row => row.Compliance is not null)
        .ToDictionary(row => row.KeyId, row => row.Compliance!);

    /// <summary>Null if the rule does not apply to the key.</summary>
    public static string? Of(LocalKey key)
    {
        if (key.IsDeleted || key.KeyManager == "AWS" || key.KeySpec != "SYMMETRIC_DEFAULT" || key.Origin != "AWS_KMS") return null;
        if (key.KeyState is "PendingDeletion" or "PendingReplicaDeletion" or "Disabled") return null;
        return key.KeyRotationEnabled == true && (key.RotationPeriodInDays ?? 365) <= 365 ? "COMPLIANT" : "NON_COMPLIANT";
    }

    public static Dictionary<string, string> HeldBy(LocalAccount account) =>
        account.Results(ConfigEvents.RuleName).ToDictionary(result => result.ResourceId, result => result.ComplianceType);
}
