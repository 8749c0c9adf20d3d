using Amazon.Runtime;

namespace KeyRotation;

/// <summary>The connections of all clients, in one pool that can be filled before there is anything to ask.</summary>
/// <param name="http">Another pool than the function's own.</param>
internal sealed class Connections(HttpClient? http = null) : HttpClientFactory
{
    // The SDK's own defaults would wait 100 seconds for an answer. A redirect is nothing that these services answer.
    private static readonly HttpClient Http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(3), AllowAutoRedirect = false, UseCookies = false })
    {
        Timeout = TimeSpan.FromSeconds(10),
    };

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => http ?? Http;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    /// <summary>
    /// Opens one connection and sends nothing over it. A request that is given up does not end the connection attempt that it caused:
    /// .NET finishes it and keeps the connection for the next request. With the first TLS connection .NET reads the system's trust store,
    /// which takes longer than all the rest. It stays .NET that reads it, whole, and decides by it: a root that AWS changes needs no change here.
    /// </summary>
    public static async Task OpenAsync(Uri endpoint)
    {
        using var givenUp = new CancellationTokenSource();
        Task response = Http.GetAsync(endpoint, givenUp.Token);
        await givenUp.CancelAsync();
        await response.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
