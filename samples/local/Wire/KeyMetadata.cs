using System.Text.Json.Nodes;

namespace KeyRotation.Local;

/// <summary>The metadata of a key, as DescribeKey returns it.</summary>
internal static class KeyMetadata
{
    public static JsonObject Of(LocalAccount account, LocalKey key, string? keyMaterialId)
    {
        var metadata = new JsonObject
        {
            ["AWSAccountId"] = account.Id,
            ["KeyId"] = key.KeyId,
            ["Arn"] = account.Arn(key.KeyId),
            ["CreationDate"] = key.CreationDate.EpochSeconds(),
            ["Enabled"] = key.KeyState == "Enabled",
            ["Description"] = key.Description,
            ["KeyUsage"] = key.KeyUsage,
            ["KeyState"] = key.KeyState,
            ["DeletionDate"] = key.DeletionDate?.EpochSeconds(),
            ["Origin"] = key.Origin,
            ["KeyManager"] = key.KeyManager,
            ["CustomerMasterKeySpec"] = key.KeySpec,
            ["EncryptionAlgorithms"] = key.KeySpec == "SYMMETRIC_DEFAULT" ? new JsonArray("SYMMETRIC_DEFAULT") : null,
            ["KeySpec"] = key.KeySpec,
            ["CurrentKeyMaterialId"] = keyMaterialId,
            ["MultiRegion"] = key.MultiRegionKeyType is not null,
            ["MultiRegionConfiguration"] = key.MultiRegionKeyType is null ? null : MultiRegion(account, key),
        };

        return metadata.WithoutNulls();
    }

    private static JsonObject MultiRegion(LocalAccount account, LocalKey key)
    {
        return new()
        {
            ["MultiRegionKeyType"] = key.MultiRegionKeyType,
            ["PrimaryKey"] = In(account.PrimaryRegionOf(key)),
            ["ReplicaKeys"] = key.IsReplica ? new JsonArray(In(account.Region)) : [],
        };

        JsonObject In(string region) => new() { ["Arn"] = account.Arn(key.KeyId, region), ["Region"] = region };
    }
}
