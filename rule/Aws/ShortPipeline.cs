using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace KeyRotation;

/// <summary>
/// Takes out of the SDK's pipeline the steps that have nothing to do for KMS, AWS Config, CloudFormation and STS. Each costs memory in every call, and
/// time in the first: .NET makes a generic step anew for every type of response. The steps that are left therefore see one type, the base of all.
/// </summary>
internal sealed class ShortPipeline : IRuntimePipelineCustomizer
{
    public string UniqueName => nameof(ShortPipeline);

    public void Customize(Type type, RuntimePipeline pipeline)
    {
        // The three CallbackHandlers and this one raise the client's events, to which nobody listens.
        pipeline.RemoveHandler<ErrorCallbackHandler>();
        pipeline.RemoveHandler<CallbackHandler>();
        pipeline.RemoveHandler<CallbackHandler>();
        pipeline.RemoveHandler<CallbackHandler>();

        // For a listener of the SDK's telemetry; for DynamoDB and Timestream; for uploads, of metrics and to S3.
        pipeline.RemoveHandler<MetricsHandler>();
        pipeline.RemoveHandler<EndpointDiscoveryHandler>();
        pipeline.RemoveHandler<CompressionHandler>();
        pipeline.RemoveHandler<ChecksumHandler>();
        pipeline.AddHandler(new OneType());
    }

    private sealed class OneType : PipelineHandler
    {
        public override async Task<T> InvokeAsync<T>(IExecutionContext executionContext) =>
            (T)(object)await base.InvokeAsync<AmazonWebServiceResponse>(executionContext);
    }
}
