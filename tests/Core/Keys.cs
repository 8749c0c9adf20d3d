namespace KeyRotation.Tests.Core;

/// <summary>Facts about example keys. A test starts with a complete key whose rotation is on, and changes what it tests.</summary>
internal static class Keys
{
    public const string Id = "0f0e0d0c-1111-4222-8333-444455556666";
    public const string MultiRegionId = "mrk-0123456789abcdef0123456789abcdef";
    public const string PrimaryArn = $"arn:aws:kms:us-east-1:111122223333:key/{MultiRegionId}";

    public static readonly DateTimeOffset Now = new(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);

    public static KeyFacts Customer { get; } = new()
    {
        KeyId = Id,
        Arn = $"arn:aws:kms:eu-central-1:111122223333:key/{Id}",
        KeyManager = "CUSTOMER",
        KeySpec = "SYMMETRIC_DEFAULT",
        Origin = "AWS_KMS",
        KeyState = "Enabled",
        CreationDate = Now.AddYears(-1),
        Tags = new Dictionary<string, string>(),
        Rotation = new RotationStatus.On(365),
    };

    /// <summary>Rotation is off. The key is described, because the rule calls DescribeKey before it reports rotation as off.</summary>
    public static KeyFacts Off { get; } = Customer with { Rotation = new RotationStatus.Off(), IsDescribed = true };

    public static KeyFacts Primary { get; } = Customer with
    {
        KeyId = MultiRegionId,
        Arn = PrimaryArn,
        MultiRegionKeyType = "PRIMARY",
        PrimaryKeyArn = PrimaryArn,
    };

    public static KeyFacts Replica { get; } = Primary with
    {
        Arn = $"arn:aws:kms:eu-central-1:111122223333:key/{MultiRegionId}",
        MultiRegionKeyType = "REPLICA",
    };

    /// <summary>The key material is imported; KMS then returns rotation as off.</summary>
    public static KeyFacts Imported { get; } = Off with { Origin = "EXTERNAL" };

    public static RotationHistory HistoryDenied { get; } = new RotationHistory.Unreadable(new("AccessDeniedException", AccessDenied: true, "ListKeyRotations: you may not."));

    public static KeyFacts RotatedOn(this KeyFacts key, DateTimeOffset newest) =>
        key with { Rotations = new RotationHistory.Known(newest) };

    public static KeyFacts NeverRotated(this KeyFacts key, DateTimeOffset? created) =>
        key with { CreationDate = created, Rotations = new RotationHistory.Known(Newest: null) };

    public static KeyFacts Rotating(int? days) => Customer with { Rotation = new RotationStatus.On(days) };

    public static KeyFacts Unreadable(ReadFailure failure) => Customer with { Rotation = new RotationStatus.Unreadable(failure) };

    public static KeyFacts Denied { get; } = Unreadable(new("AccessDeniedException", AccessDenied: true));

    public static KeyFacts Throttled { get; } = Unreadable(new("ThrottlingException"));

    /// <summary>A key as ListKeys returns it: only its ID and ARN are known.</summary>
    public static KeyFacts Bare { get; } = new() { KeyId = Customer.KeyId, Arn = Customer.Arn };

    public static KeyFacts Tagged(this KeyFacts key, string name, string value) =>
        key with { Tags = new Dictionary<string, string> { [name] = value } };

    /// <summary>The letter of the scenario and its result, or the question that the rule asks first.</summary>
    public static string Letter(this Judgment judgment) => judgment switch
    {
        Verdict verdict => $"{verdict.Scenario} {ResultOf(verdict)}",
        Judgment.Pending pending => $"asks {pending.Question}",
        _ => throw new ArgumentOutOfRangeException(nameof(judgment)),
    };

    private static string ResultOf(Verdict verdict) => verdict switch
    {
        Verdict.Compliant => "COMPLIANT",
        Verdict.NonCompliant => "NON_COMPLIANT",
        Verdict.NotApplicable => "NOT_APPLICABLE",
        _ => "failure",
    };
}
