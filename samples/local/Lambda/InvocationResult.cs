using System.Text.Json;
using System.Text.Json.Serialization;

namespace KeyRotation.Local;

/// <summary>How one invocation ended.</summary>
/// <param name="Response">The body of the response, or null where the function posted an error.</param>
/// <param name="Duration">From the event handed out to the end posted.</param>
internal sealed record InvocationResult(string RequestId, string? Response, InvocationFailure? Error, TimeSpan Duration);

/// <summary>What a function posts when it fails.</summary>
internal sealed record InvocationFailure(string ErrorType, string ErrorMessage, IReadOnlyList<string> StackTrace)
{
    public static InvocationFailure Parse(string body) => JsonSerializer.Deserialize(body, RuntimeApiJson.Default.InvocationFailure)!;

    public override string ToString() => string.Join(Environment.NewLine, [$"{ErrorType}: {ErrorMessage}", .. StackTrace]);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(InvocationFailure))]
internal sealed partial class RuntimeApiJson : JsonSerializerContext;
