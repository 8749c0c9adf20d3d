using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace KeyRotation.Local;

/// <summary>How answers and errors look on the wire, in each protocol.</summary>
internal static class Reply
{
    public static async Task JsonAsync(HttpResponse response, Action<Utf8JsonWriter> write)
    {
        await using var json = new Utf8JsonWriter(response.BodyWriter);
        response.ContentType = "application/x-amz-json-1.1";
        response.Headers["x-amzn-RequestId"] = NewRequestId();
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
        await json.FlushAsync();
        await response.BodyWriter.FlushAsync();
    }

    public static Task XmlAsync(HttpResponse response, string xml)
    {
        response.ContentType = "text/xml";
        return response.WriteAsync(xml);
    }

    public static Task ErrorAsync(HttpResponse response, Protocol protocol, AwsError error)
    {
        response.StatusCode = (int)error.Status;
        if (protocol == Protocol.Json)
        {
            return JsonAsync(response, json =>
            {
                json.WriteString("__type", error.Code);
                json.WriteString("message", error.Message);
            });
        }

        var type = (int)error.Status < 500 ? "Sender" : "Receiver";
        var code = error.Code.EndsWith("Exception", StringComparison.Ordinal) ? error.Code[..^"Exception".Length] : error.Code;
        return XmlAsync(
            response,
            $"<ErrorResponse><Error><Type>{type}</Type><Code>{code}</Code><Message>{Escaped(error.Message)}</Message></Error><RequestId>{NewRequestId()}</RequestId></ErrorResponse>");
    }

    /// <summary>EC2 has errors of its own shape. Source: Amazon EC2 API Reference, Error codes.</summary>
    public static Task Ec2ErrorAsync(HttpResponse response, AwsError error)
    {
        response.StatusCode = (int)error.Status;
        var code = error.Code == "AccessDeniedException" ? "UnauthorizedOperation" : error.Code;
        return XmlAsync(
            response,
            $"<Response><Errors><Error><Code>{code}</Code><Message>{Escaped(error.Message)}</Message></Error></Errors><RequestID>{NewRequestId()}</RequestID></Response>");
    }

    public static string Escaped(string text) => System.Security.SecurityElement.Escape(text);

    public static string NewRequestId() => Guid.NewGuid().ToString();
}
