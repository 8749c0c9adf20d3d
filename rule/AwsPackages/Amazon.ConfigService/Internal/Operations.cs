using System.Text.Json;
using Amazon.ConfigService.Model;
using Amazon.Runtime.Internal;

namespace Amazon.ConfigService.Internal;

/// <summary>The wire format of the three operations. Member names of GetResourceConfigHistory start with a lowercase letter.</summary>
/// <remarks>Read from the service model: botocore, data/config/2014-11-12/service-2.json.</remarks>
internal static class Operations
{
    public static readonly InvokeOptions PutEvaluations = new()
    {
        RequestMarshaller = new JsonRequest<PutEvaluationsRequest>(nameof(PutEvaluations), (json, request) =>
        {
            json.WriteList("Evaluations", request.Evaluations, WriteEvaluation);
            json.WriteText("ResultToken", request.ResultToken);
            json.WriteFlag("TestMode", request.TestMode);
        }),
        ResponseUnmarshaller = new JsonResponse(
            json => new PutEvaluationsResponse { FailedEvaluations = json.List("FailedEvaluations", ReadEvaluation) }),
    };

    public static readonly InvokeOptions GetResourceConfigHistory = new()
    {
        RequestMarshaller = new JsonRequest<GetResourceConfigHistoryRequest>(nameof(GetResourceConfigHistory), (json, request) =>
        {
            json.WriteNumber("limit", request.Limit);
            json.WriteText("resourceId", request.ResourceId);
            json.WriteText("resourceType", request.ResourceType?.Value);
        }),
        ResponseUnmarshaller = new JsonResponse(
            json => new GetResourceConfigHistoryResponse { ConfigurationItems = json.List("configurationItems", ReadItem) }),
    };

    public static readonly InvokeOptions GetComplianceDetailsByConfigRule = new()
    {
        RequestMarshaller = new JsonRequest<GetComplianceDetailsByConfigRuleRequest>(
            nameof(GetComplianceDetailsByConfigRule),
            (json, request) =>
            {
                json.WriteList("ComplianceTypes", request.ComplianceTypes, (array, type) => array.WriteStringValue(type));
                json.WriteText("ConfigRuleName", request.ConfigRuleName);
                json.WriteNumber("Limit", request.Limit);
                json.WriteText("NextToken", request.NextToken);
            }),
        ResponseUnmarshaller = new JsonResponse(
            json => new GetComplianceDetailsByConfigRuleResponse
            {
                EvaluationResults = json.List("EvaluationResults", ReadResult),
                NextToken = json.Text("NextToken"),
            }),
    };

    private static void WriteEvaluation(Utf8JsonWriter json, Evaluation evaluation)
    {
        json.WriteStartObject();
        json.WriteText("Annotation", evaluation.Annotation);
        json.WriteText("ComplianceResourceId", evaluation.ComplianceResourceId);
        json.WriteText("ComplianceResourceType", evaluation.ComplianceResourceType);
        json.WriteText("ComplianceType", evaluation.ComplianceType?.Value);
        json.WriteTime("OrderingTimestamp", evaluation.OrderingTimestamp);
        json.WriteEndObject();
    }

    private static Evaluation ReadEvaluation(JsonElement json) => new()
    {
        Annotation = json.Text("Annotation"),
        ComplianceResourceId = json.Text("ComplianceResourceId"),
        ComplianceResourceType = json.Text("ComplianceResourceType"),
        ComplianceType = json.Text("ComplianceType"),
        OrderingTimestamp = json.Time("OrderingTimestamp"),
    };

    private static ConfigurationItem ReadItem(JsonElement json) => new()
    {
        Configuration = json.Text("configuration"),
        ConfigurationItemCaptureTime = json.Time("configurationItemCaptureTime"),
        ConfigurationItemDeliveryTime = json.Time("configurationItemDeliveryTime"),
        ConfigurationItemStatus = json.Text("configurationItemStatus"),
        SupplementaryConfiguration = json.Map("supplementaryConfiguration"),
    };

    private static EvaluationResult ReadResult(JsonElement json) => new()
    {
        Annotation = json.Text("Annotation"),
        ComplianceType = json.Text("ComplianceType"),
        EvaluationResultIdentifier = json.Object("EvaluationResultIdentifier", identifier => new EvaluationResultIdentifier
        {
            EvaluationResultQualifier = identifier.Object("EvaluationResultQualifier", qualifier => new EvaluationResultQualifier
            {
                ResourceId = qualifier.Text("ResourceId"),
                ResourceType = qualifier.Text("ResourceType"),
            }),
        }),
    };
}
