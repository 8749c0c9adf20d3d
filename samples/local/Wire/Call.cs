using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace KeyRotation.Local;

/// <summary>One request, as far as it can be parsed before it is authenticated.</summary>
/// <param name="Service">The service that the request must be signed for; empty if the local AWS does not have the service.</param>
/// <param name="Form">
/// The fields of a request in the AWS query protocol, which gets an XML response; null for AWS JSON 1.1, which names the operation in
/// X-Amz-Target.
/// </param>
/// <param name="Arrived">When its headers had arrived, on the clock of the local AWS.</param>
internal sealed record Call(
    HttpRequest Request, byte[] Body, string Service, string Operation, IReadOnlyDictionary<string, string>? Form, TimeSpan Arrived)
{
    public bool IsJson => Form is null;

    public static async Task<Call> ReadAsync(HttpRequest request, TimeSpan arrived)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, request.HttpContext.RequestAborted);
        var body = buffer.ToArray();
        if (request.Headers["X-Amz-Target"].ToString() is { Length: > 0 } target)
        {
            var dot = target.IndexOf('.', StringComparison.Ordinal);
            var service = target[..Math.Max(dot, 0)] switch { "TrentService" => "kms", "StarlingDoveService" => "config", _ => "" };
            return new(request, body, service, target[(dot + 1)..], Form: null, arrived);
        }

        var form = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body)).ToDictionary(field => field.Key, field => field.Value.ToString());
        var action = form.GetValueOrDefault("Action", "");
        var queried = action switch
        {
            "DescribeRegions" => "ec2",
            _ when action.StartsWith("DescribeStack", StringComparison.Ordinal) => "cloudformation",
            _ => "sts",
        };
        return new(request, body, queried, action, form, arrived);
    }
}
