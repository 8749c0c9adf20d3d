using System.Globalization;
using Amazon.Lambda.Core;

namespace KeyRotation.Runtime;

/// <summary>The headers that the Runtime API sends with an event.</summary>
internal sealed class LambdaContext(HttpResponseMessage next, TimeProvider clock) : ILambdaContext
{
    private readonly DateTimeOffset deadline = Deadline(Header(next, "Lambda-Runtime-Deadline-Ms"), clock.GetUtcNow());

    public string AwsRequestId { get; } = Header(next, "Lambda-Runtime-Aws-Request-Id") ?? "";

    public string InvokedFunctionArn { get; } = Header(next, "Lambda-Runtime-Invoked-Function-Arn") ?? "";

    /// <summary>Empty if there is none, as in the official interface; the SDK treats empty as none.</summary>
    public string TraceId { get; } = Header(next, "Lambda-Runtime-Trace-Id") ?? "";

    public TimeSpan RemainingTime => deadline - clock.GetUtcNow();

    public string FunctionName => Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_NAME") ?? "";

    public string FunctionVersion => Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_VERSION") ?? "";

    public string LogGroupName => Environment.GetEnvironmentVariable("AWS_LAMBDA_LOG_GROUP_NAME") ?? "";

    public string LogStreamName => Environment.GetEnvironmentVariable("AWS_LAMBDA_LOG_STREAM_NAME") ?? "";

    public int MemoryLimitInMB =>
        int.TryParse(Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), CultureInfo.InvariantCulture, out var size) ? size : 0;

    // AWS Config sends neither, and the function logs by itself.
    IClientContext ILambdaContext.ClientContext => null!;

    ICognitoIdentity ILambdaContext.Identity => null!;

    ILambdaLogger ILambdaContext.Logger => null!;

    /// <summary>
    /// Bounded, so that even an event with an invalid deadline gets a response. The timeout of a function is at most 15 minutes.
    /// </summary>
    private static DateTimeOffset Deadline(string? header, DateTimeOffset now)
    {
        if (!long.TryParse(header, CultureInfo.InvariantCulture, out var milliseconds)) return now.AddMinutes(1);
        return DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(milliseconds, 0, now.AddDays(1).ToUnixTimeMilliseconds()));
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
