using System.Collections.Concurrent;

namespace KeyRotation.Tests.Aws;

/// <summary>Records every request and sends it on.</summary>
internal sealed class Recording() : DelegatingHandler(ConnectionPool.NewHandler())
{
    public ConcurrentQueue<Sent> Requests { get; } = new();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await request.Content!.LoadIntoBufferAsync(cancellationToken);
        Requests.Enqueue(new(
            request.Headers.TryGetValues("X-Amz-Target", out var targets) ? targets.Single() : null,
            request.Content.Headers.ContentType?.MediaType,
            await request.Content.ReadAsStringAsync(cancellationToken)));
        return await base.SendAsync(request, cancellationToken);
    }

    /// <param name="Target">The X-Amz-Target header of the JSON protocol; null in the query protocol.</param>
    internal sealed record Sent(string? Target, string? ContentType, string Body);
}
