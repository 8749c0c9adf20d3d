using Amazon.Runtime;

namespace Amazon.CloudFormation.Model;

// Names and types: aws/aws-sdk-net, sdk/src/Services/CloudFormation/Generated/Model/. As in version 4 of the SDK, a member that was
// not set or not returned is null.

/// <summary>Requests the stack that contains a resource.</summary>
internal sealed class DescribeStackResourcesRequest : AmazonWebServiceRequest
{
    public string? PhysicalResourceId { get; set; }
}

/// <summary>Resources of that stack: at most the first 100, not only the requested one.</summary>
internal sealed class DescribeStackResourcesResponse : AmazonWebServiceResponse
{
    public List<StackResource>? StackResources { get; set; }
}

internal sealed class StackResource
{
    public string? LogicalResourceId { get; set; }

    public string? PhysicalResourceId { get; set; }

    public ResourceStatus? ResourceStatus { get; set; }

    public string? ResourceType { get; set; }

    public string? StackName { get; set; }
}
