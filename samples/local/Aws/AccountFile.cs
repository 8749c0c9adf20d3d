using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml;

namespace KeyRotation.Local;

/// <summary>The keys of a local account, in a file: samples/account.json.</summary>
/// <param name="Roles">Those that may be assumed, by name or path/name.</param>
internal sealed record AccountFile(
    string AccountId, string Region, IReadOnlyList<AccountFile.Entry> Keys, IReadOnlyList<string>? Roles = null)
{
    public static AccountFile Load(string path)
    {
        using var file = File.OpenRead(path);
        try
        {
            return JsonSerializer.Deserialize(file, AccountFileJson.Default.AccountFile)
                ?? throw new InvalidDataException($"{path}: null is no account.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>The account with its keys; <see cref="Entry.Errors"/> becomes faults of the local AWS.</summary>
    public LocalAccount AddTo(LocalAws aws)
    {
        var account = aws.FindAccount(AccountId, Region) ?? aws.Add(new LocalAccount(AccountId, Region));
        foreach (var role in Roles ?? []) account.Roles[role] = new();
        foreach (var entry in Keys)
        {
            account.Put(entry.Key(aws.Now));
            foreach (var (operation, code) in entry.Errors ?? new Dictionary<string, string>())
            {
                var fault = new Fault.Error(code, $"samples/account.json says that {operation} answers so.");
                aws.Faults.Add(operation, fault, keyId: entry.KeyMetadata.KeyId, accountId: AccountId);
            }
        }

        return account;
    }

    /// <param name="History">False where AWS Config has no item of the key.</param>
    /// <param name="Errors">Operation to the error code that it answers for this key.</param>
    /// <param name="RotationEnabledDate">From when the period of automatic rotation counts; without it from the creation of the key.</param>
    /// <param name="Rotations">Rotations on demand, and automatic ones from before <paramref name="RotationEnabledDate"/>.</param>
    /// <param name="OnDemandRotationStartDate">When a rotation on demand was started that is not finished.</param>
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

        /// <summary>A time, or an ISO 8601 age before now.</summary>
        private static DateTimeOffset? Time(string? text, DateTimeOffset now) => text switch
        {
            null => null,
            ['P', ..] => now - XmlConvert.ToTimeSpan(text),
            _ => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
        };
    }

    /// <summary>The members of DescribeKey's answer that the local AWS keeps; the others follow from these.</summary>
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

    /// <param name="RotationDate">A time, or an ISO 8601 age.</param>
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
