using Amazon.Runtime;
using Amazon.Runtime.Credentials.Internal;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;

namespace KeyRotation.AwsPackages;

/// <summary>
/// A client on AWSSDK.Core's own pipeline: credentials, signing, retries and clock skew are those of every AWS SDK client.
/// </summary>
internal abstract class RegionalClient(AWSCredentials credentials, RegionalConfig config) : AmazonServiceClient(credentials, config)
{
    protected override IServiceMetadata ServiceMetadata { get; } = new Metadata(config.ServiceId);

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline) => pipeline.AddHandlerAfter<Marshaller>(new SigV4());

    /// <summary>The service's names in the SDK pipeline.</summary>
    private sealed class Metadata(string serviceId) : IServiceMetadata
    {
        public string ServiceId => serviceId;

        /// <summary>Operations whose .NET name differs from the AWS name: none.</summary>
        public IDictionary<string, string> OperationNameMapping { get; } = new Dictionary<string, string>();
    }

    /// <summary>Selects how a request is signed: with Signature Version 4, the only scheme of both services.</summary>
    private sealed class SigV4 : BaseAuthResolverHandler
    {
        protected override List<IAuthSchemeOption> ResolveAuthOptions(IExecutionContext executionContext) => AuthSchemeOption.DEFAULT_SIGV4;
    }
}
