using System.Collections.Concurrent;
using Amazon.Runtime;

namespace KeyRotation.Tests.Aws;

/// <summary>HTTP clients that let every request pass, and keep what was sent.</summary>
internal sealed class Recording : HttpClientFactory
{
    public ConcurrentQueue<Sent> Requests { get; } = new();

#pragma warning disable CA2000 // Dispose objects before losing scope: the client disposes of its handler.
    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new Handler(Requests) { CheckCertificateRevocationList = true });
#pragma warning restore CA2000

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    /// <param name="Target">X-Amz-Target, which the JSON protocol has.</param>
    internal sealed record Sent(string? Target, string? ContentType, string Body);

    private sealed class Handler(ConcurrentQueue<Sent> requests) : HttpClientHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await request.Content!.LoadIntoBufferAsync(cancellationToken);
            requests.Enqueue(new(
                request.Headers.TryGetValues("X-Amz-Target", out var targets) ? targets.Single() : null,
                request.Content.Headers.ContentType?.MediaType,
                await request.Content.ReadAsStringAsync(cancellationToken)));
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
