using Amazon.CloudFormation;
using Amazon.ConfigService;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using Amazon.SecurityToken;

namespace KeyRotation.Tests.Aws;

/// <summary>The four clients, at a test endpoint. A client retries only if it gets a policy that retries.</summary>
/// <param name="connections">Null means the SDK's own connections.</param>
internal sealed class Clients(Uri endpoint, AWSCredentials credentials, string region = "eu-central-1", HttpClientFactory? connections = null)
{
    private readonly CallPolicy once = Policy(maxRetries: 0);

    public KmsClient Kms(CallPolicy? policy = null) => new(credentials, Local(new AmazonKeyManagementServiceConfig()), policy ?? once);

    public ConfigClient Config(CallPolicy? policy = null) => new(credentials, Local(new AmazonConfigServiceConfig()), policy ?? once);

    public CloudFormationClient CloudFormation(CallPolicy? policy = null) =>
        new(credentials, Local(new AmazonCloudFormationConfig()), policy ?? once);

    public StsClient Sts(CallPolicy? policy = null) => new(credentials, Local(new AmazonSecurityTokenServiceConfig()), policy ?? once);

    /// <summary>The rule's own policy.</summary>
    public static CallPolicy Policy(
        int maxRetries = CallPolicy.Unlimited, CallCounter? counter = null, TimeProvider? clock = null, TimeSpan? patience = null)
    {
        clock ??= TimeProvider.System;
        return new(new RateLimits(50, clock), counter ?? new CallCounter(), clock, maxRetries, patience);
    }

    private T Local<T>(T clientConfig)
        where T : ClientConfig
    {
        clientConfig.ServiceURL = endpoint.ToString();
        clientConfig.AuthenticationRegion = region;
        clientConfig.ResignRetries = true;
        clientConfig.MaxStaleConnectionRetries = 0;
        clientConfig.HttpClientFactory = connections;
        clientConfig.Timeout = TimeSpan.FromSeconds(20);
        return clientConfig;
    }
}
