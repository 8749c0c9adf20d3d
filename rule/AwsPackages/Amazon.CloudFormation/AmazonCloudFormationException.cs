using System.Net;
using Amazon.Runtime;

namespace Amazon.CloudFormation;

/// <summary>An error response from CloudFormation. A resource that is in no stack causes one: ValidationError, status 400.</summary>
/// <remarks>Names and types: aws/aws-sdk-net, sdk/src/Services/CloudFormation/Generated/AmazonCloudFormationException.cs.</remarks>
internal sealed class AmazonCloudFormationException(
    string message, Exception? innerException, ErrorType errorType, string? errorCode, string? requestId, HttpStatusCode statusCode)
    : AmazonServiceException(message, innerException, errorType, errorCode, requestId, statusCode);
