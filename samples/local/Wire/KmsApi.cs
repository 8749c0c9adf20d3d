using System.Text.Json.Nodes;

namespace KeyRotation.Local;

/// <summary>AWS KMS: the operations that read keys.</summary>
/// <remarks>Source: AWS KMS API Reference, and the service model in botocore, data/kms/2014-11-01/service-2.json.</remarks>
internal static class KmsApi
{
    public static readonly IReadOnlyDictionary<string, JsonOperation> Operations = new Dictionary<string, JsonOperation>
    {
        ["ListKeys"] = new(["Limit", "Marker"], ListKeys),
        ["DescribeKey"] = new(["KeyId", "GrantTokens"], DescribeKey),
        ["GetKeyRotationStatus"] = new(["KeyId"], GetKeyRotationStatus),
        ["ListKeyRotations"] = new(["KeyId", "IncludeKeyMaterial", "Limit", "Marker"], ListKeyRotations),
        ["GetKeyLastUsage"] = new(["KeyId"], GetKeyLastUsage),
        ["ListResourceTags"] = new(["KeyId", "Limit", "Marker"], ListResourceTags),
        ["ListAliases"] = new(["KeyId", "Limit", "Marker"], ListAliases),
    };

    /// <summary>When the local AWS started to track the use of keys. AWS started on an undisclosed day in 2026.</summary>
    private static readonly DateTimeOffset TrackingStart = new(2026, 2, 1, 0, 0, 0, TimeSpan.Zero);

    private static JsonObject ListKeys(LocalAws aws, LocalAccount account, Input input) => Page.Of(
        input,
        "Keys",
        account.Listing,
        id => id,
        id => new() { ["KeyId"] = id, ["KeyArn"] = account.Arn(id) },
        most: 1000,
        usual: 100);

    private static JsonObject DescribeKey(LocalAws aws, LocalAccount account, Input input)
    {
        var key = Find(account, input);
        var hasMaterial = key is { CanRotateOnDemand: true, KeyManager: "CUSTOMER", KeyState: not "PendingImport" };
        var keyMaterialId = hasMaterial ? key.KeyMaterialId(OfPrimary(aws, account, key).Rotations(aws.Now).Length) : null;
        return new() { ["KeyMetadata"] = KeyMetadata.Of(account, key, keyMaterialId) };
    }

    private static JsonObject GetKeyRotationStatus(LocalAws aws, LocalAccount account, Input input)
    {
        var key = Find(account, input);
        if (!key.HasRotationStatus) throw Unsupported(account, key, "GetKeyRotationStatus");

        var set = OfPrimary(aws, account, key);
        // A scheduled deletion hides the setting, but not while a primary key waits for its replicas to be deleted first.
        var hidden = key.KeyState == "PendingDeletion" || !key.CanRotate;
        bool? enabled = hidden ? false : set.KeyRotationEnabled;
        return new JsonObject
        {
            ["KeyId"] = account.Arn(key.KeyId),
            ["KeyRotationEnabled"] = enabled,
            ["OnDemandRotationStartDate"] = set.OnDemandRotationStartDate?.EpochSeconds(),
            ["RotationPeriodInDays"] = enabled == true ? set.RotationPeriodInDays ?? 365 : null,
            ["NextRotationDate"] = enabled == true ? set.NextRotation(aws.Now).EpochSeconds() : null,
        }.WithoutNulls();
    }

    /// <summary>Lists the oldest first. With ALL_KEY_MATERIAL, the first key material, which has no rotation date, is listed too.</summary>
    private static JsonObject ListKeyRotations(LocalAws aws, LocalAccount account, Input input)
    {
        var key = Find(account, input);
        if (key.Origin is not ("AWS_KMS" or "EXTERNAL")) throw Unsupported(account, key, "ListKeyRotations");
        var all = input.Enum("IncludeKeyMaterial", "ALL_KEY_MATERIAL", "ROTATIONS_ONLY") == "ALL_KEY_MATERIAL";
        var rotations = key.CanRotateOnDemand ? OfPrimary(aws, account, key).Rotations(aws.Now) : [];
        var numbers = Enumerable.Range(all ? 0 : 1, rotations.Length + (all ? 1 : 0));
        return Page.Of(input, "Rotations", numbers, number => $"{number:D9}", Entry, most: 1000, usual: 100);

        JsonObject Entry(int number) => new JsonObject
        {
            ["KeyId"] = key.KeyId,
            ["KeyMaterialId"] = key.KeyMaterialId(number),
            ["KeyMaterialState"] = number == rotations.Length ? "CURRENT" : "NON_CURRENT",
            ["RotationDate"] = number == 0 ? null : rotations[number - 1].RotationDate.EpochSeconds(),
            ["RotationType"] = number == 0 ? null : rotations[number - 1].RotationType,
        }.WithoutNulls();
    }

    /// <summary>KeyLastUsage is an empty object if the key was not used since tracking started.</summary>
    private static JsonObject GetKeyLastUsage(LocalAws aws, LocalAccount account, Input input)
    {
        var key = Find(account, input);
        return new()
        {
            ["KeyId"] = key.KeyId,
            ["KeyCreationDate"] = key.CreationDate.EpochSeconds(),
            ["TrackingStartDate"] = (key.CreationDate > TrackingStart ? key.CreationDate : TrackingStart).EpochSeconds(),
            ["KeyLastUsage"] = key.LastUse is { } use
                ? new JsonObject { ["Operation"] = use.Operation, ["Timestamp"] = use.Timestamp.EpochSeconds() }
                : [],
        };
    }

    private static JsonObject ListResourceTags(LocalAws aws, LocalAccount account, Input input) => Page.Of(
        input,
        "Tags",
        Find(account, input).Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal),
        tag => tag.Key,
        tag => new() { ["TagKey"] = tag.Key, ["TagValue"] = tag.Value },
        most: 50,
        usual: 50);

    private static JsonObject ListAliases(LocalAws aws, LocalAccount account, Input input)
    {
        var keys = input.Text("KeyId", 1, 2048) is null ? account.Keys.Where(key => !key.IsDeleted) : [Find(account, input)];
        var aliases = keys.SelectMany(key => key.Aliases, (key, alias) => (Alias: alias, key.KeyId));
        return Page.Of(
            input,
            "Aliases",
            aliases.OrderBy(pair => pair.Alias, StringComparer.Ordinal),
            pair => pair.Alias,
            pair => new()
            {
                ["AliasName"] = pair.Alias,
                ["AliasArn"] = $"arn:{account.Partition}:kms:{account.Region}:{account.Id}:{pair.Alias}",
                ["TargetKeyId"] = pair.KeyId,
            },
            most: 100,
            usual: 50);
    }

    /// <summary>
    /// The primary key of a replica, or else the key itself. If the local AWS does not have the primary key, the replica's own settings
    /// apply.
    /// </summary>
    private static LocalKey OfPrimary(LocalAws aws, LocalAccount account, LocalKey key) =>
        key.IsReplica ? aws.FindAccount(account.Id, account.PrimaryRegionOf(key))?.Find(key.KeyId) ?? key : key;

    /// <summary>Finds a key by key ID or key ARN. The alias names and alias ARNs that DescribeKey accepts in AWS are not found.</summary>
    private static LocalKey Find(LocalAccount account, Input input)
    {
        var name = input.RequiredText("KeyId", 1, 2048);
        var keyId = name;
        if (name.StartsWith("arn:", StringComparison.Ordinal))
        {
            if (name.Split(':') is not ["arn", var partition, "kms", var region, var accountId, var rest] || partition != account.Partition)
                throw new AwsError("InvalidArnException", $"Invalid arn {name}");
            if (region != account.Region) throw new AwsError("NotFoundException", $"Invalid arn {region}");
            if (accountId != account.Id) throw new AwsError("AccessDeniedException", $"Account {account.Id} is not authorized to use {name}.");
            keyId = rest.Replace("key/", "", StringComparison.Ordinal);
        }

        return account.Find(keyId) is { IsDeleted: false } key
            ? key
            : throw new AwsError("NotFoundException", $"Key '{account.Arn(keyId)}' does not exist");
    }

    private static AwsError Unsupported(LocalAccount account, LocalKey key, string operation) => new(
        "UnsupportedOperationException",
        $"You cannot perform the {operation} operation on {account.Arn(key.KeyId)}: "
        + $"its origin is {key.Origin}, and its key spec is {key.KeySpec}.");
}
