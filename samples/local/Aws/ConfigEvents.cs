using System.Text.Json.Nodes;

namespace KeyRotation.Local;

/// <summary>Events as AWS Config sends them to the function of a custom rule.</summary>
internal static class ConfigEvents
{
    public const string RuleName = "kms-key-rotation";

    /// <summary>A change notification for a key, with a new result token for this rule.</summary>
    public static string Change(LocalAccount account, LocalKey key, DateTimeOffset? captureTime = null, string? ruleParameters = null)
    {
        var item = ConfigurationItem.ForNotification(account, key, captureTime ?? DateTimeOffset.UtcNow);
        var invoking = new JsonObject { ["configurationItemDiff"] = null, ["configurationItem"] = item };
        return Event(account, ruleParameters, "ConfigurationItemChangeNotification", invoking);
    }

    /// <summary>An oversized notification: a key has changed, and its configuration item is too large to send.</summary>
    public static string OversizedChange(
        LocalAccount account, LocalKey key, DateTimeOffset? captureTime = null, string? ruleParameters = null)
    {
        var summary = new JsonObject
        {
            ["changeType"] = "UPDATE",
            ["configurationItemVersion"] = "1.3",
            ["configurationItemCaptureTime"] = (captureTime ?? DateTimeOffset.UtcNow).UtcDateTime,
            ["configurationItemStatus"] = key.IsDeleted ? "ResourceDeleted" : "OK",
            ["awsAccountId"] = account.Id,
            ["ARN"] = account.Arn(key.KeyId),
            ["resourceType"] = "AWS::KMS::Key",
            ["resourceId"] = key.KeyId,
            ["awsRegion"] = account.Region,
        };
        var invoking = new JsonObject { ["configurationItemSummary"] = summary };
        return Event(account, ruleParameters, "OversizedConfigurationItemChangeNotification", invoking);
    }

    /// <summary>A scheduled notification, which starts a sweep.</summary>
    public static string Scheduled(LocalAccount account, DateTimeOffset? creationTime = null, string? ruleParameters = null) =>
        Event(account, ruleParameters, "ScheduledNotification", new() { ["awsAccountId"] = account.Id }, creationTime);

    private static string Event(
        LocalAccount account, string? ruleParameters, string messageType, JsonObject invokingEvent, DateTimeOffset? creationTime = null)
    {
        invokingEvent["notificationCreationTime"] = (creationTime ?? DateTimeOffset.UtcNow).UtcDateTime;
        invokingEvent["messageType"] = messageType;
        invokingEvent["recordVersion"] = "1.3";
        return new JsonObject
        {
            ["version"] = "1.0",
            ["invokingEvent"] = invokingEvent.ToJsonString(),
            ["ruleParameters"] = ruleParameters,
            ["resultToken"] = account.NewResultToken(RuleName),
            ["eventLeftScope"] = false,
            ["executionRoleArn"] = $"arn:{account.Partition}:iam::{account.Id}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
            ["configRuleArn"] = $"arn:{account.Partition}:config:{account.Region}:{account.Id}:config-rule/config-rule-a1b2c3",
            ["configRuleName"] = RuleName,
            ["configRuleId"] = "config-rule-a1b2c3",
            ["accountId"] = account.Id,
            ["evaluationMode"] = "DETECTIVE",
        }.WithoutNulls().ToJsonString();
    }
}
