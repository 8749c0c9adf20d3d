using Amazon.CloudFormation.Model;

namespace Amazon.CloudFormation;

/// <summary>The one operation of CloudFormation that the rule calls.</summary>
/// <remarks>Names and types: aws/aws-sdk-net, sdk/src/Services/CloudFormation/Generated/_netstandard/IAmazonCloudFormation.cs.</remarks>
internal interface IAmazonCloudFormation : IDisposable
{
    Task<DescribeStackResourcesResponse> DescribeStackResourcesAsync(
        DescribeStackResourcesRequest request, CancellationToken cancellationToken = default);
}
