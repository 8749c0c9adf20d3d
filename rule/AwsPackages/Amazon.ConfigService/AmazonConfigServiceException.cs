using System.Net;
using Amazon.Runtime;

namespace Amazon.ConfigService;

/// <summary>An error response from AWS Config.</summary>
/// <remarks>Names and types: aws/aws-sdk-net, sdk/src/Services/ConfigService/Generated/AmazonConfigServiceException.cs.</remarks>
internal class AmazonConfigServiceException(
    string message, Exception? innerException, ErrorType errorType, string? errorCode, string? requestId, HttpStatusCode statusCode)
    : AmazonServiceException(message, innerException, errorType, errorCode, requestId, statusCode);
