using Amazon;
using Amazon.Lambda.ConfigEvents;
using KeyRotation.Core;

namespace KeyRotation.Reading;

/// <summary>One event of AWS Config, validated: its key can be judged and reported.</summary>
/// <param name="Place">The account and Region of the event. KMS does not find the keys of another, which would prove nothing.</param>
internal sealed record Invocation(
    AccountRegion Place, RuleParameters Parameters, string ResultToken, string ConfigRuleName, Notification Notification)
{
    public static Invocation Of(ConfigEvent configEvent, string region)
    {
        var accountId = Required(configEvent.AccountId, "accountId", "an account ID");
        if (accountId.Length != 12 || !accountId.All(char.IsAsciiDigit))
            throw new ProblemException(ProblemNumber.EventField, $"accountId is '{SingleLine.Cut(accountId)}'; it must be 12 digits.");

        var resultToken = Required(configEvent.ResultToken, "resultToken", "the result token from AWS Config");
        if (!RuleParameters.TryParse(configEvent.RuleParameters, out var parameters, out var problem))
            throw new ProblemException(problem);

        var place = PlaceOf(configEvent.ConfigRuleArn, region, accountId);
        var invokingEvent = JsonField.Parse("invokingEvent", Required(configEvent.InvokingEvent, "invokingEvent", "the notification, as JSON text"));
        return new(
            place, parameters, resultToken, Required(configEvent.ConfigRuleName, "configRuleName", "the name of the rule"),
            Read(invokingEvent, place, configEvent.EventLeftScope));
    }

    /// <summary>The partition is taken from the rule's ARN, so that a Region that the SDK does not know yet also works.</summary>
    private static AccountRegion PlaceOf(string? configRuleArn, string region, string accountId)
    {
        var rule = configRuleArn?.Split(':') is ["arn", var first, "config", var second, ..] ? (partition: first, region: second) : default;
        if (!string.IsNullOrEmpty(rule.region) && rule.region != region)
        {
            throw new ProblemException(
                ProblemNumber.OtherRegionOrAccount,
                $"configRuleArn is in {SingleLine.Cut(rule.region)}; this function judges only keys in its own Region, {region}.");
        }

        var partition = string.IsNullOrEmpty(rule.partition) ? RegionEndpoint.GetBySystemName(region).PartitionName : rule.partition;
        return new(partition, region, accountId);
    }

    private static Notification Read(JsonField invokingEvent, AccountRegion place, bool eventLeftScope) =>
        invokingEvent["messageType"].RequiredText switch
        {
            "ConfigurationItemChangeNotification" =>
                new Notification.Change(RecordedKey.Of(Present(invokingEvent["configurationItem"]), place, eventLeftScope)),
            "OversizedConfigurationItemChangeNotification" =>
                new Notification.OversizedChange(RecordedKey.Of(Present(invokingEvent["configurationItemSummary"]), place, eventLeftScope)),
            "ScheduledNotification" or "ConfigurationSnapshotDeliveryCompleted" =>
                new Notification.Sweep(invokingEvent["notificationCreationTime"].Time
                    ?? throw invokingEvent["notificationCreationTime"].Problem("the time of the notification")),
            var other => throw new ProblemException(
                ProblemNumber.MessageType,
                $"invokingEvent.messageType is '{SingleLine.Cut(other)}'; valid values are ConfigurationItemChangeNotification, "
                + "OversizedConfigurationItemChangeNotification, ScheduledNotification and ConfigurationSnapshotDeliveryCompleted."),
        };

    private static JsonField Present(JsonField field) => field.IsAbsent ? throw field.Problem("a configuration item") : field;

    private static string Required(string? value, string name, string valid) =>
        string.IsNullOrWhiteSpace(value) ? throw new ProblemException(ProblemNumber.EventField, $"{name} is missing or empty; it must be {valid}.") : value;
}

/// <summary>The reason for the invocation.</summary>
internal abstract record Notification
{
    private Notification()
    {
    }

    public sealed record Change(RecordedKey Key) : Notification;

    /// <summary>The item is too large for a notification, which only names the key; the item has to be read.</summary>
    public sealed record OversizedChange(RecordedKey Key) : Notification;

    /// <summary>Every key of the account and Region.</summary>
    public sealed record Sweep(DateTimeOffset CreationTime) : Notification;
}
