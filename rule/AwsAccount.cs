using Amazon;
using Amazon.CloudFormation;
using Amazon.ConfigService;
using Amazon.KeyManagementService;
using Amazon.Runtime;

namespace KeyRotation;

/// <summary>The clients of one account and Region; each is made when it is first needed.</summary>
internal sealed class AwsAccount(AWSCredentials credentials, RegionEndpoint region)
{
    private readonly Lazy<AmazonKeyManagementServiceClient> kms = new(() => new(credentials, Configured(new AmazonKeyManagementServiceConfig(), region)));
    private readonly Lazy<AmazonConfigServiceClient> config = new(() => new(credentials, Configured(new AmazonConfigServiceConfig(), region)));
    private readonly Lazy<AmazonCloudFormationClient> cloudFormation = new(() =>
        new(credentials, Configured(new AmazonCloudFormationConfig { MaxErrorRetry = 0 }, region, RequestRetryMode.Standard)));

    public AWSCredentials Credentials => credentials;

    public IAmazonKeyManagementService Kms => kms.Value;

    public IAmazonConfigService Config => config.Value;

    public IAmazonCloudFormation CloudFormation => cloudFormation.Value;

    /// <summary>What all clients have in common; the SDK's own defaults would wait 100 seconds for an answer.</summary>
    /// <param name="retryMode">
    /// Adaptive: after a throttled request the SDK itself slows this client down, and lets it speed up again while there is none.
    /// It does so by waiting, which a call that may not delay anything cannot have.
    /// </param>
    public static T Configured<T>(T clientConfig, RegionEndpoint region, RequestRetryMode retryMode = RequestRetryMode.Adaptive)
        where T : ClientConfig
    {
        clientConfig.RegionEndpoint = region;
        clientConfig.Timeout = TimeSpan.FromSeconds(10);
        clientConfig.ConnectTimeout = TimeSpan.FromSeconds(3);
        clientConfig.RetryMode = retryMode;
        return clientConfig;
    }
}
