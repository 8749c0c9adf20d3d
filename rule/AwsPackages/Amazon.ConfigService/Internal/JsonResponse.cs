using System.Net;
using System.Text.Json;
using Amazon.ConfigService.Model;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;

namespace Amazon.ConfigService.Internal;

/// <summary>Reads a response: its body, or the exception for its error.</summary>
internal sealed class JsonResponse(Func<JsonElement, AmazonWebServiceResponse> read) : JsonResponseUnmarshaller
{
    /// <remarks>The base class turns every exception into an <see cref="AmazonUnmarshallingException"/>.</remarks>
    public override AmazonWebServiceResponse Unmarshall(JsonUnmarshallerContext input)
    {
        using var body = JsonDocument.Parse(input.Stream);
        return read(body.RootElement);
    }

    public override AmazonServiceException UnmarshallException(
        JsonUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
    {
        // The default buffer size of the SDK's generated clients.
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
