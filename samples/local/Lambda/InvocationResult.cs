using System.Text.Json;

namespace KeyRotation.Local;

/// <summary>How one invocation ended.</summary>
/// <param name="Response">The body of the response; null if the function posted an error.</param>
/// <param name="Duration">Time from sending the event to receiving the response or the error.</param>
internal sealed record InvocationResult(string RequestId, string? Response, InvocationFailure? Error, TimeSpan Duration);

/// <summary>The error that a function posts when it fails.</summary>
internal sealed record InvocationFailure(string ErrorType, string ErrorMessage, IReadOnlyList<string> StackTrace)
{
    public static InvocationFailure Parse(string body)
    {
        var error = JsonElement.Parse(body);
        return new(
            error.GetProperty("errorType").GetString()!,
            error.GetProperty("errorMessage").GetString()!,
            [.. error.GetProperty("stackTrace").EnumerateArray().Select(line => line.GetString()!)]);
    }

    public override string ToString() => string.Join(Environment.NewLine, [$"{ErrorType}: {ErrorMessage}", .. StackTrace]);
}
