using Amazon.Runtime;

namespace Amazon.ConfigService.Model;

// Names and types: aws/aws-sdk-net, sdk/src/Services/ConfigService/Generated/Model/. As in version 4 of the SDK, a value or a list that was
// not set or not returned is null.

/// <summary>Requests a page of the results that AWS Config holds for a rule: at most 100.</summary>
internal sealed class GetComplianceDetailsByConfigRuleRequest : AmazonWebServiceRequest
{
    public List<string>? ComplianceTypes { get; set; }

    public string? ConfigRuleName { get; set; }

    public int? Limit { get; set; }

    public string? NextToken { get; set; }
}

internal sealed class GetComplianceDetailsByConfigRuleResponse : AmazonWebServiceResponse
{
    public List<EvaluationResult>? EvaluationResults { get; set; }

    public string? NextToken { get; set; }
}

/// <summary>The result that AWS Config holds for one resource.</summary>
internal sealed class EvaluationResult
{
    public string? Annotation { get; set; }

    public ComplianceType? ComplianceType { get; set; }

    public EvaluationResultIdentifier? EvaluationResultIdentifier { get; set; }
}

internal sealed class EvaluationResultIdentifier
{
    public EvaluationResultQualifier? EvaluationResultQualifier { get; set; }
}

internal sealed class EvaluationResultQualifier
{
    public string? ResourceId { get; set; }

    public string? ResourceType { get; set; }
}
