namespace Amazon.Lambda.ConfigEvents;

/// <summary>The event that AWS Config sends to the function of a custom rule.</summary>
/// <remarks>
/// Names and types: aws/aws-lambda-dotnet, Libraries/src/Amazon.Lambda.ConfigEvents/ConfigEvent.cs. As there: a parameterless constructor,
/// settable properties, no serializer attributes (the JSON names differ only in case), and a plain bool EventLeftScope. Not as there:
/// strings are nullable, because any field may be missing from an event. Field meanings:
/// https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_example-events.html
/// </remarks>
internal sealed class ConfigEvent
{
    public string? AccountId { get; set; }

    public string? ConfigRuleArn { get; set; }

    public string? ConfigRuleName { get; set; }

    public bool EventLeftScope { get; set; }

    public string? InvokingEvent { get; set; }

    public string? ResultToken { get; set; }

    public string? RuleParameters { get; set; }
}
