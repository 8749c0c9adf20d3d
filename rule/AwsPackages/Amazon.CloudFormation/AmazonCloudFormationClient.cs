using Amazon.CloudFormation.Internal;
using Amazon.CloudFormation.Model;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using KeyRotation.AwsPackages;

namespace Amazon.CloudFormation;

/// <summary>The client of CloudFormation.</summary>
/// <remarks>
/// Names and types: aws/aws-sdk-net, sdk/src/Services/CloudFormation/Generated/_netstandard/AmazonCloudFormationClient.cs.
/// </remarks>
internal class AmazonCloudFormationClient(AWSCredentials credentials, AmazonCloudFormationConfig clientConfig)
    : RegionalClient(credentials, clientConfig), IAmazonCloudFormation
{
    public Task<DescribeStackResourcesResponse> DescribeStackResourcesAsync(
        DescribeStackResourcesRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DescribeStackResourcesResponse>(
            request,
            new InvokeOptions
            {
                RequestMarshaller = new DescribeStackResources.Request(),
                ResponseUnmarshaller = new DescribeStackResources.Response(),
            },
            cancellationToken);
}
