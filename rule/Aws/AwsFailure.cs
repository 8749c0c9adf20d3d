using System.Text.Json;
using System.Xml;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using KeyRotation.Core;

namespace KeyRotation.Aws;

/// <summary>
/// Separates the error responses of AWS from all other failures, which must never be treated as a response, and gives both a message that
/// is safe to show.
/// </summary>
internal static class AwsFailure
{
    /// <summary>The message of a denial is about 300 characters long, including its ARNs.</summary>
    private const int MaxSentence = 600;

    /// <summary>The SDK's policy knows the error codes for throttling.</summary>
    private static readonly StandardRetryPolicy Sdk = new(maxRetries: 0);

    /// <summary>Errors about the caller's credentials and clock, which say nothing about a key.</summary>
    private static readonly HashSet<string> AboutTheCaller =
    [
        "ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "InvalidClientTokenId", "InvalidSignatureException", "MissingAuthenticationToken",
        "MissingAuthenticationTokenException", "OptInRequired", "RequestExpired", "SignatureDoesNotMatch", "UnrecognizedClientException",
    ];

    /// <summary>AWS refused the call, and a retry cannot change that. A failure of AWS or of the network is not such a response.</summary>
    public static bool IsRefusal(Exception exception) =>
        exception is AmazonServiceException { ErrorCode: { Length: > 0 } code, StatusCode: var status }
        && (int)status < 500
        && !AboutTheCaller.Contains(code)
        && !Sdk.IsThrottlingError(exception);

    /// <summary>AWS did not accept the credentials or the clock of the caller.</summary>
    public static bool IsAboutTheCaller(Exception exception) =>
        exception is AmazonServiceException { ErrorCode: { } code } && AboutTheCaller.Contains(code);

    /// <summary>The error response from AWS, or null if AWS did not respond.</summary>
    /// <param name="operation">The operation, as AWS names it.</param>
    public static ReadFailure? RefusalOf(Exception exception, string operation) =>
        IsRefusal(exception) && exception is AmazonServiceException { ErrorCode: var code } ? new(code, IsDenied(code), $"{operation}: {MessageOf(exception)}") : null;

    /// <summary>Why reading a list of many pages ended early; null for a bug.</summary>
    public static ReadFailure? ReadFailureOf(Exception exception, CancellationToken stop) => exception switch
    {
        _ when stop.IsCancellationRequested =>
            new("time ran out", Detail: WaitedFor(exception) is { } waitedFor ? $"time ran out; the last attempt: {waitedFor}" : null),
        ProblemException => new(exception.Message),
        AmazonServiceException { ErrorCode: { Length: > 0 } code } => new(code, IsDenied(code), MessageOf(exception)),
        _ when IsFailedCall(exception) => new(exception.GetType().Name, Detail: MessageOf(exception)),
        _ => null,
    };

    /// <summary>A call to AWS failed, with or without a response. Any other exception is a bug.</summary>
    public static bool IsFailedCall(Exception exception) => exception
        is AmazonServiceException or AmazonClientException
        or NetworkException or TimeoutException or IOException or HttpRequestException
        or OperationCanceledException or JsonException or XmlException;

    /// <summary>
    /// Why a call was still waiting when its caller ran out of time: the operation, and how its last attempt failed; null if none failed.
    /// </summary>
    public static string? WaitedFor(Exception exception) => (exception as OutOfTimeException)?.Message;

    /// <summary>The same call can succeed later.</summary>
    public static bool IsTransient(Exception exception) => exception switch
    {
        NetworkException network => network.Repeat != Repeat.Never,
        AmazonServiceException service => (int)service.StatusCode is 200 or >= 500
            || Sdk.IsThrottlingError(service)
            || service.ErrorCode is "ExpiredToken" or "ExpiredTokenException",
        _ => exception is IOException or HttpRequestException or TimeoutException or JsonException or XmlException,
    };

    /// <summary>
    /// The message that may be shown. Some AWS messages repeat parts of the request (the session token if the signature does not match, the
    /// result token if it is invalid), so only a denial is quoted: it names the caller, the action and the resource.
    /// </summary>
    public static string MessageOf(Exception exception) => exception switch
    {
        AmazonServiceException { ErrorCode: { Length: > 0 } code } e when IsDenied(code) => SingleLine.Cut($"{code}: {e.Message}", MaxSentence),
        AmazonUnmarshallingException or JsonException or XmlException => "AWS returned a body that is not valid JSON or XML.",
        AmazonServiceException e => $"AWS returned {(e.ErrorCode is { Length: > 0 } code ? code : "no error code")}, HTTP status {(int)e.StatusCode}, request ID {e.RequestId ?? "none"}.",
        OperationCanceledException => WaitedFor(exception) ?? "There was no response in time.",
        _ => exception.Message,
    };

    private static bool IsDenied(string code) => code.StartsWith("AccessDenied", StringComparison.Ordinal);
}
