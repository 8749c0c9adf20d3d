using System.Text.Json;
using System.Text.Json.Serialization;
using KeyRotation.Aws;

namespace KeyRotation.Runtime;

/// <summary>The error of an invocation, in the format of the Runtime API.</summary>
/// <param name="Cause">The inner exception, or null.</param>
internal sealed record InvocationError(string ErrorType, string ErrorMessage, string[] StackTrace, InnerError? Cause)
{
    /// <summary>Source: aws-lambda-dotnet, RuntimeApiClient: a longer cause is not sent.</summary>
    public const int MaxXRayCauseLength = 1024 * 1024;

    public static InvocationError Of(Exception exception) => new(
        exception.GetType().Name,
        AwsFailure.MessageOf(exception),
        exception.StackTrace?.Split('\n', StringSplitOptions.TrimEntries) ?? [],
        InnerError.Of(exception.InnerException));

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ErrorJson.Default.InvocationError);

    /// <summary>The error for an AWS X-Ray trace, as one line of ASCII; null if it is too long.</summary>
    public string? XRayCause(string workingDirectory)
    {
        var inner = InnerError.Chain(Cause).Select(error => new XRayException(error.ErrorType, Message: null, Stack: null));
        var outer = new XRayException(ErrorType, ErrorMessage, Array.ConvertAll(StackTrace, call => new XRayCall(call)));
        var cause = new XRayCause(workingDirectory, [outer, .. inner], []);
        var json = JsonSerializer.Serialize(cause, ErrorJson.Default.XRayCause);
        return json.Length <= MaxXRayCauseLength ? json : null;
    }
}

/// <summary>An inner exception by its name only: some messages of AWS and .NET repeat the request.</summary>
internal sealed record InnerError(string ErrorType, InnerError? Cause)
{
    public static InnerError? Of(Exception? exception) =>
        exception is null ? null : new(exception.GetType().Name, Of(exception.InnerException));

    /// <summary>From the outermost to the innermost.</summary>
    public static IEnumerable<InnerError> Chain(InnerError? error)
    {
        for (; error is not null; error = error.Cause) yield return error;
    }
}

/// <summary>Source: AWS X-Ray Developer Guide, Segment documents, Errors and exceptions.</summary>
internal sealed record XRayCause([property: JsonPropertyName("working_directory")] string WorkingDirectory, XRayException[] Exceptions, string[] Paths);

internal sealed record XRayException(string Type, string? Message, XRayCall[]? Stack);

/// <param name="Label">The method; Native AOT keeps no file names and line numbers.</param>
internal sealed record XRayCall(string Label);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InvocationError))]
[JsonSerializable(typeof(XRayCause))]
internal sealed partial class ErrorJson : JsonSerializerContext;
