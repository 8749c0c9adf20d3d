using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.Lambda.ConfigEvents;

namespace KeyRotation.Tests.Reading;

/// <summary>Complete events, as AWS Config sends them. A test removes or changes what it tests.</summary>
internal static class Events
{
    public const string Region = "eu-central-1";
    public const string AccountId = "111122223333";
    public const string KeyId = "0f0e0d0c-1111-4222-8333-444455556666";
    public const string KeyArn = $"arn:aws:kms:{Region}:{AccountId}:key/{KeyId}";

    public static readonly AccountRegion Place = new("aws", Region, AccountId);

    /// <summary>The facts in the configuration of <see cref="Item"/>, in a notification and in the history.</summary>
    public static readonly KeyFacts Facts = new()
    {
        KeyId = KeyId,
        Arn = KeyArn,
        KeyManager = "CUSTOMER",
        KeySpec = "SYMMETRIC_DEFAULT",
        Origin = "AWS_KMS",
        KeyState = "Enabled",
        CreationDate = new(2025, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
    };

    public static JsonObject Item() => JsonNode.Parse($$$"""
        {
          "version": "1.3", "accountId": null, "configurationItemVersion": "1.3", "configurationItemCaptureTime": "2026-06-15T10:00:00.250Z",
          "configurationStateId": 1781517600250, "awsAccountId": "{{{AccountId}}}", "configurationItemStatus": "OK", "resourceType": "AWS::KMS::Key",
          "resourceId": "{{{KeyId}}}", "resourceName": "{{{KeyId}}}", "ARN": "{{{KeyArn}}}", "awsRegion": "{{{Region}}}",
          "availabilityZone": "Not Applicable", "configurationStateMd5Hash": "", "resourceCreationTime": "2025-01-02T03:04:05.678Z",
          "relatedEvents": [], "relationships": [], "tags": {},
          "configuration": {
            "awsaccountId": "{{{AccountId}}}", "keyId": "{{{KeyId}}}", "arn": "{{{KeyArn}}}", "creationDate": 1735787045678, "enabled": true,
            "description": "", "keyUsage": "ENCRYPT_DECRYPT", "keyState": "Enabled", "origin": "AWS_KMS", "keyManager": "CUSTOMER",
            "keySpec": "SYMMETRIC_DEFAULT", "customerMasterKeySpec": "SYMMETRIC_DEFAULT", "encryptionAlgorithms": ["SYMMETRIC_DEFAULT"], "multiRegion": false
          },
          "supplementaryConfiguration": { "Policy": "{}", "KeyRotationStatus": true, "Tags": [{"tagKey": "team", "tagValue": "payments"}] }
        }
        """)!.AsObject();

    public static JsonObject Change(JsonNode? item) => new()
    {
        ["configurationItemDiff"] = null,
        ["configurationItem"] = item,
        ["notificationCreationTime"] = "2026-06-15T10:00:01.000Z",
        ["messageType"] = "ConfigurationItemChangeNotification",
        ["recordVersion"] = "1.3",
    };

    /// <summary>The event as AWS Config sends it.</summary>
    public static string Json(ConfigEvent configEvent) => JsonSerializer.Serialize(configEvent, JsonSerializerOptions.Web);

    /// <summary>The event as the function reads it.</summary>
    public static ConfigEvent Of(string json) => ConfigEventReader.Read(Encoding.UTF8.GetBytes(json));

    public static ConfigEvent With(string? invokingEvent) => new()
    {
        InvokingEvent = invokingEvent,
        RuleParameters = "{}",
        ResultToken = "token",
        AccountId = AccountId,
        ConfigRuleName = "kms-key-rotation",
        ConfigRuleArn = $"arn:aws:config:{Region}:{AccountId}:config-rule/config-rule-abcdef",
    };

    public static Invocation Read(string invokingEvent) => Invocation.Of(With(invokingEvent), Region);

    public static Invocation Read(JsonNode invokingEvent) => Read(invokingEvent.ToJsonString());

    /// <summary>Reads a change notification for <see cref="Item"/> from an event that the test modifies.</summary>
    public static Invocation Read(Action<ConfigEvent> change)
    {
        var configEvent = With(Change(Item()).ToJsonString());
        change(configEvent);
        return Invocation.Of(configEvent, Region);
    }

    public static RecordedKey Key(JsonObject item) => ((Notification.Change)Read(Change(item)).Notification).Key;

    /// <summary>Sets the JSON value at a path such as <c>configuration.keySpec</c>; null removes the field.</summary>
    public static JsonObject With(this JsonObject json, string path, string? value)
    {
        var names = path.Split('.');
        JsonNode place = json;
        foreach (var name in names[..^1]) place = place[name] ??= new JsonObject();
        if (value is null)
            place.AsObject().Remove(names[^1]);
        else
            place[names[^1]] = JsonNode.Parse(value);
        return json;
    }
}
