using System.Text.Json;

namespace KeyRotation.Local;

/// <summary>AWS KMS: the operations that look at a key, the one that turns rotation on, and the one that rotates.</summary>
/// <remarks>Read from the AWS KMS API Reference and the service model: botocore, data/kms/2014-11-01/service-2.json.</remarks>
internal static class KmsApi
{
    /// <summary>Source: AWS KMS API Reference, RotateKeyOnDemand.</summary>
    private const int MostRotationsOnDemand = 25;

    /// <summary>Since when the local AWS tracks the use of keys; AWS does since a day in 2026, which it does not name.</summary>
    private static readonly DateTimeOffset TrackingStart = new(2026, 2, 1, 0, 0, 0, TimeSpan.Zero);

    public static string[] MembersOf(string operation) => operation switch
    {
        "ListKeys" => ["Limit", "Marker"],
        "DescribeKey" => ["KeyId", "GrantTokens"],
        "GetKeyRotationStatus" => ["KeyId"],
        "ListKeyRotations" => ["KeyId", "IncludeKeyMaterial", "Limit", "Marker"],
        "GetKeyLastUsage" => ["KeyId"],
        "ListResourceTags" => ["KeyId", "Limit", "Marker"],
        "ListAliases" => ["KeyId", "Limit", "Marker"],
        "EnableKeyRotation" => ["KeyId", "RotationPeriodInDays"],
        "RotateKeyOnDemand" => ["KeyId"],
        _ => throw new AwsError("UnknownOperationException", $"The local AWS does not have kms:{operation}."),
    };

    public static Action<Utf8JsonWriter> Answer(LocalAws aws, LocalAccount account, string operation, Input input) => operation switch
    {
        "ListKeys" => ListKeys(account, input),
        "DescribeKey" => DescribeKey(aws, account, input),
        "GetKeyRotationStatus" => GetKeyRotationStatus(aws, account, input),
        "ListKeyRotations" => ListKeyRotations(aws, account, input),
        "GetKeyLastUsage" => GetKeyLastUsage(account, input),
        "ListResourceTags" => ListResourceTags(account, input),
        "ListAliases" => ListAliases(account, input),
        "RotateKeyOnDemand" => RotateKeyOnDemand(aws, account, input),
        _ => EnableKeyRotation(aws, account, input),
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

    private static Action<Utf8JsonWriter> DescribeKey(LocalAws aws, LocalAccount account, Input input)
    {
        var key = Find(account, input, takesAlias: true);
        if (key.DescribedAs is { } other) key = account.Find(other) ?? key with { KeyId = other };
        var hasMaterial = key is { CanRotateOnDemand: true, KeyManager: "CUSTOMER", KeyState: not "PendingImport" };
        var keyMaterialId = hasMaterial ? key.KeyMaterialId(OfPrimary(aws, account, key).Rotations(aws.Now).Length) : null;
        return json =>
        {
            json.WriteStartObject("KeyMetadata");
            KeyMetadata.Write(json, account, key, keyMaterialId);
            json.WriteEndObject();
        };
    }

    private static Action<Utf8JsonWriter> GetKeyRotationStatus(LocalAws aws, LocalAccount account, Input input)
    {
        var key = Find(account, input);
        if (!key.HasRotationStatus) throw Unsupported(account, key, "GetKeyRotationStatus");

        var set = OfPrimary(aws, account, key);
        // A deletion that is scheduled hides the setting, but not that of a primary which waits for its replicas to go first.
        var hidden = key.KeyState == "PendingDeletion" || !key.CanRotate;
        bool? enabled = hidden ? false : set.KeyRotationEnabled;
        return json =>
        {
            json.WriteString("KeyId", account.Arn(key.KeyId));
            if (enabled is { } flag) json.WriteBoolean("KeyRotationEnabled", flag);
            if (set.OnDemandRotationStartDate is { } start) json.WriteNumber("OnDemandRotationStartDate", start.ToUnixTimeMilliseconds() / 1000.0);
            if (enabled != true) return;
            json.WriteNumber("RotationPeriodInDays", set.RotationPeriodInDays ?? 365);
            json.WriteNumber("NextRotationDate", set.NextRotation(aws.Now).ToUnixTimeMilliseconds() / 1000.0);
        };
    }

    /// <summary>The oldest first. With ALL_KEY_MATERIAL the first material is listed too, which has no date.</summary>
    private static Action<Utf8JsonWriter> ListKeyRotations(LocalAws aws, LocalAccount account, Input input)
    {
        var key = Find(account, input);
        if (key.Origin is not ("AWS_KMS" or "EXTERNAL")) throw Unsupported(account, key, "ListKeyRotations");
        var all = input.Enum("IncludeKeyMaterial", "ALL_KEY_MATERIAL", "ROTATIONS_ONLY") == "ALL_KEY_MATERIAL";
        var rotations = key.CanRotateOnDemand ? OfPrimary(aws, account, key).Rotations(aws.Now) : [];
        var numbers = Enumerable.Range(all ? 0 : 1, rotations.Length + (all ? 1 : 0)).ToArray();
        var page = Page.Of(numbers, number => $"{number:D9}", input.Number("Limit", 1, 1000) ?? 100, input.Text("Marker", 1, 1024));
        return json =>
        {
            json.WriteStartArray("Rotations");
            foreach (var number in page.Items)
            {
                json.WriteStartObject();
                json.WriteString("KeyId", key.KeyId);
                json.WriteString("KeyMaterialId", key.KeyMaterialId(number));
                json.WriteString("KeyMaterialState", number == rotations.Length ? "CURRENT" : "NON_CURRENT");
                if (number > 0)
                {
                    json.WriteNumber("RotationDate", rotations[number - 1].RotationDate.ToUnixTimeMilliseconds() / 1000.0);
                    json.WriteString("RotationType", rotations[number - 1].RotationType);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            page.WriteEnd(json);
        };
    }

    /// <summary>A key without a use since the tracking started has an empty object there.</summary>
    private static Action<Utf8JsonWriter> GetKeyLastUsage(LocalAccount account, Input input)
    {
        var key = Find(account, input);
        return json =>
        {
            json.WriteString("KeyId", key.KeyId);
            json.WriteNumber("KeyCreationDate", key.CreationDate.ToUnixTimeMilliseconds() / 1000.0);
            json.WriteNumber("TrackingStartDate", (key.CreationDate > TrackingStart ? key.CreationDate : TrackingStart).ToUnixTimeMilliseconds() / 1000.0);
            json.WriteStartObject("KeyLastUsage");
            if (key.LastUse is { } use)
            {
                json.WriteString("Operation", use.Operation);
                json.WriteNumber("Timestamp", use.Timestamp.ToUnixTimeMilliseconds() / 1000.0);
            }

            json.WriteEndObject();
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

    /// <summary>Another period, or on after off, lets the time until the next rotation start over; the rotations that were stay.</summary>
    private static Action<Utf8JsonWriter> EnableKeyRotation(LocalAws aws, LocalAccount account, Input input)
    {
        var key = Find(account, input);
        var period = input.Number("RotationPeriodInDays", 90, 2560);
        if (key.KeyManager == "AWS") throw Denied(account, "EnableKeyRotation", key.KeyId);
        if (!key.CanRotate || key.IsReplica) throw Unsupported(account, key, "EnableKeyRotation");
        CheckEnabled(account, key);
        if (key.KeyRotationEnabled == true && (period ?? key.RotationPeriodInDays ?? 365) == (key.RotationPeriodInDays ?? 365)) return _ => { };
        account.Put(key with { KeyRotationEnabled = true, RotationPeriodInDays = period, RotationEnabledDate = aws.Now, PastRotations = key.Rotations(aws.Now) });
        return _ => { };
    }

    /// <summary>Done at once, for which AWS takes minutes.</summary>
    private static Action<Utf8JsonWriter> RotateKeyOnDemand(LocalAws aws, LocalAccount account, Input input)
    {
        var key = Find(account, input);
        if (key.KeyManager == "AWS") throw Denied(account, "RotateKeyOnDemand", key.KeyId);
        if (!key.CanRotateOnDemand || key.IsReplica) throw Unsupported(account, key, "RotateKeyOnDemand");
        CheckEnabled(account, key);
        if (key.Origin == "EXTERNAL" && !key.HasNewMaterial)
            throw new AwsError("KMSInvalidStateException", $"{account.Arn(key.KeyId)} has no imported key material that waits for a rotation.");
        if (key.OnDemandRotationStartDate is not null) throw new AwsError("ConflictException", $"{account.Arn(key.KeyId)} is being rotated.");
        if (key.PastRotations.Count(rotation => rotation.RotationType == "ON_DEMAND") >= MostRotationsOnDemand)
            throw new AwsError("LimitExceededException", $"{account.Arn(key.KeyId)} has been rotated on demand {MostRotationsOnDemand} times.");
        account.Put(key with { PastRotations = [.. key.PastRotations, new(aws.Now)], HasNewMaterial = false });
        return json => json.WriteString("KeyId", key.KeyId);
    }

    private static void CheckEnabled(LocalAccount account, LocalKey key)
    {
        if (key.KeyState == "Disabled") throw new AwsError("DisabledException", $"{account.Arn(key.KeyId)} is disabled.");
        if (key.KeyState != "Enabled") throw new AwsError("KMSInvalidStateException", $"{account.Arn(key.KeyId)} is {key.KeyState}.");
    }

    /// <summary>Of a replica, the primary is asked; one that is not in the local AWS is taken to be as the replica says.</summary>
    private static LocalKey OfPrimary(LocalAws aws, LocalAccount account, LocalKey key) =>
        key.IsReplica ? aws.FindAccount(account.Id, key.PrimaryRegion ?? account.Region)?.Find(key.KeyId) ?? key : key;

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
}
