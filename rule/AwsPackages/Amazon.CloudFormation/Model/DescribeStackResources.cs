using Amazon.Runtime;

namespace Amazon.CloudFormation.Model;

// Names and types: aws/aws-sdk-net, sdk/src/Services/CloudFormation/Generated/Model/. As in version 4 of the SDK, what was not set, or not
// answered, is null.

/// <summary>Asks for the stack that holds a resource.</summary>
internal sealed class DescribeStackResourcesRequest : AmazonWebServiceRequest
{
    public string? PhysicalResourceId { get; set; }
}

/// <summary>Resources of that stack: at most the first 100, and not only the one that was asked about.</summary>
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
