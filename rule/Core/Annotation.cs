namespace KeyRotation.Core;

/// <summary>The text that people read in AWS Config: the finding, the limit, and the next step.</summary>
internal static class Annotation
{
    /// <summary>Source: AWS Config API Reference, Evaluation, Annotation: 1 to 256 characters.</summary>
    public const int MaxLength = 256;

    private const string FixMark = " Fix: ";
    private const string PerhapsInStack = "in its CloudFormation stack, if it has one; else ";

    // CloudFormation ignores a period without EnableKeyRotation.
    private const string SetInStack = "set EnableKeyRotation: true and RotationPeriodInDays: ";

    /// <summary>
    /// The cause comes first, so that a cut keeps it. A fix is complete or left out: half a command would be a different command.
    /// </summary>
    public static string Of(Verdict verdict, KeyFacts key, int maxRotationPeriodInDays, StackOwner owner)
    {
        var finding = SingleLine.Cut(verdict.Finding, MaxLength);
        if (verdict is not Verdict.NonCompliant { Fix: var fix }) return finding;
        return NextSteps(fix, key, maxRotationPeriodInDays, owner)
            .Select(step => SingleLine.Of(finding + FixMark + step))
            .FirstOrDefault(text => text.Length <= MaxLength) ?? finding;
    }

    /// <summary>
    /// The annotation up to the part about the stack. Only CloudFormation knows the stack of a key, and a sweep compares before it calls
    /// CloudFormation. So all stacks give the same text here, which differs from the text for a key without a stack.
    /// </summary>
    public static string WithoutStack(string annotation) =>
        annotation.LastIndexOf(SetInStack, StringComparison.Ordinal) is >= 0 and var stack ? annotation[..stack] : annotation;

    /// <summary>The same fix in several lengths, longest first. The first that fits is used.</summary>
    public static string[] NextSteps(Fix fix, KeyFacts key, int days, StackOwner owner) => fix switch
    {
        Fix.AllowReading => ["allow the rule's role to read this key in the key policy."],
        Fix.Wait => ["nothing to change on the key; AWS Config evaluates it again."],
        Fix.RotateKeyOnDemand => EnabledFirst(key, Rotate(key)),
        Fix.ImportKeyMaterialThenRotate => EnabledFirst(key, Array.ConvertAll(Rotate(key), step => Import(key) + step)),
        _ => EnabledFirst(key, SetRotation(key, days, owner)),
    };

    /// <summary>KMS does not change the rotation of a disabled key (DisabledException). A replica's is changed on its primary.</summary>
    private static string[] EnabledFirst(KeyFacts key, string[] steps) =>
        key.KeyState == "Disabled" && !key.IsReplica ? Array.ConvertAll(steps, step => "enable the key, then " + step) : steps;

    private static string[] Rotate(KeyFacts key) => key switch
    {
        { IsReplica: true, PrimaryKeyArn: { } primary } =>
        [
            "on the primary: " + RotateKeyOnDemand(primary, KeyFacts.RegionOf(primary)),
            $"rotate the primary key {primary} on demand.",
            RotatePrimary,
        ],
        { IsReplica: true } => [RotatePrimary],
        _ => [RotateKeyOnDemand(key.KeyId, key.Region), "rotate the key on demand."],
    };

    private static string Import(KeyFacts key) =>
        $"import new key material{(key.IsMultiRegion ? " into the primary and every replica" : "")}, then ";

    private static string[] SetRotation(KeyFacts key, int days, StackOwner owner) => (key, owner) switch
    {
        ({ IsReplica: true, PrimaryKeyArn: { } primary }, _) =>
        [
            "on the primary: " + EnableKeyRotation(primary, KeyFacts.RegionOf(primary), days),
            $"enable rotation, every {days} days, on the primary key {primary}.",
            OnPrimary(days),
        ],
        ({ IsReplica: true }, _) => [OnPrimary(days)],
        (_, StackOwner.Stack stack) =>
        [
            $"{SetInStack}{days} on {stack.LogicalResourceId} in CloudFormation stack {stack.StackName}.",
            $"{SetInStack}{days} in stack {stack.StackName}.",
            $"{SetInStack}{days} in its CloudFormation stack.",
            Briefly(days),
        ],
        (_, StackOwner.Unknown) =>
            [PerhapsInStack + EnableKeyRotation(key.KeyId, key.Region, days), PerhapsInStack + Briefly(days), Briefly(days)],
        _ => [EnableKeyRotation(key.KeyId, key.Region, days), Briefly(days)],
    };

    private static string OnPrimary(int days) => $"enable rotation, every {days} days, on its primary key.";

    private static string Briefly(int days) => $"enable rotation, every {days} days.";

    private const string RotatePrimary = "rotate its primary key on demand.";

    private static string RotateKeyOnDemand(string keyId, string region) => $"aws kms rotate-key-on-demand --region {region} --key-id {keyId}";

    private static string EnableKeyRotation(string keyId, string region, int days) =>
        $"aws kms enable-key-rotation --region {region} --rotation-period-in-days {days} --key-id {keyId}";
}

/// <summary>Where the key is defined, and so where its rotation must be set. A change by hand would be drift.</summary>
internal abstract record StackOwner
{
    private StackOwner()
    {
    }

    public sealed record Stack(string StackName, string LogicalResourceId) : StackOwner;

    public sealed record None : StackOwner;

    /// <summary>CloudFormation was not called, or did not respond.</summary>
    public sealed record Unknown : StackOwner;
}
