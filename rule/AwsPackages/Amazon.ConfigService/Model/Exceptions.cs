using System.Net;
using Amazon.Runtime;

namespace Amazon.ConfigService.Model;

// The two errors of the three operations that the rule tells apart; any other is an AmazonConfigServiceException, of which they are kinds.
// Names and types: aws/aws-sdk-net, sdk/src/Services/ConfigService/Generated/Model/*Exception.cs.

/// <summary>The result token is not one of this account and Region, or has expired.</summary>
internal sealed class InvalidResultTokenException(
    string message, Exception? innerException, ErrorType errorType, string? errorCode, string? requestId, HttpStatusCode statusCode)
    : AmazonConfigServiceException(message, innerException, errorType, errorCode, requestId, statusCode);

/// <summary>AWS Config has never recorded this resource.</summary>
internal sealed class ResourceNotDiscoveredException(
    string message, Exception? innerException, ErrorType errorType, string? errorCode, string? requestId, HttpStatusCode statusCode)
    : AmazonConfigServiceException(message, innerException, errorType, errorCode, requestId, statusCode);
