using System.Net.Http.Headers;
using Amazon.Lambda.ConfigEvents;
using Amazon.Lambda.Core;
using KeyRotation.Aws;
using KeyRotation.Core;
using KeyRotation.Reading;

namespace KeyRotation.Runtime;

/// <summary>Handles one event of AWS Config.</summary>
internal delegate Task<InvocationReport> Handler(ConfigEvent configEvent, ILambdaContext context);

/// <summary>
/// The event loop over the Lambda Runtime API: gets an event, handles it and posts the result, for as long as the process lives.
/// Source: AWS Lambda Developer Guide, Using the Lambda runtime API for custom runtimes.
/// </summary>
internal sealed class LambdaRuntime(HttpClient http, string runtimeApi, TimeProvider clock)
{
    /// <summary>The longest event, in bytes: Lambda's limit of 6 MB, and a third of it for the encoding.</summary>
    public const int MaxEventLength = 8 * 1024 * 1024;

    private readonly string api = $"http://{runtimeApi}/2018-06-01/runtime";

    /// <summary>Ends only if the Runtime API fails: then the process ends, and Lambda starts another.</summary>
    public async Task RunAsync(Handler handler, CallCounter counter, Log log)
    {
        try
        {
            while (true) await NextAsync(handler, counter, log);
        }
        catch (HttpRequestException e)
        {
            log.Failed(new HttpRequestException($"Lambda's Runtime API at {runtimeApi} failed, and the process ends: {e.Message}", e, e.StatusCode), "-");
        }
    }

    /// <summary>The function cannot start: Lambda shows this and sends no event.</summary>
    public Task PostInitErrorAsync(Exception exception) => PostErrorAsync($"{api}/init/error", exception);

    /// <summary>One event, from Lambda and back.</summary>
    public async Task NextAsync(Handler handler, CallCounter counter, Log log)
    {
        using var next = await http.GetAsync(new Uri($"{api}/invocation/next"), HttpCompletionOption.ResponseHeadersRead);
        next.EnsureSuccessStatusCode();
        var context = new LambdaContext(next, clock);

        // The SDK reads it from there, as in Lambda's own .NET runtime.
        Environment.SetEnvironmentVariable("_X_AMZN_TRACE_ID", context.TraceId);

        var (started, before) = (clock.GetTimestamp(), counter.Counts);
        var report = await HandleAsync(handler, next.Content, context);
        if (report.Failure is not null) log.Failed(report.Failure, context.AwsRequestId);
        log.Finished(report, counter.Counts.Since(before), context.AwsRequestId, clock.GetElapsedTime(started), context.RemainingTime);

        var invocation = $"{api}/invocation/{context.AwsRequestId}";
        if (report.Failure is null)
            await PostAsync($"{invocation}/response", "null"u8.ToArray());
        else
            await PostErrorAsync($"{invocation}/error", report.Failure);
    }

    private static async Task<InvocationReport> HandleAsync(Handler handler, HttpContent content, LambdaContext context)
    {
        try
        {
            return await handler(await EventAsync(content), context);
        }
#pragma warning disable CA1031 // Do not catch general exception types: whatever it is, it is posted as this invocation's error.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return InvocationReport.Unread with { Failure = e };
        }
    }

    private static async Task<ConfigEvent> EventAsync(HttpContent content)
    {
        try
        {
            await content.LoadIntoBufferAsync(MaxEventLength);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new ProblemException(ProblemNumber.EventIsNotJson, $"The event is longer than {MaxEventLength} bytes, which Lambda would not deliver.");
        }

        return ConfigEventReader.Read(await content.ReadAsByteArrayAsync());
    }

    private Task PostErrorAsync(string address, Exception exception)
    {
        var error = InvocationError.Of(exception);
        return PostAsync(address, error.ToJson(), content =>
        {
            content.Add("Lambda-Runtime-Function-Error-Type", error.ErrorType);
            if (error.XRayCause(Environment.CurrentDirectory) is { } cause) content.Add("Lambda-Runtime-Function-XRay-Error-Cause", cause);
        });
    }

    private async Task PostAsync(string address, byte[] body, Action<HttpContentHeaders>? addTo = null)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        addTo?.Invoke(content.Headers);
        using var response = await http.PostAsync(new Uri(address), content);
        response.EnsureSuccessStatusCode();
    }
}
