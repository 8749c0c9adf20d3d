using Amazon.KeyManagementService;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Endpoints.StandardLibrary;
using Amazon.Util.Internal;

namespace KeyRotation.AwsPackages;

/// <summary>The client configuration of a service with one endpoint a Region, as AWS Config and CloudFormation are.</summary>
/// <remarks>
/// Their two published endpoint rule sets differ in the host alone (botocore, data/config/2014-11-12 and data/cloudformation/2010-05-15,
/// endpoint-rule-set-1.json). Host, signing name and endpoint prefix are one word in both. AWS_ENDPOINT_URL and its service-specific form,
/// derived from the service id, come with ClientConfig.ServiceURL; the default modes (AWS_DEFAULTS_MODE) are the SDK's and the same for
/// every service, so the KMS package's copy of them serves.
/// </remarks>
internal abstract class RegionalConfig : ClientConfig
{
    protected RegionalConfig(string serviceId, string host, string serviceVersion)
        : base(new DefaultConfigurationProvider(AmazonKeyManagementServiceDefaultConfiguration.GetAllConfigurations()))
    {
        ServiceId = serviceId;
        AuthenticationServiceName = host;
        ServiceVersion = serviceVersion;
    }

    public override string ServiceVersion { get; }

    public override string RegionEndpointServiceName => AuthenticationServiceName;

    /// <summary>In place of the version of Amazon's package, which this is not.</summary>
    public override string UserAgent => field ??= InternalSDKUtils.BuildUserAgentString(ServiceId, "0.0.0-stand-in");

    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) => new(
        string.IsNullOrEmpty(ServiceURL) ? RegionalUrl()
        : UseFIPSEndpoint ? throw new AmazonClientException("Invalid Configuration: FIPS and custom endpoint are not supported")
        : UseDualstackEndpoint ? throw new AmazonClientException("Invalid Configuration: Dualstack and custom endpoint are not supported")
        : ServiceURL);

    private string RegionalUrl()
    {
        var region = RegionEndpoint.SystemName;
        var partition = Fn.Partition(region);
        // In GovCloud the plain endpoint is the FIPS endpoint.
        var fips = UseFIPSEndpoint && (UseDualstackEndpoint || partition.name != "aws-us-gov") ? "-fips" : "";
        var suffix = UseDualstackEndpoint ? partition.dualStackDnsSuffix : partition.dnsSuffix;
        return $"https://{RegionEndpointServiceName}{fips}.{region}.{suffix}";
    }
}
