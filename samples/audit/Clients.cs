using Amazon;

namespace KeyRotation.Audit;

/// <summary>Options for the AWS clients, with the endpoint that the command line names.</summary>
internal static class Clients
{
    private static readonly ConnectionPool Pool = new();

    // Connections to this machine must not use a proxy.
    private static readonly ConnectionPool Direct = new(() =>
    {
        var handler = ConnectionPool.NewHandler();
        handler.UseProxy = false;
        return handler;
    });

    /// <summary>
    /// An audit has no deadline. A failing call is retried for this long; a throttled call is always retried. Keys that keep failing get no
    /// further turn after this time without a success.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static ClientOptions In(string region, string? endpointUrl, int quotaPercent = 50)
    {
        var connections = endpointUrl is not null && new Uri(endpointUrl).IsLoopback ? Direct : Pool;
        return new(RegionEndpoint.GetBySystemName(region), connections, new CallCounter(), TimeProvider.System)
        {
            EndpointUrl = endpointUrl,
            QuotaPercent = quotaPercent,
            Patience = Patience,
        };
    }
}
