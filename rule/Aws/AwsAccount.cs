using System.Security.Cryptography;
using Amazon.CloudFormation;
using Amazon.ConfigService;
using Amazon.ConfigService.Model;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;

namespace KeyRotation.Aws;

/// <summary>The clients of one account and Region; each is created when it is first needed.</summary>
internal sealed class AwsAccount
{
    private readonly ClientOptions options;
    private readonly RateLimits limits;
    private readonly Lazy<KmsClient> kms;
    private readonly Lazy<KmsClient> kmsInTurn;
    private readonly Lazy<ConfigClient> config;
    private readonly Lazy<CloudFormationClient> cloudFormation;

    public AwsAccount(AWSCredentials credentials, ClientOptions options)
    {
        this.options = options;
        limits = options.NewLimits();
        kms = new(() => new(credentials, options.Configured(new AmazonKeyManagementServiceConfig()), options.Policy(limits)));
        kmsInTurn = new(() => new(credentials, options.Configured(new AmazonKeyManagementServiceConfig()), options.PolicyInTurn(limits)));
        config = new(() => new(credentials, options.Configured(new AmazonConfigServiceConfig()), options.Policy(limits)));

        // The stack only improves the annotation, so no verdict waits for it.
        cloudFormation = new(
            () => new(credentials, options.Configured(new AmazonCloudFormationConfig()), options.Policy(limits, maxRetries: 0)));
    }

    public IAmazonKeyManagementService Kms => kms.Value;

    /// <summary>For a sweep, in which a key that keeps failing must not hold up the others.</summary>
    public IAmazonKeyManagementService KmsInTurn => kmsInTurn.Value;

    public IAmazonConfigService Config => config.Value;

    public IAmazonCloudFormation CloudFormation => cloudFormation.Value;

    /// <summary>Each invocation starts at the full rate.</summary>
    public void StartInvocation() => limits.Reset();

    /// <summary>
    /// Creates the two clients that every change of a key needs, and their connections. Lambda gives a function its full CPU
    /// while it starts, and often spare time: a function started in advance gets its event later.
    /// </summary>
    public async Task ConnectAsync()
    {
        // Signing needs OpenSSL, which .NET loads with the first hash. That takes longer than creating the clients.
        SHA256.HashData([]);
        var ofKms = kms.Value.Config.DetermineServiceOperationEndpoint(new(new GetKeyRotationStatusRequest()));
        var ofConfig = config.Value.Config.DetermineServiceOperationEndpoint(new(new PutEvaluationsRequest()));
        await options.Connections.OpenAsync(new Uri(ofKms.URL), new Uri(ofConfig.URL));
    }
}
