using System.Net;
using System.Text.Json;
using Amazon.ConfigService.Model;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;

namespace Amazon.ConfigService.Internal;

/// <summary>An operation's answer: its body read, or its error made the exception that the operation declares for it.</summary>
internal sealed class JsonResponse(Func<JsonElement, AmazonWebServiceResponse> read, params string[] errors) : JsonResponseUnmarshaller
{
    /// <remarks>Whatever is thrown here, the base class makes it an <see cref="AmazonUnmarshallingException"/>.</remarks>
    public override AmazonWebServiceResponse Unmarshall(JsonUnmarshallerContext input)
    {
        using var body = JsonDocument.Parse(input.Stream);
        return read(body.RootElement);
    }

    public override AmazonServiceException UnmarshallException(JsonUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
    {
        // The buffer size is the one that the SDK's generated clients fall back to.
        var reader = new StreamingUtf8JsonReader(input.Stream, AWSConfigs.StreamingUtf8JsonReaderBufferSize ?? 4096, input.JsonMaxDepth);
        var error = JsonErrorResponseUnmarshaller.GetInstance().Unmarshall(input, ref reader);
        var (message, type, code, id) = (error.Message, error.Type, error.Code, error.RequestId);
        return Array.IndexOf(errors, code) < 0 ? new AmazonConfigServiceException(message, innerException, type, code, id, statusCode) : code switch
        {
            nameof(InvalidLimitException) => new InvalidLimitException(message, innerException, type, code, id, statusCode),
            nameof(InvalidNextTokenException) => new InvalidNextTokenException(message, innerException, type, code, id, statusCode),
            nameof(InvalidParameterValueException) => new InvalidParameterValueException(message, innerException, type, code, id, statusCode),
            nameof(InvalidResultTokenException) => new InvalidResultTokenException(message, innerException, type, code, id, statusCode),
            nameof(InvalidTimeRangeException) => new InvalidTimeRangeException(message, innerException, type, code, id, statusCode),
            nameof(NoAvailableConfigurationRecorderException) =>
                new NoAvailableConfigurationRecorderException(message, innerException, type, code, id, statusCode),
            nameof(NoSuchConfigRuleException) => new NoSuchConfigRuleException(message, innerException, type, code, id, statusCode),
            nameof(ResourceNotDiscoveredException) => new ResourceNotDiscoveredException(message, innerException, type, code, id, statusCode),
            _ => new ValidationException(message, innerException, type, code, id, statusCode),
        };
    }
}
