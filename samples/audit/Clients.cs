using Amazon;

namespace KeyRotation.Audit;

/// <summary>The rule's clients, with an endpoint that the command line names.</summary>
internal static class Clients
{
    private static readonly ConnectionPool Pool = new();

    // A proxy is not for the way to oneself.
    private static readonly ConnectionPool Direct = new(() =>
    {
        var handler = ConnectionPool.NewHandler();
        handler.UseProxy = false;
        return handler;
    });

    /// <summary>
    /// An audit has no deadline. A call that keeps failing ends after this time, and so do the further turns of failing keys while none of
    /// them succeeds.
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
