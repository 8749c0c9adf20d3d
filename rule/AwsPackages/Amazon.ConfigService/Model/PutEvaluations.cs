using Amazon.Runtime;

namespace Amazon.ConfigService.Model;

// Names and types: aws/aws-sdk-net, sdk/src/Services/ConfigService/Generated/Model/. As in version 4 of the SDK, a value or a list that was
// not set or not returned is null.

/// <summary>Sends up to 100 evaluations, all from one invocation of a rule.</summary>
internal sealed class PutEvaluationsRequest : AmazonWebServiceRequest
{
    public List<Evaluation>? Evaluations { get; set; }

    public string? ResultToken { get; set; }

    public bool? TestMode { get; set; }
}

/// <summary>The evaluations that AWS Config did not accept.</summary>
internal sealed class PutEvaluationsResponse : AmazonWebServiceResponse
{
    public List<Evaluation>? FailedEvaluations { get; set; }
}

/// <summary>One resource and its compliance type.</summary>
internal sealed class Evaluation
{
    public string? Annotation { get; set; }

    public string? ComplianceResourceId { get; set; }

    public string? ComplianceResourceType { get; set; }

    public ComplianceType? ComplianceType { get; set; }

    public DateTime? OrderingTimestamp { get; set; }
}
