using System.Security.Cryptography;
using Amazon;
using Amazon.CloudFormation;
using Amazon.ConfigService;
using Amazon.ConfigService.Model;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;

namespace KeyRotation;

/// <summary>The clients of one account and Region; each is made when it is first needed.</summary>
/// <param name="configure">The last word on every client's configuration, for a program that has its AWS elsewhere.</param>
internal sealed class AwsAccount(AWSCredentials credentials, RegionEndpoint region, Action<ClientConfig>? configure = null)
{
    private readonly Lazy<AmazonKeyManagementServiceClient> kms = new(() => new(credentials, Configured(new AmazonKeyManagementServiceConfig(), region, configure: configure)));
    private readonly Lazy<AmazonConfigServiceClient> config = new(() => new(credentials, Configured(new AmazonConfigServiceConfig(), region, configure: configure)));
    private readonly Lazy<AmazonCloudFormationClient> cloudFormation = new(() =>
        new(credentials, Configured(new AmazonCloudFormationConfig { MaxErrorRetry = 0 }, region, RequestRetryMode.Standard, configure)));

    public IAmazonKeyManagementService Kms => kms.Value;

    public IAmazonConfigService Config => config.Value;

    public IAmazonCloudFormation CloudFormation => cloudFormation.Value;

    /// <summary>
    /// Makes the two clients that every change of a key needs, and their connections. Lambda gives a function that starts up its full
    /// CPU, and often time: the event of a pre-warmed function comes later.
    /// </summary>
    public async Task ConnectAsync()
    {
        // Signing needs OpenSSL, which .NET loads with the first hash. That takes longer than the clients do.
        SHA256.HashData([]);
        var ofKms = kms.Value.Config.DetermineServiceOperationEndpoint(new(new GetKeyRotationStatusRequest()));
        var ofConfig = config.Value.Config.DetermineServiceOperationEndpoint(new(new PutEvaluationsRequest()));
        await Task.WhenAll(Connections.OpenAsync(new Uri(ofKms.URL)), Connections.OpenAsync(new Uri(ofConfig.URL)));
    }

    /// <summary>What all clients have in common.</summary>
    /// <param name="retryMode">
    /// Adaptive: after a throttled request the SDK itself slows this client down, and lets it speed up again while there is none.
    /// It does so by waiting, which a call that may not delay anything cannot have.
    /// </param>
    public static T Configured<T>(
        T clientConfig, RegionEndpoint region, RequestRetryMode retryMode = RequestRetryMode.Adaptive, Action<ClientConfig>? configure = null)
        where T : ClientConfig
    {
        clientConfig.RegionEndpoint = region;
        clientConfig.HttpClientFactory = new Connections();

        // Said here, it is not worked out of the endpoint's name, for which the SDK reads its list of Regions and looks for a profile.
        clientConfig.AuthenticationRegion = region.SystemName;
        clientConfig.RetryMode = retryMode;
        configure?.Invoke(clientConfig);
        return clientConfig;
    }
}
