using System.Text.Json;

namespace KeyRotation.Local;

/// <summary>Events as AWS Config sends them to the function of a custom rule.</summary>
internal static class ConfigEvents
{
    public const string RuleName = "kms-key-rotation";

    /// <summary>A key has changed. Its result token is a new one of this rule.</summary>
    public static string Change(
        LocalAccount account, LocalKey key, DateTimeOffset? captureTime = null, string ruleName = RuleName, string? ruleParameters = null, bool eventLeftScope = false) =>
        Event(account, ruleName, ruleParameters, eventLeftScope, invoking =>
        {
            invoking.WriteNull("configurationItemDiff");
            invoking.WritePropertyName("configurationItem");
            ConfigurationItem.WriteForNotification(invoking, account, key, captureTime ?? DateTimeOffset.UtcNow);
            WriteEnd(invoking, "ConfigurationItemChangeNotification", DateTimeOffset.UtcNow);
        });

    /// <summary>A key has changed, and its item is too large to be sent.</summary>
    public static string OversizedChange(
        LocalAccount account, LocalKey key, DateTimeOffset? captureTime = null, string ruleName = RuleName, string? ruleParameters = null) =>
        Event(account, ruleName, ruleParameters, eventLeftScope: false, invoking =>
        {
            invoking.WriteStartObject("configurationItemSummary");
            invoking.WriteString("changeType", "UPDATE");
            invoking.WriteString("configurationItemVersion", "1.3");
            invoking.WriteString("configurationItemCaptureTime", (captureTime ?? DateTimeOffset.UtcNow).UtcDateTime);
            invoking.WriteString("configurationItemStatus", key.IsDeleted ? "ResourceDeleted" : "OK");
            invoking.WriteString("awsAccountId", account.Id);
            invoking.WriteString("ARN", account.Arn(key.KeyId));
            invoking.WriteString("resourceType", "AWS::KMS::Key");
            invoking.WriteString("resourceId", key.KeyId);
            invoking.WriteString("awsRegion", account.Region);
            invoking.WriteEndObject();
            WriteEnd(invoking, "OversizedConfigurationItemChangeNotification", DateTimeOffset.UtcNow);
        });

    /// <summary>It is time for a sweep.</summary>
    public static string Scheduled(LocalAccount account, DateTimeOffset? creationTime = null, string ruleName = RuleName, string? ruleParameters = null) =>
        Event(account, ruleName, ruleParameters, eventLeftScope: false, invoking =>
        {
            invoking.WriteString("awsAccountId", account.Id);
            WriteEnd(invoking, "ScheduledNotification", creationTime ?? DateTimeOffset.UtcNow);
        });

    private static void WriteEnd(Utf8JsonWriter invoking, string messageType, DateTimeOffset creationTime)
    {
        invoking.WriteString("notificationCreationTime", creationTime.UtcDateTime);
        invoking.WriteString("messageType", messageType);
        invoking.WriteString("recordVersion", "1.3");
    }

    private static string Event(LocalAccount account, string ruleName, string? ruleParameters, bool eventLeftScope, Action<Utf8JsonWriter> invokingEvent) =>
        ConfigurationItem.Text(json =>
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WriteString("invokingEvent", ConfigurationItem.Text(invoking =>
            {
                invoking.WriteStartObject();
                invokingEvent(invoking);
                invoking.WriteEndObject();
            }));
            if (ruleParameters is not null) json.WriteString("ruleParameters", ruleParameters);
            json.WriteString("resultToken", account.NewResultToken(ruleName));
            json.WriteBoolean("eventLeftScope", eventLeftScope);
            json.WriteString("executionRoleArn", $"arn:{account.Partition}:iam::{account.Id}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig");
            json.WriteString("configRuleArn", $"arn:{account.Partition}:config:{account.Region}:{account.Id}:config-rule/config-rule-a1b2c3");
            json.WriteString("configRuleName", ruleName);
            json.WriteString("configRuleId", "config-rule-a1b2c3");
            json.WriteString("accountId", account.Id);
            json.WriteString("evaluationMode", "DETECTIVE");
            json.WriteEndObject();
        });
}
