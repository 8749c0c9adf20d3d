using System.Text;
using System.Text.Json;

namespace KeyRotation.Local;

/// <summary>A key as AWS Config records it, in both of the shapes that AWS has for it.</summary>
internal static class ConfigurationItem
{
    /// <summary>As a notification carries it: JSON all through, and times as text.</summary>
    public static void WriteForNotification(Utf8JsonWriter json, LocalAccount account, LocalKey key, DateTimeOffset captureTime)
    {
        json.WriteStartObject();
        json.WriteString("configurationItemVersion", "1.3");
        json.WriteString("configurationItemCaptureTime", captureTime.UtcDateTime);
        if (key.DeliveryTime is { } delivered) json.WriteString("configurationItemDeliveryTime", delivered.UtcDateTime);
        json.WriteString("configurationItemStatus", Status(key));
        json.WriteNumber("configurationStateId", captureTime.ToUnixTimeMilliseconds());
        json.WriteString("awsAccountId", account.Id);
        json.WriteString("resourceType", "AWS::KMS::Key");
        json.WriteString("resourceId", key.KeyId);
        json.WriteString("awsRegion", account.Region);
        json.WriteString("availabilityZone", "Not Applicable");
        json.WriteString("configurationStateMd5Hash", "");
        if (key.IsDeleted)
        {
            json.WriteNull("configuration");
            json.WriteStartObject("supplementaryConfiguration");
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("ARN", account.Arn(key.KeyId));
            json.WriteString("resourceCreationTime", key.CreationDate.UtcDateTime);
            json.WritePropertyName("configuration");
            WriteConfiguration(json, account, key);
            json.WriteStartObject("supplementaryConfiguration");
            if (RecordedRotation(key) is { } rotates) json.WriteBoolean("KeyRotationStatus", rotates);
            json.WritePropertyName("Tags");
            WriteTags(json, key);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>As GetResourceConfigHistory answers it: JSON as text, and times as epoch seconds.</summary>
    public static void WriteForHistory(Utf8JsonWriter json, LocalAccount account, LocalKey key, DateTimeOffset captureTime)
    {
        json.WriteStartObject();
        json.WriteString("version", "1.3");
        json.WriteString("accountId", account.Id);
        json.WriteNumber("configurationItemCaptureTime", captureTime.ToUnixTimeMilliseconds() / 1000.0);
        if (key.DeliveryTime is { } delivered)
            json.WriteNumber("configurationItemDeliveryTime", delivered.ToUnixTimeMilliseconds() / 1000.0);
        json.WriteString("configurationItemStatus", Status(key));
        json.WriteString("configurationStateId", captureTime.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture));
        json.WriteString("configurationItemMD5Hash", "");
        json.WriteString("arn", account.Arn(key.KeyId));
        json.WriteString("resourceType", "AWS::KMS::Key");
        json.WriteString("resourceId", key.KeyId);
        json.WriteString("awsRegion", account.Region);
        json.WriteString("availabilityZone", "Not Applicable");
        json.WriteNumber("resourceCreationTime", key.CreationDate.ToUnixTimeMilliseconds() / 1000.0);
        json.WriteString("configuration", key.IsDeleted ? "null" : Text(inner => WriteConfiguration(inner, account, key)));
        json.WriteStartObject("supplementaryConfiguration");
        if (!key.IsDeleted)
        {
            if (RecordedRotation(key) is { } rotates) json.WriteString("KeyRotationStatus", rotates ? "true" : "false");
            json.WriteString("Tags", Text(inner => WriteTags(inner, key)));
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static string Text(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) write(json);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static string Status(LocalKey key) => key.IsDeleted ? "ResourceDeleted" : "OK";

    /// <summary>AWS Config does not record it for AWS managed keys, nor where KMS does not answer.</summary>
    private static bool? RecordedRotation(LocalKey key) =>
        key.KeyManager == "AWS" || !key.HasRotationStatus ? null : key.KeyRotationEnabled;

    private static void WriteConfiguration(Utf8JsonWriter json, LocalAccount account, LocalKey key)
    {
        json.WriteStartObject();
        json.WriteString("keyId", key.KeyId);
        json.WriteString("arn", account.Arn(key.KeyId));
        json.WriteNumber("creationDate", key.CreationDate.ToUnixTimeMilliseconds());
        json.WriteBoolean("enabled", key.KeyState == "Enabled");
        json.WriteString("description", key.Description);
        json.WriteString("keyUsage", key.KeyUsage);
        json.WriteString("keyState", key.KeyState);
        if (key.DeletionDate is { } deletion) json.WriteNumber("deletionDate", deletion.ToUnixTimeMilliseconds());
        json.WriteString("origin", key.Origin);
        json.WriteString("keyManager", key.KeyManager);
        json.WriteString("customerMasterKeySpec", key.KeySpec);
        if (!key.HasOldShape)
        {
            json.WriteString("keySpec", key.KeySpec);
            json.WriteBoolean("multiRegion", key.MultiRegionKeyType is not null);
        }

        if (key.MultiRegionKeyType is not null && !key.HasOldShape)
        {
            var primary = key.IsReplica ? key.PrimaryRegion ?? account.Region : account.Region;
            json.WriteStartObject("multiRegionConfiguration");
            json.WriteString("multiRegionKeyType", key.MultiRegionKeyType);
            json.WriteStartObject("primaryKey");
            json.WriteString("arn", $"arn:{account.Partition}:kms:{primary}:{account.Id}:key/{key.KeyId}");
            json.WriteString("region", primary);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteString("awsaccountId", account.Id);
        json.WriteEndObject();
    }

    private static void WriteTags(Utf8JsonWriter json, LocalKey key)
    {
        json.WriteStartArray();
        foreach (var (tagKey, tagValue) in key.Tags)
        {
            json.WriteStartObject();
            json.WriteString(key.HasPlainTags ? "key" : "tagKey", tagKey);
            json.WriteString(key.HasPlainTags ? "value" : "tagValue", tagValue);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
