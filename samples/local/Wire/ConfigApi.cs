using System.Globalization;
using System.Text;
using System.Text.Json;

namespace KeyRotation.Local;

/// <summary>AWS Config: results taken and read back, and the history of a key.</summary>
/// <remarks>Read from the AWS Config API Reference and the service model: botocore, data/config/2014-11-12/service-2.json.</remarks>
internal static class ConfigApi
{
    private const int MaxBatch = 100;
    private const int DefaultPage = 10;

    private static readonly string[] ComplianceTypes = ["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE", "INSUFFICIENT_DATA"];

    private static readonly string[] EvaluationMembers = ["Annotation", "ComplianceResourceId", "ComplianceResourceType", "ComplianceType", "OrderingTimestamp"];

    public static string[] MembersOf(string operation) => operation switch
    {
        "PutEvaluations" => ["Evaluations", "ResultToken", "TestMode"],
        "GetComplianceDetailsByConfigRule" => ["ComplianceTypes", "ConfigRuleName", "Limit", "NextToken"],
        "GetResourceConfigHistory" => ["resourceType", "resourceId", "laterTime", "earlierTime", "chronologicalOrder", "limit", "nextToken"],
        _ => throw new AwsError("UnknownOperationException", $"The local AWS does not have config:{operation}."),
    };

    public static Action<Utf8JsonWriter> Answer(LocalAws aws, LocalAccount account, string operation, Input input) => operation switch
    {
        "PutEvaluations" => PutEvaluations(aws, account, input),
        "GetComplianceDetailsByConfigRule" => GetComplianceDetailsByConfigRule(account, input),
        _ => GetResourceConfigHistory(aws, account, input),
    };

    public static string? ResourceId(string operation, Input input) => operation == "GetResourceConfigHistory" ? input.Text("resourceId", 0) : null;

    private static Action<Utf8JsonWriter> PutEvaluations(LocalAws aws, LocalAccount account, Input input)
    {
        var token = input.Text("ResultToken", 0) ?? throw AwsError.Missing("resultToken");
        var testMode = input.Flag("TestMode") == true;
        var evaluations = input.Objects("Evaluations", EvaluationMembers) ?? [];
        if (evaluations.Count > MaxBatch)
            throw AwsError.Constraint("evaluations", $"({evaluations.Count} members)", $"Member must have length less than or equal to {MaxBatch}");

        var received = evaluations.Select(evaluation => Read(evaluation, account, token, testMode)).ToList();
        if (token.Length == 0 || (!testMode && account.RuleOf(token) is null))
            throw new AwsError("InvalidResultTokenException", "The result token is not valid.");

        var rule = testMode ? null : account.RuleOf(token);
        var failed = new List<(ReceivedEvaluation Evaluation, FailedEntry Entry)>();
        foreach (var evaluation in received)
        {
            var entry = aws.Faults.FailedEvaluation(account.Id, evaluation.ResourceId);
            aws.Received(evaluation with { Taken = entry is null });
            if (entry is { } how) failed.Add((evaluation, how));
            else rule?.Take(Held(evaluation, aws.Now));
        }

        rule?.Reported();
        return json =>
        {
            if (failed.Exists(one => one.Entry == FailedEntry.WithoutMember)) return;
            json.WriteStartArray("FailedEvaluations");
            foreach (var (evaluation, entry) in failed) WriteFailed(json, account, evaluation, entry);
            json.WriteEndArray();
        };
    }

    private static void WriteFailed(Utf8JsonWriter json, LocalAccount account, ReceivedEvaluation failed, FailedEntry entry)
    {
        json.WriteStartObject();
        if (entry != FailedEntry.WithoutType) json.WriteString("ComplianceResourceType", failed.ResourceType);
        json.WriteString("ComplianceResourceId", entry == FailedEntry.ByArn ? account.Arn(failed.ResourceId) : failed.ResourceId);
        json.WriteString("ComplianceType", failed.ComplianceType);
        if (failed.Annotation is not null) json.WriteString("Annotation", failed.Annotation);
        json.WriteNumber("OrderingTimestamp", Seconds(failed.OrderingTimestamp));
        json.WriteEndObject();
    }

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
            Taken: true);
    }

    private static HeldResult Held(ReceivedEvaluation evaluation, DateTimeOffset now) => new(
        evaluation.ResourceType, evaluation.ResourceId, evaluation.ComplianceType, evaluation.Annotation, evaluation.OrderingTimestamp, now);

    private static Action<Utf8JsonWriter> GetComplianceDetailsByConfigRule(LocalAccount account, Input input)
    {
        var name = input.RequiredText("ConfigRuleName", 1, 128);
        var limit = input.Number("Limit", 0, MaxBatch) is { } number and > 0 ? number : DefaultPage;
        var types = input.Texts("ComplianceTypes", ComplianceTypes) ?? [];
        if (types.Contains("INSUFFICIENT_DATA"))
            throw new AwsError("InvalidParameterValueException", "INSUFFICIENT_DATA is not a valid value for ComplianceTypes.");

        var rule = account.FindRule(name) ?? throw new AwsError("NoSuchConfigRuleException", $"The ConfigRule '{name}' provided in the request is invalid. Please check the configRule name.");
        var (snapshot, start) = input.Text("NextToken", 0) is { Length: > 0 } token
            ? Position(token)
            : (rule.Snapshot(result => types.Count == 0 || types.Contains(result.ComplianceType)), 0);
        var results = rule.FindSnapshot(snapshot) ?? throw InvalidNextToken();
        var end = Math.Min(start + limit, results.Length);

        return json =>
        {
            json.WriteStartArray("EvaluationResults");
            foreach (var result in results.AsSpan(start..end)) Write(json, rule, result);
            json.WriteEndArray();
            if (end < results.Length) json.WriteString("NextToken", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{snapshot}:{end}")));
        };
    }

    private static void Write(Utf8JsonWriter json, LocalRule rule, HeldResult result)
    {
        json.WriteStartObject();
        json.WriteStartObject("EvaluationResultIdentifier");
        json.WriteStartObject("EvaluationResultQualifier");
        json.WriteString("ConfigRuleName", rule.Name);
        json.WriteString("ResourceType", result.ResourceType);
        json.WriteString("ResourceId", result.ResourceId);
        json.WriteString("EvaluationMode", "DETECTIVE");
        json.WriteEndObject();
        json.WriteNumber("OrderingTimestamp", Seconds(result.OrderingTimestamp));
        json.WriteEndObject();
        json.WriteString("ComplianceType", result.ComplianceType);
        json.WriteNumber("ResultRecordedTime", Seconds(result.RecordedTime));
        json.WriteNumber("ConfigRuleInvokedTime", Seconds(result.RecordedTime));
        if (result.Annotation is not null) json.WriteString("Annotation", result.Annotation);
        json.WriteEndObject();
    }

    private static (string Snapshot, int Start) Position(string token)
    {
        var bytes = new byte[token.Length];
        return Convert.TryFromBase64String(token, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split(':') is [var snapshot, var start]
            && int.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
                ? (snapshot, position)
                : throw InvalidNextToken();
    }

    private static AwsError InvalidNextToken() => new("InvalidNextTokenException", "The nextToken provided is invalid");

    /// <summary>One item a key: what it is like now. Its values are JSON as text, unlike a notification's.</summary>
    private static Action<Utf8JsonWriter> GetResourceConfigHistory(LocalAws aws, LocalAccount account, Input input)
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
        if (key is not { History: true }) throw new AwsError("ResourceNotDiscoveredException", $"Resource {id} of resourceType:{type} is unknown or has not been discovered");
        return json =>
        {
            json.WriteStartArray("configurationItems");
            ConfigurationItem.WriteForHistory(json, account, key, key.CaptureTime ?? aws.Now);
            json.WriteEndArray();
        };
    }

    private static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;
}
