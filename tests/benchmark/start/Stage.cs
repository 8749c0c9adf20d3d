using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace KeyRotation.Benchmark;

/// <summary>
/// A stand-in for Lambda and AWS, for one process at a time, on the loopback interface. The two AWS responses are fixed, so that the
/// contestant is measured and not the stand-in. The end-to-end tests check, with the local AWS, that the rule signs, calls and reports
/// correctly.
/// </summary>
internal sealed class Stage : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly byte[] configEvent;
    private Channel<long> events = Channel.CreateUnbounded<long>();
    private TaskCompletionSource waiting = new();
    private TaskCompletionSource<long> answered = new();
    private bool reported;
    private int notGivenUp;

    private Stage(WebApplication app, byte[] configEvent) => (this.app, this.configEvent) = (app, configEvent);

    public string RuntimeApi { get; private set; } = "";

    /// <summary>
    /// The number of requests that should have been canceled before they were sent. The rule opens a connection with such a request, and
    /// sometimes cancels it too late.
    /// </summary>
    public int NotGivenUp => notGivenUp;

    public Uri Http => new($"http://{RuntimeApi}");

    public Uri Https { get; private set; } = null!;

    public static async Task<Stage> OpenAsync(X509Certificate2 certificate, byte[] configEvent)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, 0);
            options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate));
        });
        var stage = new Stage(builder.Build(), configEvent);
        stage.app.Run(stage.AnswerAsync);
        await stage.app.StartAsync();
        var addresses = stage.app.Urls.Select(a => new Uri(a)).ToList();
        stage.RuntimeApi = addresses.Single(a => a.Scheme == "http").Authority;

        // By host name, because AWS endpoints are also called and verified by host name.
        stage.Https = new UriBuilder(addresses.Single(a => a.Scheme == "https")) { Host = "localhost" }.Uri;
        return stage;
    }

    /// <summary>Prepares for a new process: removes the state of the last one.</summary>
    public void Clear() => (events, waiting, answered, reported) = (Channel.CreateUnbounded<long>(), new(), new(), false);

    /// <summary>Completes when the process requests its first event.</summary>
    public Task Waiting => waiting.Task;

    /// <summary>Sends an event and returns the time when the process responded, as a Stopwatch timestamp.</summary>
    public async Task<long> InvokeAsync()
    {
        (answered, reported) = (new(TaskCreationOptions.RunContinuationsAsynchronously), false);
        await events.Writer.WriteAsync(Stopwatch.GetTimestamp());
        return await answered.Task;
    }

    /// <summary>The process has ended: everything that waits for it fails.</summary>
    public void Leave()
    {
        var ended = new InvalidOperationException("The contestant ended before it responded.");
        waiting.TrySetException(ended);
        answered.TrySetException(ended);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private Task AnswerAsync(HttpContext http) => http.Request.Path.Value switch
    {
        "/2018-06-01/runtime/invocation/next" => NextAsync(http),
        "/2018-06-01/runtime/invocation/1/response" => AnsweredAsync(http),
        "/" when http.Request.Method == "GET" => NotGivenUpAsync(http),
        "/" => AwsAsync(http),
        var path => FailAsync(http, $"{http.Request.Method} {path}"),
    };

    private Task NotGivenUpAsync(HttpContext http)
    {
        Interlocked.Increment(ref notGivenUp);
        http.Response.StatusCode = 404;
        return Task.CompletedTask;
    }

    private async Task NextAsync(HttpContext http)
    {
        waiting.TrySetResult();
        await events.Reader.ReadAsync(http.RequestAborted);
        var headers = http.Response.Headers;
        headers["Lambda-Runtime-Aws-Request-Id"] = "1";
        headers["Lambda-Runtime-Deadline-Ms"] = $"{DateTimeOffset.UtcNow.AddMinutes(1).ToUnixTimeMilliseconds()}";
        headers["Lambda-Runtime-Invoked-Function-Arn"] = "arn:aws:lambda:eu-central-1:111122223333:function:kms-key-rotation";
        headers["Lambda-Runtime-Trace-Id"] = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0";
        http.Response.ContentLength = configEvent.Length;
        await http.Response.Body.WriteAsync(configEvent);
    }

    private async Task AnsweredAsync(HttpContext http)
    {
        var now = Stopwatch.GetTimestamp();
        if (!reported)
        {
            await FailAsync(http, "a response before an evaluation");
            return;
        }

        await http.Request.Body.CopyToAsync(Stream.Null);
        http.Response.StatusCode = 202;
        http.Response.ContentLength = 0;
        answered.TrySetResult(now);
    }

    private async Task AwsAsync(HttpContext http)
    {
        using var body = new StreamReader(http.Request.Body);
        var text = await body.ReadToEndAsync();
        var answer = (http.Request.Headers["X-Amz-Target"].ToString(), http.Request.Headers.Authorization.Count) switch
        {
            ("TrentService.GetKeyRotationStatus", 1) => """{"KeyId":"751377a9-3a93-4327-8e8a-bcedf639e5c7","KeyRotationEnabled":true,"RotationPeriodInDays":365}""",
            ("StarlingDoveService.PutEvaluations", 1) when text.Contains("\"COMPLIANT\"", StringComparison.Ordinal) => """{"FailedEvaluations":[]}""",
            _ => null,
        };
        if (answer is null)
        {
            await FailAsync(http, text);
            return;
        }

        reported |= answer.Contains("Failed", StringComparison.Ordinal);
        http.Response.ContentType = "application/x-amz-json-1.1";
        http.Response.ContentLength = answer.Length;
        await http.Response.WriteAsync(answer);
    }

    private async Task FailAsync(HttpContext http, string what)
    {
        using var body = new StreamReader(http.Request.Body);
        var message = $"The contestant sent an unexpected request: {what} {await body.ReadToEndAsync()}";
        answered.TrySetException(new InvalidOperationException(message));
        http.Response.StatusCode = 400;
    }
}
