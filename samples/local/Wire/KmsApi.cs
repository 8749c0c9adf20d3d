using System.Text.Json;

namespace KeyRotation.Local;

/// <summary>AWS KMS: the operations that look at a key, and the one that turns rotation on.</summary>
/// <remarks>Read from the AWS KMS API Reference and the service model: botocore, data/kms/2014-11-01/service-2.json.</remarks>
internal static class KmsApi
{
    private const int DefaultPeriodInDays = 365;

    public static string[] MembersOf(string operation) => operation switch
    {
        "ListKeys" => ["Limit", "Marker"],
        "DescribeKey" => ["KeyId", "GrantTokens"],
        "GetKeyRotationStatus" => ["KeyId"],
        "ListResourceTags" => ["KeyId", "Limit", "Marker"],
        "ListAliases" => ["KeyId", "Limit", "Marker"],
        "EnableKeyRotation" => ["KeyId", "RotationPeriodInDays"],
        _ => throw new AwsError("UnknownOperationException", $"The local AWS does not have kms:{operation}."),
    };

    public static Action<Utf8JsonWriter> Answer(LocalAws aws, LocalAccount account, string operation, Input input) => operation switch
    {
        "ListKeys" => ListKeys(account, input),
        "DescribeKey" => DescribeKey(account, input),
        "GetKeyRotationStatus" => GetKeyRotationStatus(aws, account, input),
        "ListResourceTags" => ListResourceTags(account, input),
        "ListAliases" => ListAliases(account, input),
        _ => EnableKeyRotation(account, input),
    };

    /// <summary>The key that a request names, for faults and the log; whether it exists does not matter here.</summary>
    public static string? ResourceId(LocalAccount account, Input input) => input.Text("KeyId", 0) switch
    {
        null => null,
        var name when name.Contains("alias/", StringComparison.Ordinal) => account.FindAlias(name[name.IndexOf("alias/", StringComparison.Ordinal)..])?.KeyId ?? name,
        var name => name[(name.LastIndexOf('/') + 1)..],
    };

    private static Action<Utf8JsonWriter> ListKeys(LocalAccount account, Input input)
    {
        var page = Page.Of(account.Listing, id => id, input.Number("Limit", 1, 1000) ?? 100, input.Text("Marker", 1, 1024));
        return json =>
        {
            json.WriteStartArray("Keys");
            foreach (var id in page.Items)
            {
                json.WriteStartObject();
                json.WriteString("KeyId", id);
                json.WriteString("KeyArn", account.Arn(id));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            page.WriteEnd(json);
        };
    }

    private static Action<Utf8JsonWriter> DescribeKey(LocalAccount account, Input input)
    {
        var key = Find(account, input, takesAlias: true);
        if (key.DescribedAs is { } other) key = account.Find(other) ?? key with { KeyId = other };
        return json =>
        {
            json.WriteStartObject("KeyMetadata");
            KeyMetadata.Write(json, account, key);
            json.WriteEndObject();
        };
    }

    private static Action<Utf8JsonWriter> GetKeyRotationStatus(LocalAws aws, LocalAccount account, Input input)
    {
        var key = Find(account, input);
        if (!key.HasRotationStatus) throw Unsupported(account, key, "GetKeyRotationStatus");

        // Of a replica, the primary is asked; one that is not in the local AWS is taken to be as the replica says.
        var set = key.IsReplica ? aws.FindAccount(account.Id, key.PrimaryRegion ?? account.Region)?.Find(key.KeyId) ?? key : key;
        // A deletion that is scheduled hides the setting, but not that of a primary which waits for its replicas to go first.
        var hidden = key.KeyState == "PendingDeletion" || key.KeySpec != "SYMMETRIC_DEFAULT" || key.Origin != "AWS_KMS";
        bool? enabled = hidden ? false : set.KeyRotationEnabled;
        return json =>
        {
            json.WriteString("KeyId", account.Arn(key.KeyId));
            if (enabled is { } flag) json.WriteBoolean("KeyRotationEnabled", flag);
            if (enabled != true) return;

            var period = set.RotationPeriodInDays ?? DefaultPeriodInDays;
            json.WriteNumber("RotationPeriodInDays", period);
            json.WriteNumber("NextRotationDate", NextRotation(set.CreationDate, period, aws.Now).ToUnixTimeMilliseconds() / 1000.0);
        };
    }

    private static Action<Utf8JsonWriter> ListResourceTags(LocalAccount account, Input input)
    {
        var key = Find(account, input);
        var tags = key.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).ToArray();
        var page = Page.Of(tags, tag => tag.Key, input.Number("Limit", 1, 50) ?? 50, input.Text("Marker", 1, 1024));
        return json =>
        {
            json.WriteStartArray("Tags");
            foreach (var (tagKey, tagValue) in page.Items)
            {
                json.WriteStartObject();
                json.WriteString("TagKey", tagKey);
                json.WriteString("TagValue", tagValue);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            page.WriteEnd(json);
        };
    }

    private static Action<Utf8JsonWriter> ListAliases(LocalAccount account, Input input)
    {
        var keys = input.Text("KeyId", 1, 2048) is null ? account.Keys.Where(key => !key.IsDeleted) : [Find(account, input)];
        var aliases = keys.SelectMany(key => key.Aliases.Select(alias => (Alias: alias, Key: key))).OrderBy(pair => pair.Alias, StringComparer.Ordinal).ToArray();
        var page = Page.Of(aliases, pair => pair.Alias, input.Number("Limit", 1, 100) ?? 50, input.Text("Marker", 1, 1024));
        return json =>
        {
            json.WriteStartArray("Aliases");
            foreach (var (alias, key) in page.Items)
            {
                json.WriteStartObject();
                json.WriteString("AliasName", alias);
                json.WriteString("AliasArn", $"arn:{account.Partition}:kms:{account.Region}:{account.Id}:{alias}");
                json.WriteString("TargetKeyId", key.KeyId);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            page.WriteEnd(json);
        };
    }

    private static Action<Utf8JsonWriter> EnableKeyRotation(LocalAccount account, Input input)
    {
        var key = Find(account, input);
        var period = input.Number("RotationPeriodInDays", 90, 2560);
        if (key.KeyManager == "AWS") throw Denied(account, "EnableKeyRotation", key.KeyId);
        if (key.KeySpec != "SYMMETRIC_DEFAULT" || key.Origin != "AWS_KMS" || key.IsReplica) throw Unsupported(account, key, "EnableKeyRotation");
        if (key.KeyState == "Disabled") throw new AwsError("DisabledException", $"{account.Arn(key.KeyId)} is disabled.");
        if (key.KeyState != "Enabled") throw new AwsError("KMSInvalidStateException", $"{account.Arn(key.KeyId)} is {key.KeyState}.");
        account.Put(key with { KeyRotationEnabled = true, RotationPeriodInDays = period ?? key.RotationPeriodInDays });
        return _ => { };
    }

    /// <summary>By key id or key ARN; DescribeKey takes alias names and alias ARNs too.</summary>
    private static LocalKey Find(LocalAccount account, Input input, bool takesAlias = false)
    {
        var name = input.RequiredText("KeyId", 1, 2048);
        var local = name;
        if (name.StartsWith("arn:", StringComparison.Ordinal))
        {
            if (name.Split(':') is not ["arn", var partition, "kms", var region, var accountId, var rest] || partition != account.Partition)
                throw new AwsError("InvalidArnException", $"Invalid arn {name}");
            if (region != account.Region) throw new AwsError("NotFoundException", $"Invalid arn {region}");
            if (accountId != account.Id) throw Denied(account, "this operation", name);
            local = rest.StartsWith("key/", StringComparison.Ordinal) ? rest["key/".Length..] : rest;
        }

        var isAlias = local.StartsWith("alias/", StringComparison.Ordinal);
        if (isAlias && !takesAlias) throw new AwsError("NotFoundException", $"Invalid keyId '{local}'");
        return (isAlias ? account.FindAlias(local) : account.Find(local)) is { IsDeleted: false } key
            ? key
            : throw new AwsError("NotFoundException", isAlias ? $"Alias {name} is not found." : $"Key '{account.Arn(local)}' does not exist");
    }

    private static AwsError Denied(LocalAccount account, string operation, string resource) => new(
        "AccessDeniedException",
        $"User: arn:{account.Partition}:iam::{account.Id}:root is not authorized to perform: {operation} on resource: {resource} "
        + "because no resource-based policy allows the action");

    private static AwsError Unsupported(LocalAccount account, LocalKey key, string operation) => new(
        "UnsupportedOperationException",
        $"You cannot perform the {operation} operation on {account.Arn(key.KeyId)}: its origin is {key.Origin}, its key spec {key.KeySpec}.");

    private static DateTimeOffset NextRotation(DateTimeOffset created, int periodInDays, DateTimeOffset now) =>
        created.AddDays(periodInDays * (Math.Floor(Math.Max((now - created).TotalDays, 0) / periodInDays) + 1));
}
