using System.Globalization;
using System.Text.Json.Nodes;

namespace KeyRotation.Local;

/// <summary>The configuration item that AWS Config records for a key, in both formats that AWS uses.</summary>
internal static class ConfigurationItem
{
    /// <summary>The format in a notification: nested values are JSON, and the times of the item are strings.</summary>
    public static JsonObject ForNotification(LocalAccount account, LocalKey key, DateTimeOffset captureTime)
    {
        var item = new JsonObject
        {
            ["configurationItemVersion"] = "1.3",
            ["configurationItemCaptureTime"] = captureTime.UtcDateTime,
            ["configurationItemDeliveryTime"] = key.DeliveryTime?.UtcDateTime,
            ["configurationItemStatus"] = Status(key),
            ["configurationStateId"] = captureTime.ToUnixTimeMilliseconds(),
            ["awsAccountId"] = account.Id,
            ["resourceType"] = "AWS::KMS::Key",
            ["resourceId"] = key.KeyId,
            ["awsRegion"] = account.Region,
            ["availabilityZone"] = "Not Applicable",
            ["configurationStateMd5Hash"] = "",
            ["supplementaryConfiguration"] = key.IsDeleted
                ? []
                : new JsonObject { ["KeyRotationStatus"] = RecordedRotation(key), ["Tags"] = Tags(key) }.WithoutNulls(),
            ["ARN"] = key.IsDeleted ? null : account.Arn(key.KeyId),
            ["resourceCreationTime"] = key.IsDeleted ? null : key.CreationDate.UtcDateTime,
        }.WithoutNulls();
        item["configuration"] = key.IsDeleted ? null : Configuration(account, key);
        return item;
    }

    /// <summary>
    /// The format of GetResourceConfigHistory: nested values are JSON strings, and the times of the item are epoch seconds.
    /// </summary>
    public static JsonObject ForHistory(LocalAccount account, LocalKey key, DateTimeOffset captureTime) => new JsonObject
    {
        ["version"] = "1.3",
        ["accountId"] = account.Id,
        ["configurationItemCaptureTime"] = captureTime.EpochSeconds(),
        ["configurationItemDeliveryTime"] = key.DeliveryTime?.EpochSeconds(),
        ["configurationItemStatus"] = Status(key),
        ["configurationStateId"] = captureTime.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        ["configurationItemMD5Hash"] = "",
        ["arn"] = account.Arn(key.KeyId),
        ["resourceType"] = "AWS::KMS::Key",
        ["resourceId"] = key.KeyId,
        ["awsRegion"] = account.Region,
        ["availabilityZone"] = "Not Applicable",
        ["resourceCreationTime"] = key.CreationDate.EpochSeconds(),
        ["configuration"] = key.IsDeleted ? "null" : Configuration(account, key).ToJsonString(),
        ["supplementaryConfiguration"] = key.IsDeleted
            ? []
            : new JsonObject
            {
                ["KeyRotationStatus"] = RecordedRotation(key) is { } rotates ? (rotates ? "true" : "false") : null,
                ["Tags"] = Tags(key).ToJsonString(),
            }.WithoutNulls(),
    }.WithoutNulls();

    private static string Status(LocalKey key) => key.IsDeleted ? "ResourceDeleted" : "OK";

    /// <summary>AWS Config does not record the rotation status of AWS managed keys, or of keys for which KMS does not return it.</summary>
    private static bool? RecordedRotation(LocalKey key) =>
        key.KeyManager == "AWS" || !key.HasRotationStatus ? null : key.KeyRotationEnabled;

    private static JsonObject Configuration(LocalAccount account, LocalKey key)
    {
        var primary = account.PrimaryRegionOf(key);
        var configuration = new JsonObject
        {
            ["keyId"] = key.KeyId,
            ["arn"] = account.Arn(key.KeyId),
            ["creationDate"] = key.CreationDate.ToUnixTimeMilliseconds(),
            ["enabled"] = key.KeyState == "Enabled",
            ["description"] = key.Description,
            ["keyUsage"] = key.KeyUsage,
            ["keyState"] = key.KeyState,
            ["deletionDate"] = key.DeletionDate?.ToUnixTimeMilliseconds(),
            ["origin"] = key.Origin,
            ["keyManager"] = key.KeyManager,
            ["customerMasterKeySpec"] = key.KeySpec,
            ["awsaccountId"] = account.Id,
            ["keySpec"] = key.KeySpec,
            ["multiRegion"] = key.MultiRegionKeyType is not null,
            ["multiRegionConfiguration"] = key.MultiRegionKeyType is null ? null : new JsonObject
            {
                ["multiRegionKeyType"] = key.MultiRegionKeyType,
                ["primaryKey"] = new JsonObject { ["arn"] = account.Arn(key.KeyId, primary), ["region"] = primary },
            },
        };

        return configuration.WithoutNulls();
    }

    private static JsonArray Tags(LocalKey key) => Json.Array(key.Tags.Select(tag => new JsonObject
    {
        ["tagKey"] = tag.Key,
        ["tagValue"] = tag.Value,
    }));
}
