using Amazon;
using Amazon.Runtime;

namespace KeyRotation.Audit;

/// <summary>The rule's client configuration, with an endpoint that the command line names.</summary>
internal static class Clients
{
    // A proxy is not for the way to oneself.
    private static readonly Connections Direct = new(new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) });

    public static T At<T>(T clientConfig, string region, string? endpointUrl, RequestRetryMode retryMode = RequestRetryMode.Adaptive)
        where T : ClientConfig
    {
        AwsAccount.Configured(clientConfig, RegionEndpoint.GetBySystemName(region), retryMode);
        if (endpointUrl is null) return clientConfig;

        // An endpoint says nothing of the Region that requests are signed for.
        clientConfig.ServiceURL = endpointUrl;
        if (new Uri(endpointUrl).IsLoopback) clientConfig.HttpClientFactory = Direct;
        clientConfig.AuthenticationRegion = region;
        return clientConfig;
    }
}
