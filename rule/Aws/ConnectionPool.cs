using System.Net.Sockets;
using Amazon.Runtime;

namespace KeyRotation.Aws;

/// <summary>The connections of all clients, in one pool that can be filled before the first request.</summary>
/// <param name="handler">Creates the handler of a new pool.</param>
/// <param name="timeout">The longest time that one request may take, until the last byte of its response.</param>
internal sealed class ConnectionPool(Func<HttpMessageHandler>? handler = null, TimeSpan? timeout = null) : HttpClientFactory, IDisposable
{
    /// <summary>
    /// The largest response allowed: a page of 100 results, or a configuration item with a key policy of 32 KB, is far below it.
    /// </summary>
    public const int MaxResponseLength = 16 * 1024 * 1024;

    private static readonly HttpRequestOptionsKey<CancellationTokenSource> GivenUp = new(nameof(GivenUp));

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);

    private readonly TimeSpan timeout = timeout ?? TimeSpan.FromSeconds(10);
    private HttpClient? http;

    /// <summary>AWS does not redirect. Closing a stalled response must not wait for the rest of the response.</summary>
    public static SocketsHttpHandler NewHandler() => new()
    {
        ConnectTimeout = ConnectTimeout,
        AllowAutoRedirect = false,
        UseCookies = false,
        ResponseDrainTimeout = TimeSpan.Zero,
        ConnectCallback = ConnectAsync,
    };

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => Http;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    /// <summary>
    /// Closes all connections; no request may be in progress. A sweep leaves dozens, and each one that breaks while the function is frozen
    /// would fail a request of a later event.
    /// </summary>
    public void Close() => Interlocked.Exchange(ref http, null)?.Dispose();

    public void Dispose() => Close();

    /// <summary>
    /// Opens a connection to each host and sends nothing over it. Its request is canceled before the connection exists, so that it can
    /// never be sent; .NET finishes the connection and keeps it for the next request. With the first TLS connection .NET reads the system's
    /// trust store, which takes longer than all the rest. It is still .NET that reads and applies the whole trust store: a root that AWS
    /// changes needs no change here.
    /// </summary>
    public Task OpenAsync(params IEnumerable<Uri> endpoints) =>
        Task.WhenAll(endpoints.DistinctBy(endpoint => endpoint.GetLeftPart(UriPartial.Authority)).Select(OpenOneAsync));

    /// <summary>Called once per host. A connection that one request starts to open can serve any other request that waits for it.</summary>
    private async Task OpenOneAsync(Uri endpoint)
    {
        using var givenUp = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Get, endpoint);
        request.Options.Set(GivenUp, givenUp);
        try
        {
            (await Http.SendAsync(request, givenUp.Token)).Dispose();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            // Errors are ignored here: the first real call reports them.
        }
    }

    /// <summary>Connects as .NET does without this callback.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (context.InitialRequestMessage.Options.TryGetValue(GivenUp, out var givenUp)) await givenUp.CancelAsync();
#pragma warning disable CA2000 // Dispose objects before losing scope: the stream owns the socket.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
#pragma warning restore CA2000
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private HttpClient Http
    {
        get
        {
            if (Volatile.Read(ref http) is { } current) return current;
#pragma warning disable CA2000 // Dispose objects before losing scope: the client that is not used has opened nothing.
            var another = new HttpClient(new CompleteResponses(handler?.Invoke() ?? NewHandler(), timeout))
            {
                Timeout = Timeout.InfiniteTimeSpan,
            };
#pragma warning restore CA2000
            return Interlocked.CompareExchange(ref http, another, null) ?? another;
        }
    }

    /// <summary>
    /// Returns a response once it is complete. The SDK's own time-out ends with the headers: a body that stalls would block its caller
    /// indefinitely.
    /// </summary>
    private sealed class CompleteResponses(HttpMessageHandler inner, TimeSpan timeout) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var host = request.RequestUri!.Authority;
            using var inTime = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            inTime.CancelAfter(timeout);
            HttpResponseMessage? response = null;
            try
            {
                response = await base.SendAsync(request, inTime.Token);
                await response.Content.LoadIntoBufferAsync(MaxResponseLength, inTime.Token);
                if (await IsPageAsync(response.Content, inTime.Token)) throw NetworkException.OfPage(host, response.StatusCode);
                return response;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && NetworkException.Of(e, host, timeout) is { } failure)
            {
                response?.Dispose();
                throw failure == e ? e : failure;
            }
            catch
            {
                response?.Dispose();
                throw;
            }
        }

        /// <summary>Stand-ins for AWS, such as moto, label their JSON and XML as HTML.</summary>
        private static async Task<bool> IsPageAsync(HttpContent content, CancellationToken cancellationToken)
        {
            if (content.Headers.ContentType?.MediaType != "text/html") return false;
            var body = (await content.ReadAsStringAsync(cancellationToken)).TrimStart();
            return !body.StartsWith('{')
                && (!body.StartsWith('<')
                    || body.StartsWith("<html", StringComparison.OrdinalIgnoreCase)
                    || body.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase));
        }
    }
}
