using Amazon.CloudFormation;
using Amazon.ConfigService;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.SecurityToken;

namespace KeyRotation.Aws;

// The SDK's clients with the rule's own call policy. The constructor of a client calls this method, in which the SDK lets the client
// change its pipeline.

internal class KmsClient(AWSCredentials credentials, AmazonKeyManagementServiceConfig config, CallPolicy policy)
    : AmazonKeyManagementServiceClient(credentials, config)
{
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        policy.Govern(pipeline);
    }
}

internal sealed class ConfigClient(AWSCredentials credentials, AmazonConfigServiceConfig config, CallPolicy policy)
    : AmazonConfigServiceClient(credentials, config)
{
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        policy.Govern(pipeline);
    }
}

internal sealed class CloudFormationClient(AWSCredentials credentials, AmazonCloudFormationConfig config, CallPolicy policy)
    : AmazonCloudFormationClient(credentials, config)
{
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        policy.Govern(pipeline);
    }
}

internal sealed class StsClient(AWSCredentials credentials, AmazonSecurityTokenServiceConfig config, CallPolicy policy)
    : AmazonSecurityTokenServiceClient(credentials, config)
{
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        policy.Govern(pipeline);
    }
}
