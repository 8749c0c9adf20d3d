using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml;

namespace KeyRotation.Local;

/// <summary>The file that defines a local account and its keys: samples/account.json.</summary>
/// <param name="Roles">Roles that can be assumed, as a name or path/name.</param>
internal sealed record AccountFile(
    string AccountId, string Region, IReadOnlyList<AccountFile.Entry> Keys, IReadOnlyList<string>? Roles = null)
{
    public static AccountFile Load(string path)
    {
        using var file = File.OpenRead(path);
        try
        {
            return JsonSerializer.Deserialize(file, AccountFileJson.Default.AccountFile)
                ?? throw new InvalidDataException($"{path}: null is not an account.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Adds the account with its keys to the local AWS. <see cref="Entry.Errors"/> become faults.</summary>
    public LocalAccount AddTo(LocalAws aws)
    {
        var account = aws.FindAccount(AccountId, Region) ?? aws.Add(new LocalAccount(AccountId, Region));
        foreach (var role in Roles ?? []) account.Roles[role] = new();
        foreach (var entry in Keys)
        {
            account.Put(entry.Key(aws.Now));
            foreach (var (operation, code) in entry.Errors ?? new Dictionary<string, string>())
            {
                var fault = new Fault.Error(code, $"samples/account.json sets this error for {operation}.");
                aws.Faults.Add(operation, fault, keyId: entry.KeyMetadata.KeyId, accountId: AccountId);
            }
        }

        return account;
    }

    /// <param name="History">False if AWS Config has no configuration item for the key.</param>
    /// <param name="Errors">The error code that an operation returns for this key, by operation.</param>
    /// <param name="RotationEnabledDate">Start of the first automatic rotation period; the key's creation date if null.</param>
    /// <param name="Rotations">On-demand rotations, and automatic rotations before <paramref name="RotationEnabledDate"/>.</param>
    /// <param name="OnDemandRotationStartDate">Start of an on-demand rotation that is in progress.</param>
    internal sealed record Entry(
        Metadata KeyMetadata,
        bool? KeyRotationEnabled = false,
        int? RotationPeriodInDays = null,
        IReadOnlyDictionary<string, string>? Tags = null,
        IReadOnlyList<string>? Aliases = null,
        LocalStack? Stack = null,
        IReadOnlyDictionary<string, string>? Errors = null,
        bool History = true,
        string? RotationEnabledDate = null,
        IReadOnlyList<Rotation>? Rotations = null,
        string? OnDemandRotationStartDate = null)
    {
        public LocalKey Key(DateTimeOffset now) => new()
        {
            KeyId = KeyMetadata.KeyId,
            Description = KeyMetadata.Description,
            KeyManager = KeyMetadata.KeyManager,
            KeySpec = KeyMetadata.KeySpec,
            KeyUsage = KeyMetadata.KeyUsage,
            Origin = KeyMetadata.Origin,
            KeyState = KeyMetadata.KeyState,
            CreationDate = Time(KeyMetadata.CreationDate, now) ?? now.AddYears(-2),
            DeletionDate = Time(KeyMetadata.DeletionDate, now),
            MultiRegionKeyType = KeyMetadata.MultiRegionConfiguration?.MultiRegionKeyType,
            PrimaryRegion = KeyMetadata.MultiRegionConfiguration?.PrimaryKey?.Region,
            KeyRotationEnabled = KeyRotationEnabled,
            RotationPeriodInDays = RotationPeriodInDays,
            RotationEnabledDate = Time(RotationEnabledDate, now),
            PastRotations =
            [
                .. (Rotations ?? []).Select(rotation => new LocalRotation(Time(rotation.RotationDate, now) ?? now, rotation.RotationType)),
            ],
            OnDemandRotationStartDate = Time(OnDemandRotationStartDate, now),
            Tags = Tags ?? new Dictionary<string, string>(),
            Aliases = Aliases ?? [],
            Stack = Stack,
            History = History,
        };

        /// <summary>Parses a time, or an ISO 8601 duration before now.</summary>
        private static DateTimeOffset? Time(string? text, DateTimeOffset now) => text switch
        {
            null => null,
            ['P', ..] => now - XmlConvert.ToTimeSpan(text),
            _ => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
        };
    }

    /// <summary>The members of the DescribeKey response that the local AWS stores; the others follow from these.</summary>
    internal sealed record Metadata(
        string KeyId,
        string Description = "",
        string KeyManager = "CUSTOMER",
        string KeySpec = "SYMMETRIC_DEFAULT",
        string KeyUsage = "ENCRYPT_DECRYPT",
        string Origin = "AWS_KMS",
        string KeyState = "Enabled",
        string? CreationDate = null,
        string? DeletionDate = null,
        MultiRegion? MultiRegionConfiguration = null);

    /// <param name="RotationDate">A time, or an ISO 8601 duration before now.</param>
    internal sealed record Rotation(string RotationDate, string RotationType = "ON_DEMAND");

    internal sealed record MultiRegion(string MultiRegionKeyType, MultiRegionKey? PrimaryKey = null);

    internal sealed record MultiRegionKey(string Region);
}

[JsonSourceGenerationOptions(
    PropertyNameCaseInsensitive = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(AccountFile))]
internal sealed partial class AccountFileJson : JsonSerializerContext;
