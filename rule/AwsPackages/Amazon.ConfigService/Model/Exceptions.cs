using System.Net;
using Amazon.Runtime;

namespace Amazon.ConfigService.Model;

// The errors that the three operations declare. Names and types: aws/aws-sdk-net, sdk/src/Services/ConfigService/Generated/Model/*Exception.cs;
// which operation declares which: Internal/Operations.cs.

/// <summary>The page size is out of range.</summary>
internal sealed class InvalidLimitException(
    string message, Exception? innerException, ErrorType errorType, string? errorCode, string? requestId, HttpStatusCode statusCode)
    : AmazonConfigServiceException(message, innerException, errorType, errorCode, requestId, statusCode);

/// <summary>The page token is not one that was given, or the page is gone.</summary>
internal sealed class InvalidNextTokenException(
    string message, Exception? innerException, ErrorType errorType, string? errorCode, string? requestId, HttpStatusCode statusCode)
    : AmazonConfigServiceException(message, innerException, errorType, errorCode, requestId, statusCode);

/// <summary>A value in the request is not allowed.</summary>
internal sealed class InvalidParameterValueException(
    string message, Exception? innerException, ErrorType errorType, string? errorCode, string? requestId, HttpStatusCode statusCode)
    : AmazonConfigServiceException(message, innerException, errorType, errorCode, requestId, statusCode);

/// <summary>The result token is not one of this account and Region, or has expired.</summary>
internal sealed class InvalidResultTokenException(
    string message, Exception? innerException, ErrorType errorType, string? errorCode, string? requestId, HttpStatusCode statusCode)
    : AmazonConfigServiceException(message, innerException, errorType, errorCode, requestId, statusCode);

/// <summary>The earlier time is not before the later one.</summary>
internal sealed class InvalidTimeRangeException(
    string message, Exception? innerException, ErrorType errorType, string? errorCode, string? requestId, HttpStatusCode statusCode)
    : AmazonConfigServiceException(message, innerException, errorType, errorCode, requestId, statusCode);

/// <summary>AWS Config records nothing in this account and Region.</summary>
internal sealed class NoAvailableConfigurationRecorderException(
    string message, Exception? innerException, ErrorType errorType, string? errorCode, string? requestId, HttpStatusCode statusCode)
    : AmazonConfigServiceException(message, innerException, errorType, errorCode, requestId, statusCode);

/// <summary>The rule does not exist, or is being deleted.</summary>
internal sealed class NoSuchConfigRuleException(
    string message, Exception? innerException, ErrorType errorType, string? errorCode, string? requestId, HttpStatusCode statusCode)
    : AmazonConfigServiceException(message, innerException, errorType, errorCode, requestId, statusCode);

/// <summary>AWS Config has never recorded this resource.</summary>
internal sealed class ResourceNotDiscoveredException(
    string message, Exception? innerException, ErrorType errorType, string? errorCode, string? requestId, HttpStatusCode statusCode)
    : AmazonConfigServiceException(message, innerException, errorType, errorCode, requestId, statusCode);

/// <summary>The request is malformed.</summary>
internal sealed class ValidationException(
    string message, Exception? innerException, ErrorType errorType, string? errorCode, string? requestId, HttpStatusCode statusCode)
    : AmazonConfigServiceException(message, innerException, errorType, errorCode, requestId, statusCode);
