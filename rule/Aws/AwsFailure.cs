using System.Text.Json;
using System.Xml;
using Amazon.Runtime;
using KeyRotation.Core;

namespace KeyRotation;

/// <summary>Tells a call that AWS or the network failed from everything else, which is ours and must not be taken for an answer.</summary>
internal static class AwsFailure
{
    /// <summary>Null where the exception is no failed call: our own time ran out, or we have a bug.</summary>
    public static ReadFailure? CauseOf(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        _ when cancellationToken.IsCancellationRequested => null,
        AmazonServiceException { ErrorCode: { Length: > 0 } code } => new(code, IsDenied(code)),
        AmazonServiceException or AmazonClientException or HttpRequestException or IOException or TimeoutException or OperationCanceledException
            or JsonException or XmlException =>
            new(exception.GetType().Name),
        _ => null,
    };

    /// <summary>Why a list of many pages broke off: credentials that could not be renewed in between are a problem with a number of its own.</summary>
    public static ReadFailure? EndOf(Exception exception, CancellationToken stop) => exception switch
    {
        _ when stop.IsCancellationRequested => new("time ran out"),
        ProblemException => new(exception.Message),
        _ => CauseOf(exception, stop),
    };

    /// <summary>
    /// What may be shown of an exception. AWS writes what it was sent into some of its messages (a signature that does not match comes back with
    /// the session token, an invalid result token with the token), so only a denial is quoted, which names who may not do what.
    /// </summary>
    public static string MessageOf(Exception exception) => exception switch
    {
        AmazonServiceException { ErrorCode: { Length: > 0 } code } e when IsDenied(code) => $"{code}: {e.Message}",
        AmazonServiceException e => $"AWS answered {e.ErrorCode ?? "no error code"}, HTTP status {(int)e.StatusCode}, request id {e.RequestId ?? "none"}.",
        _ => exception.Message,
    };

    private static bool IsDenied(string code) => code.StartsWith("AccessDenied", StringComparison.Ordinal);
}
