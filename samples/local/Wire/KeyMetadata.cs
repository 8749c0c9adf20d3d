using System.Text.Json;

namespace KeyRotation.Local;

/// <summary>A key as DescribeKey shows it.</summary>
internal static class KeyMetadata
{
    public static void Write(Utf8JsonWriter json, LocalAccount account, LocalKey key, string? keyMaterialId)
    {
        json.WriteString("AWSAccountId", account.Id);
        json.WriteString("KeyId", key.KeyId);
        json.WriteString("Arn", account.Arn(key.KeyId));
        json.WriteNumber("CreationDate", key.CreationDate.ToUnixTimeMilliseconds() / 1000.0);
        json.WriteBoolean("Enabled", key.KeyState == "Enabled");
        json.WriteString("Description", key.Description);
        json.WriteString("KeyUsage", key.KeyUsage);
        json.WriteString("KeyState", key.KeyState);
        if (key.DeletionDate is { } deletion) json.WriteNumber("DeletionDate", deletion.ToUnixTimeMilliseconds() / 1000.0);
        json.WriteString("Origin", key.Origin);
        json.WriteString("KeyManager", key.KeyManager);
        json.WriteString("CustomerMasterKeySpec", key.KeySpec);
        if (!key.HasOldShape) json.WriteString("KeySpec", key.KeySpec);
        if (key.KeySpec == "SYMMETRIC_DEFAULT")
        {
            json.WriteStartArray("EncryptionAlgorithms");
            json.WriteStringValue("SYMMETRIC_DEFAULT");
            json.WriteEndArray();
        }

        if (key.HasOldShape) return;
        if (keyMaterialId is not null) json.WriteString("CurrentKeyMaterialId", keyMaterialId);
        json.WriteBoolean("MultiRegion", key.MultiRegionKeyType is not null);
        if (key.MultiRegionKeyType is null) return;

        json.WriteStartObject("MultiRegionConfiguration");
        json.WriteString("MultiRegionKeyType", key.MultiRegionKeyType);
        WriteKey("PrimaryKey", key.IsReplica ? key.PrimaryRegion ?? account.Region : account.Region);
        json.WriteStartArray("ReplicaKeys");
        if (key.IsReplica) WriteKey(null, account.Region);
        json.WriteEndArray();
        json.WriteEndObject();

        void WriteKey(string? name, string region)
        {
            if (name is null) json.WriteStartObject();
            else json.WriteStartObject(name);
            json.WriteString("Arn", $"arn:{account.Partition}:kms:{region}:{account.Id}:key/{key.KeyId}");
            json.WriteString("Region", region);
            json.WriteEndObject();
        }
    }
}
