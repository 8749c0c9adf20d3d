using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace Amazon.ConfigService.Internal;

/// <summary>The wire format of a request, AWS JSON 1.1: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html.</summary>
internal sealed class JsonRequest<TRequest>(string operation, Action<Utf8JsonWriter, TRequest> write)
    : IMarshaller<IRequest, AmazonWebServiceRequest>
    where TRequest : AmazonWebServiceRequest
{
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var body = new PooledContentStream();
        var request = new DefaultRequest(input, "Amazon.ConfigService") { HttpMethod = "POST", ResourcePath = "/", ContentStream = body };
        request.Headers["X-Amz-Target"] = "StarlingDoveService." + operation;
        request.Headers["Content-Type"] = "application/x-amz-json-1.1";
        using var json = new Utf8JsonWriter(body.BufferWriter);
        json.WriteStartObject();
        write(json, (TRequest)input);
        json.WriteEndObject();
        return request;
    }
}
