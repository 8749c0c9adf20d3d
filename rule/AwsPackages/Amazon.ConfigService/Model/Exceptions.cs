using System.Net;
using Amazon.Runtime;

namespace Amazon.ConfigService.Model;

// The two errors that the rule distinguishes. Any other error is an AmazonConfigServiceException, their base class.
// Names and types: aws/aws-sdk-net, sdk/src/Services/ConfigService/Generated/Model/*Exception.cs.

/// <summary>The result token is not from this account and Region, or has expired.</summary>
internal sealed class InvalidResultTokenException(
    string message, Exception? innerException, ErrorType errorType, string? errorCode, string? requestId, HttpStatusCode statusCode)
    : AmazonConfigServiceException(message, innerException, errorType, errorCode, requestId, statusCode);

/// <summary>AWS Config never recorded this resource.</summary>
internal sealed class ResourceNotDiscoveredException(
    string message, Exception? innerException, ErrorType errorType, string? errorCode, string? requestId, HttpStatusCode statusCode)
    : AmazonConfigServiceException(message, innerException, errorType, errorCode, requestId, statusCode);
