using Amazon.KeyManagementService;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Endpoints.StandardLibrary;
using Amazon.Util.Internal;

namespace KeyRotation.AwsPackages;

/// <summary>The client configuration of a service with one endpoint per Region: AWS Config or CloudFormation.</summary>
/// <remarks>
/// Their published endpoint rule sets differ only in the host (botocore, data/config/2014-11-12 and data/cloudformation/2010-05-15,
/// endpoint-rule-set-1.json). Host, signing name and endpoint prefix are the same word in both. AWS_ENDPOINT_URL and its service-specific
/// form, derived from the service ID, come with ClientConfig.ServiceURL. The default modes (AWS_DEFAULTS_MODE) are the same for every
/// service, so those of the KMS package are used.
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

    /// <summary>Stands in for the version of the Amazon package, because this is not that package.</summary>
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
