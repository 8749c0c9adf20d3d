using System.Text.Json;
using Amazon.Lambda.ConfigEvents;
using KeyRotation.Core;

namespace KeyRotation.Reading;

/// <summary>Reads the JSON of an event.</summary>
internal static class ConfigEventReader
{
    /// <summary>The event as AWS Config sends it; <see cref="Invocation"/> checks the fields.</summary>
    public static ConfigEvent Read(ReadOnlySpan<byte> json)
    {
        var configEvent = new JsonField("event", Parsed(json));
        return new()
        {
            AccountId = configEvent["accountId"].Text,
            ConfigRuleArn = configEvent["configRuleArn"].Text,
            ConfigRuleName = configEvent["configRuleName"].Text,
            EventLeftScope = configEvent["eventLeftScope"].Flag ?? false,
            InvokingEvent = configEvent["invokingEvent"].Text,
            ResultToken = configEvent["resultToken"].Text,
            RuleParameters = configEvent["ruleParameters"].Text,
        };
    }

    private static JsonElement Parsed(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonElement.Parse(json) is { ValueKind: JsonValueKind.Object } configEvent
                ? configEvent
                : throw new ProblemException(ProblemNumber.EventIsNotJson, "The event must be the JSON object that AWS Config sends, not another JSON value.");
        }
        catch (JsonException e)
        {
            throw new ProblemException(ProblemNumber.EventIsNotJson, $"The event must be the JSON object that AWS Config sends: {Problem.PlaceOf(e)}.");
        }
    }
}
