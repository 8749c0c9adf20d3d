using Amazon;
using Amazon.Runtime;

namespace KeyRotation.Audit;

/// <summary>The rule's client configuration, with an endpoint that the command line names.</summary>
internal static class Clients
{
    public static T At<T>(T clientConfig, string region, string? endpointUrl, RequestRetryMode retryMode = RequestRetryMode.Adaptive)
        where T : ClientConfig
    {
        AwsAccount.Configured(clientConfig, RegionEndpoint.GetBySystemName(region), retryMode);
        if (endpointUrl is null) return clientConfig;

        // An endpoint says nothing of the Region that requests are signed for.
        clientConfig.ServiceURL = endpointUrl;
        clientConfig.AuthenticationRegion = region;
        return clientConfig;
    }
}
