namespace KeyRotation.Core;

/// <summary>The sentence that people read in AWS Config: what was found, what is allowed, and the next step.</summary>
internal static class Annotation
{
    /// <summary>Source: AWS Config API Reference, Evaluation, Annotation: 1 to 256 characters.</summary>
    public const int MaxLength = 256;

    private const string FixMark = " Fix: ";

    /// <summary>The cause comes first, so that a cut keeps it; and the key comes last, so that a cut command cannot do something else.</summary>
    public static string Of(Verdict.NonCompliant verdict, KeyFacts key, RuleParameters parameters, StackOwner owner) =>
        Cut(verdict.Finding + FixMark + NextStep(verdict.Fix, key, parameters.MaxRotationPeriodInDays, owner));

    /// <summary>At most <see cref="MaxLength"/> UTF-16 units, never half a surrogate pair; a cut is marked.</summary>
    public static string Cut(string text)
    {
        if (text.Length <= MaxLength) return text;
        var end = MaxLength - 1;
        if (char.IsHighSurrogate(text[end - 1])) end--;
        return text[..end] + "…";
    }

    /// <summary>The annotation without its next step, which depends on who owns the key and not on what the key is.</summary>
    public static string Finding(string annotation) =>
        annotation.IndexOf(FixMark, StringComparison.Ordinal) is >= 0 and var end ? annotation[..end] : annotation;

    private static string NextStep(Fix fix, KeyFacts key, int days, StackOwner owner) => fix switch
    {
        Fix.AllowReading => "allow the rule's role to read this key in the key policy.",
        Fix.Wait => "none on the key; AWS Config evaluates it again.",
        _ => (fix == Fix.EnableKeyThenRotation ? "enable the key, then " : "") + SetRotation(key, days, owner),
    };

    private static string SetRotation(KeyFacts key, int days, StackOwner owner) => owner switch
    {
        _ when key is { IsReplica: true, PrimaryKeyArn: null } => $"set a period of {days} days on its primary key.",
        _ when key is { IsReplica: true, PrimaryKeyArn: { } primary } => "on its primary key: " + EnableKeyRotation(primary, KeyFacts.RegionOf(primary), days),
        StackOwner.Stack stack =>
            $"set EnableKeyRotation: true and RotationPeriodInDays: {days} on {stack.LogicalResourceId} in CloudFormation stack {stack.StackName}.",
        StackOwner.Unknown => "in its CloudFormation stack, if it has one; else " + EnableKeyRotation(key.KeyId, key.Region, days),
        _ => EnableKeyRotation(key.KeyId, key.Region, days),
    };

    private static string EnableKeyRotation(string keyId, string region, int days) =>
        $"aws kms enable-key-rotation --region {region} --rotation-period-in-days {days} --key-id {keyId}";
}

/// <summary>Where the key is defined, and so where its rotation has to be set: by hand it would be drift.</summary>
internal abstract record StackOwner
{
    private StackOwner()
    {
    }

    public sealed record Stack(string StackName, string LogicalResourceId) : StackOwner;

    public sealed record None : StackOwner;

    /// <summary>CloudFormation was not asked, or did not say.</summary>
    public sealed record Unknown : StackOwner;
}
