using Amazon.CloudFormation;
using Amazon.ConfigService;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using Amazon.SecurityToken;

namespace KeyRotation.Tests.Aws;

/// <summary>The four clients, at an endpoint of this machine; none repeats a call, so that a test sees the first answer.</summary>
/// <param name="connections">Null is the SDK's own.</param>
internal sealed class Clients(Uri endpoint, AWSCredentials credentials, string region = "eu-central-1", HttpClientFactory? connections = null)
{
    public AmazonKeyManagementServiceClient Kms() => new(credentials, Local(new AmazonKeyManagementServiceConfig()));

    public AmazonConfigServiceClient Config() => new(credentials, Local(new AmazonConfigServiceConfig()));

    public AmazonCloudFormationClient CloudFormation() => new(credentials, Local(new AmazonCloudFormationConfig()));

    public AmazonSecurityTokenServiceClient Sts() => new(credentials, Local(new AmazonSecurityTokenServiceConfig()));

    private T Local<T>(T clientConfig)
        where T : ClientConfig
    {
        clientConfig.ServiceURL = endpoint.ToString();
        clientConfig.AuthenticationRegion = region;
        clientConfig.MaxErrorRetry = 0;
        clientConfig.HttpClientFactory = connections;
        clientConfig.Timeout = TimeSpan.FromSeconds(20);
        return clientConfig;
    }
}
