using Amazon.CloudFormation.Internal;
using Amazon.CloudFormation.Model;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using KeyRotation.AwsPackages;

namespace Amazon.CloudFormation;

/// <summary>CloudFormation, on AWSSDK.Core's own pipeline: credentials, signing, retries and clock skew are those of every AWS SDK client.</summary>
/// <remarks>Names and types: aws/aws-sdk-net, sdk/src/Services/CloudFormation/Generated/_netstandard/AmazonCloudFormationClient.cs.</remarks>
internal class AmazonCloudFormationClient(AWSCredentials credentials, AmazonCloudFormationConfig clientConfig)
    : AmazonServiceClient(credentials, clientConfig), IAmazonCloudFormation
{
    protected override IServiceMetadata ServiceMetadata { get; } = new AmazonCloudFormationMetadata();

    public Task<DescribeStackResourcesResponse> DescribeStackResourcesAsync(
        DescribeStackResourcesRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<DescribeStackResourcesResponse>(
            request,
            new InvokeOptions { RequestMarshaller = new DescribeStackResources.Request(), ResponseUnmarshaller = new DescribeStackResources.Response() },
            cancellationToken);

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline) => pipeline.AddHandlerAfter<Marshaller>(new SigV4());
}
