using System.Globalization;
using System.Text.Json.Nodes;

namespace KeyRotation.Local;

/// <summary>AWS Config: accepts and returns results, and returns the history of a key.</summary>
/// <remarks>Source: AWS Config API Reference, and the service model in botocore, data/config/2014-11-12/service-2.json.</remarks>
internal static class ConfigApi
{
    public static readonly IReadOnlyDictionary<string, JsonOperation> Operations = new Dictionary<string, JsonOperation>
    {
        ["PutEvaluations"] = new(["Evaluations", "ResultToken", "TestMode"], PutEvaluations),
        ["GetComplianceDetailsByConfigRule"] = new(["ComplianceTypes", "ConfigRuleName", "Limit", "NextToken"], GetComplianceDetailsByConfigRule),
        ["GetResourceConfigHistory"] = new(
            ["resourceType", "resourceId", "laterTime", "earlierTime", "chronologicalOrder", "limit", "nextToken"],
            GetResourceConfigHistory),
    };

    private const int MaxBatch = 100;
    private const int DefaultPage = 10;

    private static readonly string[] ComplianceTypes = ["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE", "INSUFFICIENT_DATA"];

    private static readonly string[] EvaluationMembers =
        ["Annotation", "ComplianceResourceId", "ComplianceResourceType", "ComplianceType", "OrderingTimestamp"];

    private static JsonObject PutEvaluations(LocalAws aws, LocalAccount account, Input input)
    {
        var token = input.Text("ResultToken", 0) ?? throw AwsError.Missing("resultToken");
        var testMode = input.Flag("TestMode") == true;
        var evaluations = input.Objects("Evaluations", EvaluationMembers) ?? [];
        if (evaluations.Count > MaxBatch)
            throw AwsError.Constraint("evaluations", $"({evaluations.Count} members)", $"Member must have length less than or equal to {MaxBatch}");

        var received = evaluations.Select(evaluation => Read(evaluation, account, token, testMode)).ToList();
        var rule = testMode ? null : account.RuleOf(token);
        if (token.Length == 0 || (!testMode && rule is null))
            throw new AwsError("InvalidResultTokenException", "The result token is not valid.");

        var failed = new List<ReceivedEvaluation>();
        foreach (var evaluation in received)
        {
            var isAccepted = !aws.Faults.Fails(account.Id, evaluation.ResourceId);
            aws.Received(evaluation with { Accepted = isAccepted });
            if (isAccepted) rule?.Take(Held(evaluation, aws.Now));
            else failed.Add(evaluation);
        }

        return new() { ["FailedEvaluations"] = Json.Array(failed.Select(Failed)) };
    }

    private static JsonObject Failed(ReceivedEvaluation failed) => new JsonObject
    {
        ["ComplianceResourceType"] = failed.ResourceType,
        ["ComplianceResourceId"] = failed.ResourceId,
        ["ComplianceType"] = failed.ComplianceType,
        ["Annotation"] = failed.Annotation,
        ["OrderingTimestamp"] = failed.OrderingTimestamp.EpochSeconds(),
    }.WithoutNulls();

    private static ReceivedEvaluation Read(Input evaluation, LocalAccount account, string token, bool testMode)
    {
        var complianceType = evaluation.Enum("ComplianceType", ComplianceTypes) ?? throw AwsError.Missing("complianceType");
        if (complianceType == "INSUFFICIENT_DATA")
            throw new AwsError("InvalidParameterValueException", "INSUFFICIENT_DATA is not a valid value for ComplianceType in PutEvaluations.");

        return new(
            account.Id,
            account.Region,
            token,
            testMode,
            evaluation.RequiredText("ComplianceResourceType", 1, 256),
            evaluation.RequiredText("ComplianceResourceId", 1, 768),
            complianceType,
            evaluation.Text("Annotation", 1, 256),
            evaluation.Time("OrderingTimestamp") ?? throw AwsError.Missing("orderingTimestamp"),
            Accepted: true);
    }

    private static HeldResult Held(ReceivedEvaluation evaluation, DateTimeOffset now) => new(
        evaluation.ResourceType,
        evaluation.ResourceId,
        evaluation.ComplianceType,
        evaluation.Annotation,
        evaluation.OrderingTimestamp,
        now);

    private static JsonObject GetComplianceDetailsByConfigRule(LocalAws aws, LocalAccount account, Input input)
    {
        var name = input.RequiredText("ConfigRuleName", 1, 128);
        var limit = input.Number("Limit", 0, MaxBatch) is { } number and > 0 ? number : DefaultPage;
        var types = input.Texts("ComplianceTypes", ComplianceTypes) ?? [];
        if (types.Contains("INSUFFICIENT_DATA"))
            throw new AwsError("InvalidParameterValueException", "INSUFFICIENT_DATA is not a valid value for ComplianceTypes.");

        var rule = account.FindRule(name) ?? throw new AwsError(
            "NoSuchConfigRuleException",
            $"The ConfigRule '{name}' provided in the request is invalid. Please check the configRule name.");
        var (snapshot, start) = input.Text("NextToken", 0) is { Length: > 0 } token
            ? Position(token)
            : (rule.Snapshot(result => types.Count == 0 || types.Contains(result.ComplianceType)), 0);
        var results = rule.FindSnapshot(snapshot) ?? throw InvalidNextToken();
        var end = Math.Min(start + limit, results.Length);
        return new JsonObject
        {
            ["EvaluationResults"] = Json.Array(results[start..end].Select(result => Result(rule, result))),
            ["NextToken"] = end < results.Length ? Page.Opaque($"{snapshot}:{end}") : null,
        }.WithoutNulls();
    }

    private static JsonObject Result(LocalRule rule, HeldResult result) => new JsonObject
    {
        ["EvaluationResultIdentifier"] = new JsonObject
        {
            ["EvaluationResultQualifier"] = new JsonObject
            {
                ["ConfigRuleName"] = rule.Name,
                ["ResourceType"] = result.ResourceType,
                ["ResourceId"] = result.ResourceId,
                ["EvaluationMode"] = "DETECTIVE",
            },
            ["OrderingTimestamp"] = result.OrderingTimestamp.EpochSeconds(),
        },
        ["ComplianceType"] = result.ComplianceType,
        ["ResultRecordedTime"] = result.RecordedTime.EpochSeconds(),
        ["ConfigRuleInvokedTime"] = result.RecordedTime.EpochSeconds(),
        ["Annotation"] = result.Annotation,
    }.WithoutNulls();

    private static (string Snapshot, int Start) Position(string token) =>
        Page.Read(token)?.Split(':') is [var snapshot, var start]
        && int.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? (snapshot, position)
            : throw InvalidNextToken();

    private static AwsError InvalidNextToken() => new("InvalidNextTokenException", "The nextToken provided is invalid");

    /// <summary>
    /// Returns one configuration item: the current state of the key. Its nested values are JSON strings, unlike those in a notification.
    /// </summary>
    private static JsonObject GetResourceConfigHistory(LocalAws aws, LocalAccount account, Input input)
    {
        var type = input.RequiredText("resourceType");
        if (!type.StartsWith("AWS::", StringComparison.Ordinal)) throw AwsError.Constraint("resourceType", type, "Member must satisfy enum value set");
        var id = input.RequiredText("resourceId", 1, 768);
        input.Number("limit", 0, 100);
        input.Enum("chronologicalOrder", "Reverse", "Forward");
        if (input.Text("nextToken", 0) is { Length: > 0 }) throw InvalidNextToken();
        if (input.Time("earlierTime") is { } earlier && input.Time("laterTime") is { } later && earlier >= later)
            throw new AwsError("InvalidTimeRangeException", "The earlier time is not before the later time.");

        var key = type == "AWS::KMS::Key" ? account.Find(id) : null;
        return key is { History: true }
            ? new() { ["configurationItems"] = new JsonArray(ConfigurationItem.ForHistory(account, key, key.CaptureTime ?? aws.Now)) }
            : throw new AwsError("ResourceNotDiscoveredException", $"Resource {id} of resourceType:{type} is unknown or has not been discovered");
    }
}
