using System.Security.Cryptography;
using System.Text;

namespace KeyRotation.Local;

/// <summary>One KMS key as it is in the local AWS. Its account gives it its ARN.</summary>
internal sealed record LocalKey
{
    /// <summary>The bare key id; a multi-Region key's starts with <c>mrk-</c>.</summary>
    public string KeyId { get; init; } = Guid.NewGuid().ToString();

    public string Description { get; init; } = "";
    public string KeyManager { get; init; } = "CUSTOMER";
    public string KeySpec { get; init; } = "SYMMETRIC_DEFAULT";
    public string KeyUsage { get; init; } = "ENCRYPT_DECRYPT";
    public string Origin { get; init; } = "AWS_KMS";
    public string KeyState { get; init; } = "Enabled";
    public DateTimeOffset CreationDate { get; init; } = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public DateTimeOffset? DeletionDate { get; init; }

    /// <summary><c>PRIMARY</c>, <c>REPLICA</c>, or null for a key of one Region.</summary>
    public string? MultiRegionKeyType { get; init; }

    /// <summary>Where the primary of a replica lives; rotation is set there.</summary>
    public string? PrimaryRegion { get; init; }

    /// <summary>As the owner set it. Null makes KMS answer without the flag, which its SDK types allow.</summary>
    public bool? KeyRotationEnabled { get; init; } = false;

    public int? RotationPeriodInDays { get; init; }

    /// <summary>From when the period of automatic rotation counts: when it was set; null is the creation of the key.</summary>
    public DateTimeOffset? RotationEnabledDate { get; init; }

    /// <summary>Rotations on demand, and automatic ones from before <see cref="RotationEnabledDate"/>.</summary>
    public IReadOnlyList<LocalRotation> PastRotations { get; init; } = [];

    /// <summary>A rotation on demand was started then, and is not finished.</summary>
    public DateTimeOffset? OnDemandRotationStartDate { get; init; }

    /// <summary>The last use that KMS has tracked.</summary>
    public LocalUse? LastUse { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<string> Aliases { get; init; } = [];
    public LocalStack? Stack { get; init; }

    /// <summary>AWS Config has recorded the key.</summary>
    public bool History { get; init; } = true;

    /// <summary>When AWS Config recorded its newest item; null is now.</summary>
    public DateTimeOffset? CaptureTime { get; init; }

    /// <summary>KMS no longer has the key; AWS Config remembers it.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>
    /// AWS Config records the account daily, and delivered the newest item then. Null is continuous recording, whose items do not say it.
    /// </summary>
    public DateTimeOffset? DeliveryTime { get; init; }

    public bool IsReplica => MultiRegionKeyType == "REPLICA";

    public bool IsPendingDeletion => KeyState is "PendingDeletion" or "PendingReplicaDeletion";

    /// <summary>
    /// KMS answers GetKeyRotationStatus; the others are an UnsupportedOperationException. Of imported keys it answers since they can be
    /// rotated on demand, though not before their material is there. AWS documents neither.
    /// </summary>
    public bool HasRotationStatus => Origin == "AWS_KMS" || (Origin == "EXTERNAL" && KeyState != "PendingImport");

    /// <summary>KMS can rotate it automatically.</summary>
    public bool CanRotate => KeySpec == "SYMMETRIC_DEFAULT" && Origin == "AWS_KMS";

    /// <summary>KMS can rotate it on demand, and knows its key material by an id.</summary>
    public bool CanRotateOnDemand => KeySpec == "SYMMETRIC_DEFAULT" && Origin is "AWS_KMS" or "EXTERNAL";

    private int Period => RotationPeriodInDays ?? 365;

    private DateTimeOffset Start => RotationEnabledDate ?? CreationDate;

    /// <summary>All that have happened by then, the oldest first.</summary>
    public LocalRotation[] Rotations(DateTimeOffset now)
    {
        var count = CanRotate && KeyRotationEnabled == true ? Math.Max(0, (int)((now - Start).TotalDays / Period)) : 0;
        var automatic = Enumerable.Range(1, count).Select(number => new LocalRotation(Start.AddDays(number * Period), "AUTOMATIC"));
        return [.. PastRotations.Concat(automatic).OrderBy(rotation => rotation.RotationDate)];
    }

    public DateTimeOffset NextRotation(DateTimeOffset now) =>
        Start.AddDays(Period * (Math.Floor(Math.Max((now - Start).TotalDays, 0) / Period) + 1));

    /// <summary>Another one after each rotation, and the same for a primary key and its replicas.</summary>
    /// <param name="rotations">How many there have been.</param>
    public string KeyMaterialId(int rotations) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{KeyId} {rotations}")));

    public static LocalKey Symmetric(bool? rotates = false, int? periodInDays = null) =>
        new() { KeyRotationEnabled = rotates, RotationPeriodInDays = periodInDays };

    public static LocalKey AwsManaged(string service = "s3") => new()
    {
        KeyManager = "AWS",
        KeyRotationEnabled = true,
        Description = $"Default key that protects my {service} data when no other key is defined",
        Aliases = [$"alias/aws/{service}"],
    };

    public static LocalKey Asymmetric(string keySpec = "RSA_2048", string keyUsage = "SIGN_VERIFY") =>
        new() { KeySpec = keySpec, KeyUsage = keyUsage };

    public static LocalKey Hmac(string keySpec = "HMAC_256") => new() { KeySpec = keySpec, KeyUsage = "GENERATE_VERIFY_MAC" };

    /// <param name="origin">EXTERNAL, AWS_CLOUDHSM or EXTERNAL_KEY_STORE.</param>
    public static LocalKey OfOrigin(string origin) => new() { Origin = origin };

    public static LocalKey Disabled(bool rotates = false) => new() { KeyState = "Disabled", KeyRotationEnabled = rotates };

    public static LocalKey PendingDeletion(bool rotates = true) =>
        new() { KeyState = "PendingDeletion", KeyRotationEnabled = rotates, DeletionDate = DateTimeOffset.UtcNow.AddDays(7) };

    public static LocalKey Primary(bool rotates = false, int? periodInDays = null) =>
        Symmetric(rotates, periodInDays) with { KeyId = NewMultiRegionId(), MultiRegionKeyType = "PRIMARY" };

    /// <summary>KMS answers with the primary's status, if the primary is in the local AWS too.</summary>
    public static LocalKey Replica(string primaryRegion = "eu-west-1", bool rotates = false, int? periodInDays = null) =>
        Primary(rotates, periodInDays) with { MultiRegionKeyType = "REPLICA", PrimaryRegion = primaryRegion };

    private static string NewMultiRegionId() => $"mrk-{Guid.NewGuid():N}";
}

/// <param name="RotationType">AUTOMATIC or ON_DEMAND.</param>
internal sealed record LocalRotation(DateTimeOffset RotationDate, string RotationType = "ON_DEMAND");

/// <param name="Operation">Such as Decrypt.</param>
internal sealed record LocalUse(DateTimeOffset Timestamp, string Operation);

/// <summary>The CloudFormation stack that holds a key, or has held it.</summary>
/// <param name="Status">DELETE_SKIPPED where the stack has left the key behind, DELETE_COMPLETE where it has deleted it.</param>
/// <param name="ResourceType">AWS::KMS::ReplicaKey for a replica that a stack made.</param>
internal sealed record LocalStack(
    string StackName, string LogicalResourceId, string Status = "CREATE_COMPLETE", string ResourceType = "AWS::KMS::Key");
