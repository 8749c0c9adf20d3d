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
        AmazonServiceException { ErrorCode: { Length: > 0 } code } => new(code, code.StartsWith("AccessDenied", StringComparison.Ordinal)),
        AmazonServiceException or AmazonClientException or HttpRequestException or IOException or TimeoutException or OperationCanceledException =>
            new(exception.GetType().Name),
        _ => null,
    };
}
