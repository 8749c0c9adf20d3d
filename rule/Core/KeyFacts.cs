namespace KeyRotation.Core;

/// <summary>
/// The facts that the rule knows about one key. Null means "not known yet", never "no": the rule reads a fact before it uses it.
/// </summary>
internal sealed record KeyFacts
{
    /// <summary>CloudFormation's and AWS Config's name for a KMS key.</summary>
    public const string ResourceType = "AWS::KMS::Key";

    /// <summary>The key ID. That of a multi-Region key starts with <c>mrk-</c>.</summary>
    public required string KeyId { get; init; }

    /// <summary>The key ARN. Each call names the key by it, because KMS looks for a key ID in the caller's own account.</summary>
    public required string Arn { get; init; }

    /// <summary>The key is deleted, AWS Config does not record it, or it left the rule's scope.</summary>
    public bool IsGone { get; init; }

    public string? KeyManager { get; init; }
    public string? KeySpec { get; init; }
    public string? Origin { get; init; }
    public string? KeyState { get; init; }

    /// <summary><c>PRIMARY</c> or <c>REPLICA</c>; meaningful for multi-Region keys only.</summary>
    public string? MultiRegionKeyType { get; init; }

    public string? PrimaryKeyArn { get; init; }
    public DateTimeOffset? CreationDate { get; init; }

    /// <summary>DescribeKey has responded: AWS has no value for a fact that is still null.</summary>
    public bool IsDescribed { get; init; }

    /// <summary>Why DescribeKey failed.</summary>
    public ReadFailure? DescriptionFailure { get; init; }

    /// <summary>The status in the configuration item. It can be old, so it only proves "off", and only if KMS denies the call.</summary>
    public bool? RecordedRotationStatus { get; init; }

    /// <summary>The response from GetKeyRotationStatus; null until it is called.</summary>
    public RotationStatus? Rotation { get; init; }

    /// <summary>When a rotation on demand started that has not finished. KMS returns this with the rotation status.</summary>
    public DateTimeOffset? OnDemandRotationStartDate { get; init; }

    /// <summary>The rotations that happened; null until they are read.</summary>
    public RotationHistory? Rotations { get; init; }

    /// <summary>All tags of the key; null until they are known.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Why ListResourceTags failed.</summary>
    public ReadFailure? TagsFailure { get; init; }

    /// <summary>DescribeKey was not called yet.</summary>
    public bool IsDescriptionOpen => !IsDescribed && DescriptionFailure is null;

    /// <summary>Why the creation date is not known, after DescribeKey was called.</summary>
    public ReadFailure CreationDateFailure => DescriptionFailure ?? new("KMS returned no CreationDate");

    public bool IsMultiRegion => KeyId.StartsWith("mrk-", StringComparison.Ordinal);

    public bool IsReplica => MultiRegionKeyType == "REPLICA";

    public string Region => RegionOf(Arn);

    /// <summary>Off according to KMS; or according to the configuration item, if KMS denies the call.</summary>
    public bool IsRotationOff => Rotation is RotationStatus.Off
        || (Rotation is RotationStatus.Unreadable { Failure.AccessDenied: true } && RecordedRotationStatus == false);

    /// <summary>The first missing fact about the kind of the key, or null.</summary>
    public string? MissingFact =>
        KeyManager is null ? nameof(KeyManager)
        : KeySpec is null ? nameof(KeySpec)
        : Origin is null ? nameof(Origin)
        : KeyState is null ? nameof(KeyState)
        : MultiRegionKeyType is null && IsMultiRegion ? nameof(MultiRegionKeyType)
        : null;

    /// <summary>The fourth part of <c>arn:partition:kms:region:account:key/id</c>, or an empty string if it is not an ARN.</summary>
    public static string RegionOf(string arn) => arn.Split(':') is [_, _, _, var region, ..] ? region : "";
}

/// <summary>The response from GetKeyRotationStatus.</summary>
internal abstract record RotationStatus
{
    private RotationStatus()
    {
    }

    /// <summary>KMS rotates the key; the period is in days.</summary>
    /// <param name="PeriodInDays">Null means the documented default of 365 days.</param>
    public sealed record On(int? PeriodInDays) : RotationStatus;

    public sealed record Off : RotationStatus;

    /// <summary>UnsupportedOperationException: KMS does not rotate a key of this kind automatically.</summary>
    public sealed record Unsupported : RotationStatus;

    /// <summary>Neither on nor off.</summary>
    public sealed record Unreadable(ReadFailure Failure) : RotationStatus;
}

/// <summary>The response from ListKeyRotations.</summary>
internal abstract record RotationHistory
{
    private RotationHistory()
    {
    }

    /// <param name="Newest">The date of the newest rotation, automatic or on demand; null if there was none.</param>
    /// <param name="Type">AUTOMATIC or ON_DEMAND, as KMS names it.</param>
    /// <param name="Count">How many rotations KMS lists.</param>
    public sealed record Known(DateTimeOffset? Newest, string? Type = null, int Count = 0) : RotationHistory;

    /// <summary>This never means "never rotated".</summary>
    public sealed record Unreadable(ReadFailure Failure) : RotationHistory;
}

/// <summary>Why a fact about a key could not be read.</summary>
/// <param name="Cause">The AWS error code, or what is wrong with the response.</param>
/// <param name="AccessDenied">AWS denied the call, so a retry does not help.</param>
/// <param name="Detail">The operation and the AWS message, for the person who must fix it.</param>
internal sealed record ReadFailure(string Cause, bool AccessDenied = false, string? Detail = null)
{
    public string Sentence => (Detail ?? Cause).TrimEnd('.');
}
