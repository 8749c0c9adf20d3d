using System.Text;
using Microsoft.AspNetCore.Http;

namespace KeyRotation.Local;

/// <summary>The services that answer at the one endpoint, by their signing names, and how each is spoken to.</summary>
internal enum Protocol
{
    /// <summary>AWS JSON 1.1: the operation in X-Amz-Target.</summary>
    Json,

    /// <summary>AWS query: a form with an Action; the answer is XML.</summary>
    Query,
}

/// <summary>One request, as far as it can be understood before it is authenticated.</summary>
internal sealed class Call
{
    private Call(HttpRequest request, byte[] body, Protocol protocol, string service, string operation, TimeSpan arrived)
    {
        Request = request;
        Body = body;
        Protocol = protocol;
        Service = service;
        Operation = operation;
        Arrived = arrived;
    }

    public HttpRequest Request { get; }

    public byte[] Body { get; }

    public Protocol Protocol { get; }

    /// <summary>The name that the request must be signed for.</summary>
    public string Service { get; }

    public string Operation { get; }

    /// <summary>When its headers were there, on the local AWS's clock.</summary>
    public TimeSpan Arrived { get; }

    /// <summary>The account and Region that the caller's credentials lead to.</summary>
    public LocalAccount Account { get; set; } = null!;

    public static async Task<Call> ReadAsync(HttpRequest request, TimeSpan arrived)
    {
        var body = await BodyAsync(request);
        if (request.Headers["X-Amz-Target"].ToString() is { Length: > 0 } target)
        {
            var dot = target.IndexOf('.', StringComparison.Ordinal);
            var service = target[..Math.Max(dot, 0)] switch { "TrentService" => "kms", "StarlingDoveService" => "config", _ => "" };
            return new(request, body, Protocol.Json, service, target[(dot + 1)..], arrived);
        }

        var form = Form.Parse(Encoding.UTF8.GetString(body));
        var action = form.GetValueOrDefault("Action", "");
        var queried = action switch
        {
            "DescribeRegions" => "ec2",
            _ when action.StartsWith("DescribeStack", StringComparison.Ordinal) => "cloudformation",
            _ => "sts",
        };
        return new(request, body, Protocol.Query, queried, action, arrived);
    }

    private static async Task<byte[]> BodyAsync(HttpRequest request)
    {
        if (request.ContentLength is not { } length)
        {
            using var buffer = new MemoryStream();
            await request.Body.CopyToAsync(buffer, request.HttpContext.RequestAborted);
            return buffer.ToArray();
        }

        var body = new byte[length];
        await request.Body.ReadExactlyAsync(body, request.HttpContext.RequestAborted);
        return body;
    }
}
