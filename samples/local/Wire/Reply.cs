using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace KeyRotation.Local;

/// <summary>Writes responses and errors in the format of each protocol.</summary>
internal static class Reply
{
    public static string ContentType(Call call) => call.IsJson ? "application/x-amz-json-1.1" : "text/xml";

    public static Task SendAsync(HttpResponse response, Call call, string body)
    {
        response.ContentType = ContentType(call);
        if (call.IsJson) response.Headers["x-amzn-RequestId"] = NewRequestId();
        return response.WriteAsync(body);
    }

    public static Task SendErrorAsync(HttpResponse response, Call call, AwsError error)
    {
        response.StatusCode = (int)error.Status;
        return SendAsync(response, call, call switch
        {
            { IsJson: true } => new JsonObject { ["__type"] = error.Code, ["message"] = error.Message }.ToJsonString(),
            { Service: "ec2" } => Ec2Error(error),
            _ => Error(error),
        });
    }

    /// <summary>The response of an operation in the query protocol.</summary>
    public static string Xml(string xmlNamespace, string operation, string result) =>
        $"<{operation}Response xmlns=\"{xmlNamespace}\"><{operation}Result>{result}</{operation}Result>"
        + $"<ResponseMetadata><RequestId>{NewRequestId()}</RequestId></ResponseMetadata></{operation}Response>";

    public static string Escaped(string text) => System.Security.SecurityElement.Escape(text);

    public static string NewRequestId() => Guid.NewGuid().ToString();

    private static string Error(AwsError error)
    {
        var type = error.Status < HttpStatusCode.InternalServerError ? "Sender" : "Receiver";
        var code = error.Code.EndsWith("Exception", StringComparison.Ordinal) ? error.Code[..^"Exception".Length] : error.Code;
        return $"<ErrorResponse><Error><Type>{type}</Type><Code>{code}</Code><Message>{Escaped(error.Message)}</Message></Error>"
            + $"<RequestId>{NewRequestId()}</RequestId></ErrorResponse>";
    }

    /// <summary>EC2 has a different error format. Source: Amazon EC2 API Reference, Error codes.</summary>
    private static string Ec2Error(AwsError error)
    {
        var code = error.Code == "AccessDeniedException" ? "UnauthorizedOperation" : error.Code;
        return $"<Response><Errors><Error><Code>{code}</Code><Message>{Escaped(error.Message)}</Message></Error></Errors>"
            + $"<RequestID>{NewRequestId()}</RequestID></Response>";
    }
}
