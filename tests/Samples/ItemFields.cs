using System.Text.Json.Nodes;

namespace KeyRotation.Tests.Samples;

/// <summary>
/// The fields that a configuration item of a KMS key can have in a notification. Sources: AWS Config Developer Guide, Example Events for
/// AWS Config Rules and Components of a Configuration Item; awslabs/aws-config-resource-schema, AWS::KMS::Key.properties.json.
/// </summary>
internal static class ItemFields
{
    private static readonly HashSet<string> Documented =
    [
        "relatedEvents", "relationships", "tags", "configuration", "supplementaryConfiguration",
        "configurationItemVersion", "configurationItemCaptureTime", "configurationItemDeliveryTime", "configurationItemStatus", "configurationStateId", "configurationStateMd5Hash",
        "awsAccountId", "awsRegion", "availabilityZone", "recordingFrequency", "resourceCreationTime", "resourceId", "resourceName", "resourceType", "ARN",
        "changeType", // in the summary of an oversized item
        .. Under("configuration",
            "arn", "awsaccountId", "cloudHsmClusterId", "creationDate", "customerMasterKeySpec", "customKeyStoreId", "deletionDate", "description", "enabled", "encryptionAlgorithms",
            "expirationModel", "keyId", "keyManager", "keySpec", "keyState", "keyUsage", "macAlgorithms", "multiRegion", "multiRegionConfiguration", "origin",
            "pendingDeletionWindowInDays", "signingAlgorithms", "validTo"),
        .. Under("configuration.multiRegionConfiguration", "multiRegionKeyType", "primaryKey", "replicaKeys"),
        .. Under("configuration.multiRegionConfiguration.primaryKey", "arn", "region"),
        .. Under("configuration.multiRegionConfiguration.replicaKeys", "arn", "region"),
        .. Under("supplementaryConfiguration", "KeyRotationStatus", "Policy", "Tags"),
        .. Under("supplementaryConfiguration.Tags", "tagKey", "tagValue", "key", "value"), // other resource types have key and value
    ];

    public static IEnumerable<string> Undocumented(JsonObject item) => Paths(item, "").Where(path => !Documented.Contains(path));

    private static IEnumerable<string> Under(string parent, params string[] names) => names.Select(name => $"{parent}.{name}");

    private static IEnumerable<string> Paths(JsonNode? json, string parent) => json switch
    {
        JsonObject members => members.SelectMany(member =>
        {
            var path = parent.Length == 0 ? member.Key : $"{parent}.{member.Key}";
            return Paths(member.Value, path).Prepend(path);
        }),
        JsonArray list => list.SelectMany(entry => Paths(entry, parent)),
        _ => [],
    };
}
