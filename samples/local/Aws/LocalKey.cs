using System.Security.Cryptography;
using System.Text;

namespace KeyRotation.Local;

/// <summary>One KMS key in the local AWS. Its ARN comes from its account.</summary>
internal sealed record LocalKey
{
    /// <summary>The key ID, not an ARN. The ID of a multi-Region key starts with <c>mrk-</c>.</summary>
    public string KeyId { get; init; } = Guid.NewGuid().ToString();

    public string Description { get; init; } = "";
    public string KeyManager { get; init; } = "CUSTOMER";
    public string KeySpec { get; init; } = "SYMMETRIC_DEFAULT";
    public string KeyUsage { get; init; } = "ENCRYPT_DECRYPT";
    public string Origin { get; init; } = "AWS_KMS";
    public string KeyState { get; init; } = "Enabled";
    public DateTimeOffset CreationDate { get; init; } = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public DateTimeOffset? DeletionDate { get; init; }

    /// <summary><c>PRIMARY</c>, <c>REPLICA</c>, or null for a single-Region key.</summary>
    public string? MultiRegionKeyType { get; init; }

    /// <summary>The Region of a replica's primary key, where its rotation is set.</summary>
    public string? PrimaryRegion { get; init; }

    /// <summary>As the owner set it. Null makes KMS return a status without the flag, which the SDK types allow.</summary>
    public bool? KeyRotationEnabled { get; init; } = false;

    public int? RotationPeriodInDays { get; init; }

    /// <summary>Start of the first automatic rotation period, which is when it was set; null means the creation of the key.</summary>
    public DateTimeOffset? RotationEnabledDate { get; init; }

    /// <summary>On-demand rotations, and automatic rotations before <see cref="RotationEnabledDate"/>.</summary>
    public IReadOnlyList<LocalRotation> PastRotations { get; init; } = [];

    /// <summary>Start of an on-demand rotation that is in progress.</summary>
    public DateTimeOffset? OnDemandRotationStartDate { get; init; }

    /// <summary>The last use that KMS tracked; null if there was none.</summary>
    public LocalUse? LastUse { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<string> Aliases { get; init; } = [];
    public LocalStack? Stack { get; init; }

    /// <summary>Whether AWS Config has recorded the key.</summary>
    public bool History { get; init; } = true;

    /// <summary>When AWS Config recorded the newest configuration item; null means now.</summary>
    public DateTimeOffset? CaptureTime { get; init; }

    /// <summary>Whether the key is deleted. KMS no longer has it, but AWS Config still has its history.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>
    /// When AWS Config delivered the newest configuration item, if it records daily. Null means continuous recording, whose items do not
    /// have this time.
    /// </summary>
    public DateTimeOffset? DeliveryTime { get; init; }

    public bool IsReplica => MultiRegionKeyType == "REPLICA";

    public bool IsPendingDeletion => KeyState is "PendingDeletion" or "PendingReplicaDeletion";

    /// <summary>
    /// Whether KMS supports GetKeyRotationStatus for the key; otherwise, KMS returns UnsupportedOperationException. KMS has supported it
    /// for imported keys since it introduced their on-demand rotation, but not before their key material is imported. AWS documents
    /// neither.
    /// </summary>
    public bool HasRotationStatus => Origin == "AWS_KMS" || (Origin == "EXTERNAL" && KeyState != "PendingImport");

    /// <summary>Whether KMS can rotate the key automatically.</summary>
    public bool CanRotate => KeySpec == "SYMMETRIC_DEFAULT" && Origin == "AWS_KMS";

    /// <summary>Whether KMS can rotate the key on demand, and gives its key material an ID.</summary>
    public bool CanRotateOnDemand => KeySpec == "SYMMETRIC_DEFAULT" && Origin is "AWS_KMS" or "EXTERNAL";

    private int Period => RotationPeriodInDays ?? 365;

    private DateTimeOffset Start => RotationEnabledDate ?? CreationDate;

    /// <summary>All rotations up to <paramref name="now"/>, oldest first.</summary>
    public LocalRotation[] Rotations(DateTimeOffset now)
    {
        var count = CanRotate && KeyRotationEnabled == true ? Math.Max(0, (int)((now - Start).TotalDays / Period)) : 0;
        var automatic = Enumerable.Range(1, count).Select(number => new LocalRotation(Start.AddDays(number * Period), "AUTOMATIC"));
        return [.. PastRotations.Concat(automatic).OrderBy(rotation => rotation.RotationDate)];
    }

    public DateTimeOffset NextRotation(DateTimeOffset now) =>
        Start.AddDays(Period * (Math.Floor(Math.Max((now - Start).TotalDays, 0) / Period) + 1));

    /// <summary>Changes with each rotation, and is the same for a primary key and its replicas.</summary>
    /// <param name="rotations">Number of rotations so far.</param>
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

    /// <summary>If the local AWS has the primary key too, KMS returns the rotation status of the primary key.</summary>
    public static LocalKey Replica(string primaryRegion = "eu-west-1", bool rotates = false, int? periodInDays = null) =>
        Primary(rotates, periodInDays) with { MultiRegionKeyType = "REPLICA", PrimaryRegion = primaryRegion };

    private static string NewMultiRegionId() => $"mrk-{Guid.NewGuid():N}";
}

/// <param name="RotationType">AUTOMATIC or ON_DEMAND.</param>
internal sealed record LocalRotation(DateTimeOffset RotationDate, string RotationType = "ON_DEMAND");

/// <param name="Operation">The operation that used the key, such as Decrypt.</param>
internal sealed record LocalUse(DateTimeOffset Timestamp, string Operation);

/// <summary>The CloudFormation stack that a key belongs to, or belonged to.</summary>
/// <param name="Status">DELETE_SKIPPED if the stack retained the key, DELETE_COMPLETE if it deleted the key.</param>
/// <param name="ResourceType">AWS::KMS::ReplicaKey for a replica that a stack created.</param>
internal sealed record LocalStack(
    string StackName, string LogicalResourceId, string Status = "CREATE_COMPLETE", string ResourceType = "AWS::KMS::Key");
