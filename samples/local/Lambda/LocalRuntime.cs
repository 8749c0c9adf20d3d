using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace KeyRotation.Local;

/// <summary>
/// The Lambda Runtime API on this machine: hands events to a function, one at a time, and takes what it posts.
/// Source: AWS Lambda Developer Guide, Using the Lambda runtime API for custom runtimes.
/// </summary>
internal sealed class LocalRuntime : IAsyncDisposable
{
    private const string Api = "/2018-06-01/runtime/";

    /// <summary>Lambda's own limit of a response.</summary>
    private const int MaxResponseLength = 6 * 1024 * 1024;

    private readonly Channel<Pending> waiting = Channel.CreateUnbounded<Pending>();
    private readonly ConcurrentDictionary<string, Pending> running = new();
    private readonly TaskCompletionSource<InvocationFailure> initError = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Loopback? server;

    /// <summary>What AWS_LAMBDA_RUNTIME_API has to be: host and port.</summary>
    public string Address => (server ?? throw new InvalidOperationException("The local runtime is not started.")).Address.Authority;

    /// <summary>Tells the function whose it is.</summary>
    public string FunctionArn { get; init; } = "arn:aws:lambda:eu-central-1:111122223333:function:KmsKeyRotation";

    /// <summary>Completes when the function says that it cannot start.</summary>
    public Task<InvocationFailure> InitError => initError.Task;

    public async Task StartAsync() => server = await Loopback.StartAsync(HandleAsync);

    /// <param name="timeout">
    /// The function's timeout, from which its deadline is made. The wait ends half a minute later: where Lambda would have ended the function by then, the
    /// result says so by its duration, also on a machine that is busy with something else.
    /// </param>
    public async Task<InvocationResult> InvokeAsync(ReadOnlyMemory<byte> payload, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var pending = new Pending(payload, timeout);
        await waiting.Writer.WriteAsync(pending, cancellationToken);
        return await pending.Result.Task.WaitAsync(timeout + TimeSpan.FromSeconds(30), cancellationToken);
    }

    public Task<InvocationResult> InvokeAsync(string payload, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        InvokeAsync(Encoding.UTF8.GetBytes(payload), timeout, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
    }

    private Task HandleAsync(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "";
        if (!path.StartsWith(Api, StringComparison.Ordinal)) return RefuseAsync(http, 404, "NotFound", $"No such path: {path}");
        return (http.Request.Method, path[Api.Length..].Split('/')) switch
        {
            ("GET", ["invocation", "next"]) => NextAsync(http),
            ("POST", ["invocation", var id, "response"]) => FinishAsync(http, id, isError: false),
            ("POST", ["invocation", var id, "error"]) => FinishAsync(http, id, isError: true),
            ("POST", ["init", "error"]) => InitErrorAsync(http),
            _ => RefuseAsync(http, 404, "NotFound", $"No such path: {http.Request.Method} {path}"),
        };
    }

    private async Task NextAsync(HttpContext http)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, server!.Stopping);
        Pending pending;
        try
        {
            pending = await waiting.Reader.ReadAsync(gone.Token);
        }
        catch (OperationCanceledException)
        {
            http.Abort();
            return;
        }

        running[pending.RequestId] = pending;
        var headers = http.Response.Headers;
        headers["Lambda-Runtime-Aws-Request-Id"] = pending.RequestId;
        headers["Lambda-Runtime-Deadline-Ms"] = (DateTimeOffset.UtcNow + pending.Timeout).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        headers["Lambda-Runtime-Invoked-Function-Arn"] = FunctionArn;
        headers["Lambda-Runtime-Trace-Id"] = $"Root=1-{DateTimeOffset.UtcNow.ToUnixTimeSeconds():x8}-{Guid.NewGuid().ToString("N")[..24]};Sampled=0";
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = pending.Payload.Length;
        pending.Started = Stopwatch.GetTimestamp();
        await http.Response.Body.WriteAsync(pending.Payload, gone.Token);
    }

    private async Task FinishAsync(HttpContext http, string requestId, bool isError)
    {
        var body = await BodyAsync(http);
        if (!running.TryRemove(requestId, out var pending))
        {
            await RefuseAsync(http, 400, "InvalidRequestID", "Invalid request ID");
            return;
        }

        var duration = Stopwatch.GetElapsedTime(pending.Started);
        if (body.Length > MaxResponseLength)
        {
            await RefuseAsync(http, 413, "RequestEntityTooLarge", $"Exceeded maximum allowed payload size ({MaxResponseLength} bytes).");
            pending.Result.SetResult(new(requestId, null, new("Function.ResponseSizeTooLarge", "Response payload size exceeded maximum allowed payload size.", []), duration));
            return;
        }

        await AcceptAsync(http);
        pending.Result.SetResult(isError
            ? new(requestId, null, InvocationFailure.Parse(body), duration)
            : new(requestId, body, null, duration));
    }

    private async Task InitErrorAsync(HttpContext http)
    {
        initError.TrySetResult(InvocationFailure.Parse(await BodyAsync(http)));
        await AcceptAsync(http);
    }

    private static async Task<string> BodyAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        return await reader.ReadToEndAsync(http.RequestAborted);
    }

    private static Task AcceptAsync(HttpContext http)
    {
        http.Response.StatusCode = 202;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync("{\"status\":\"OK\"}\n");
    }

    private static Task RefuseAsync(HttpContext http, int status, string type, string message)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync($"{{\"errorType\":\"{type}\",\"errorMessage\":\"{JsonEncodedText.Encode(message)}\"}}");
    }

    private sealed class Pending(ReadOnlyMemory<byte> payload, TimeSpan timeout)
    {
        public string RequestId { get; } = Guid.NewGuid().ToString();

        public ReadOnlyMemory<byte> Payload => payload;

        public TimeSpan Timeout => timeout;

        public long Started { get; set; }

        public TaskCompletionSource<InvocationResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
