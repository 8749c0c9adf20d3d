using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace KeyRotation.Local;

/// <summary>Passes the function's requests on to another endpoint, and keeps the evaluations among them: in test mode nobody else does.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly Uri target;
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly ConcurrentQueue<ReceivedEvaluation> evaluations = new();
    private Loopback? server;

    private Relay(Uri target) => this.target = target;

    public Uri Address => server!.Address;

    public IReadOnlyCollection<ReceivedEvaluation> Evaluations => evaluations;

    public static async Task<Relay> StartAsync(Uri target)
    {
        var relay = new Relay(target);
        relay.server = await Loopback.StartAsync(relay.HandleAsync);
        return relay;
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
        http.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var isPutEvaluations = context.Request.Headers["X-Amz-Target"] == "StarlingDoveService.PutEvaluations";

        using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new ByteArrayContent(body.ToArray()) };
        foreach (var (name, value) in context.Request.Headers)
        {
            if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)) continue;
            if (!request.Headers.TryAddWithoutValidation(name, value.ToString())) request.Content.Headers.TryAddWithoutValidation(name, value.ToString());
        }

        using var response = await http.SendAsync(request, context.RequestAborted);
        if (isPutEvaluations && response.IsSuccessStatusCode) Keep(body.ToArray());
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        foreach (var (name, values) in response.Headers.Where(header => header.Key.StartsWith("x-amz", StringComparison.OrdinalIgnoreCase)))
            context.Response.Headers[name] = values.ToArray();
        await context.Response.Body.WriteAsync(await response.Content.ReadAsByteArrayAsync(context.RequestAborted), context.RequestAborted);
    }

    private void Keep(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        foreach (var evaluation in document.RootElement.GetProperty(nameof(Evaluations)).EnumerateArray())
        {
            evaluations.Enqueue(new(
                "",
                "",
                "TESTMODE",
                TestMode: true,
                evaluation.GetProperty("ComplianceResourceType").GetString()!,
                evaluation.GetProperty("ComplianceResourceId").GetString()!,
                evaluation.GetProperty("ComplianceType").GetString()!,
                evaluation.TryGetProperty("Annotation", out var annotation) ? annotation.GetString() : null,
                DateTimeOffset.UnixEpoch.AddSeconds(evaluation.GetProperty("OrderingTimestamp").GetDouble()),
                Taken: true));
        }
    }
}
