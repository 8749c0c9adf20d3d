using System.Net;
using System.Text.Json;
using Amazon.ConfigService.Model;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;

namespace Amazon.ConfigService.Internal;

/// <summary>An operation's answer: its body read, or the exception of its error.</summary>
internal sealed class JsonResponse(Func<JsonElement, AmazonWebServiceResponse> read) : JsonResponseUnmarshaller
{
    /// <remarks>Whatever is thrown here, the base class makes it an <see cref="AmazonUnmarshallingException"/>.</remarks>
    public override AmazonWebServiceResponse Unmarshall(JsonUnmarshallerContext input)
    {
        using var body = JsonDocument.Parse(input.Stream);
        return read(body.RootElement);
    }

    public override AmazonServiceException UnmarshallException(
        JsonUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
    {
        // The buffer size is the one that the SDK's generated clients fall back to.
        var reader = new StreamingUtf8JsonReader(input.Stream, AWSConfigs.StreamingUtf8JsonReaderBufferSize ?? 4096, input.JsonMaxDepth);
        var error = JsonErrorResponseUnmarshaller.GetInstance().Unmarshall(input, ref reader);
        var (message, type, code, id) = (error.Message, error.Type, error.Code, error.RequestId);
        return code switch
        {
            nameof(InvalidResultTokenException) =>
                new InvalidResultTokenException(message, innerException, type, code, id, statusCode),
            nameof(ResourceNotDiscoveredException) =>
                new ResourceNotDiscoveredException(message, innerException, type, code, id, statusCode),
            _ => new AmazonConfigServiceException(message, innerException, type, code, id, statusCode),
        };
    }
}
