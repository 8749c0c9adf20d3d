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
    /// Nobody but a person ends an audit: a call that keeps failing ends by itself after this time, and keys that AWS fails on after as long without any
    /// that was judged.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static ClientOptions In(string region, string? endpointUrl, TimeProvider clock, int quotaPercent = 50) =>
        new(RegionEndpoint.GetBySystemName(region), endpointUrl is not null && new Uri(endpointUrl).IsLoopback ? Direct : Pool, new CallCounter(), clock)
        {
            EndpointUrl = endpointUrl,
            QuotaPercent = quotaPercent,
            Patience = Patience,
        };
}
