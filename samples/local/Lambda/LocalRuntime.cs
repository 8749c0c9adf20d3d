using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace KeyRotation.Local;

/// <summary>
/// The Lambda Runtime API on this machine: sends events to a function, one at a time, and receives its responses and errors.
/// Source: AWS Lambda Developer Guide, Using the Lambda runtime API for custom runtimes.
/// </summary>
internal sealed class LocalRuntime : IAsyncDisposable
{
    private const string Api = "/2018-06-01/runtime/";

    private readonly Channel<Pending> waiting = Channel.CreateUnbounded<Pending>();
    private readonly ConcurrentDictionary<string, Pending> running = new();
    private readonly TaskCompletionSource<InvocationFailure> initError = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Loopback? server;

    /// <summary>The value for AWS_LAMBDA_RUNTIME_API: host and port.</summary>
    public string Address => (server ?? throw new InvalidOperationException("The local runtime is not started.")).Address.Authority;

    /// <summary>Sent with each event, so that the function knows its account.</summary>
    public string FunctionArn { get; init; } = "arn:aws:lambda:eu-central-1:111122223333:function:KmsKeyRotation";

    /// <summary>Completes when the function reports that it cannot start.</summary>
    public Task<InvocationFailure> InitError => initError.Task;

    public async Task StartAsync() => server = await Loopback.StartAsync(HandleAsync);

    /// <param name="timeout">
    /// The function's timeout, which sets its deadline. The wait ends 30 seconds later: if Lambda would have stopped the function before,
    /// the duration of the result shows it, even on a busy machine.
    /// </param>
    public async Task<InvocationResult> InvokeAsync(string payload, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var pending = new Pending(Encoding.UTF8.GetBytes(payload), timeout);
        await waiting.Writer.WriteAsync(pending, cancellationToken);
        return await pending.Result.Task.WaitAsync(timeout + TimeSpan.FromSeconds(30), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
    }

    private Task HandleAsync(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "";
        return (http.Request.Method, path.Replace(Api, "", StringComparison.Ordinal).Split('/')) switch
        {
            ("GET", ["invocation", "next"]) => NextAsync(http),
            ("POST", ["invocation", var id, "response"]) => FinishAsync(http, id, isError: false),
            ("POST", ["invocation", var id, "error"]) => FinishAsync(http, id, isError: true),
            ("POST", ["init", "error"]) => InitErrorAsync(http),
            _ => AnswerAsync(http, 404, "errorMessage", $"No such path: {http.Request.Method} {path}"),
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
        headers["Lambda-Runtime-Deadline-Ms"] =
            (DateTimeOffset.UtcNow + pending.Timeout).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
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
            await AnswerAsync(http, 400, "errorMessage", "Invalid request ID");
            return;
        }

        var duration = Stopwatch.GetElapsedTime(pending.Started);
        await AnswerAsync(http, 202, "status", "OK");
        pending.Result.SetResult(isError
            ? new(requestId, null, InvocationFailure.Parse(body), duration)
            : new(requestId, body, null, duration));
    }

    private async Task InitErrorAsync(HttpContext http)
    {
        initError.TrySetResult(InvocationFailure.Parse(await BodyAsync(http)));
        await AnswerAsync(http, 202, "status", "OK");
    }

    private static async Task<string> BodyAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        return await reader.ReadToEndAsync(http.RequestAborted);
    }

    private static Task AnswerAsync(HttpContext http, int status, string name, string value)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(new JsonObject { [name] = value }.ToJsonString());
    }

    private sealed record Pending(byte[] Payload, TimeSpan Timeout)
    {
        public string RequestId { get; } = Guid.NewGuid().ToString();

        public long Started { get; set; }

        public TaskCompletionSource<InvocationResult> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
