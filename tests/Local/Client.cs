using System.Net;
using System.Text;
using System.Text.Json;
using Amazon;
using Amazon.ConfigService;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using Amazon.SecurityToken;
using KeyRotation.Local;
using NUnit.Framework.Constraints;

namespace KeyRotation.Tests.Local;

/// <summary>Clients of the local AWS: the SDK's own, and a raw one for what these would not send.</summary>
internal static class Client
{
    public static AmazonKeyManagementServiceClient Kms(
        LocalAws aws, LocalAccount account, AWSCredentials? credentials = null, string? region = null) =>
        new(credentials ?? account.Credentials, Configured(new AmazonKeyManagementServiceConfig(), aws, region ?? account.Region));

    public static AmazonSecurityTokenServiceClient Sts(LocalAws aws, LocalAccount account, AWSCredentials? credentials = null) =>
        new(credentials ?? account.Credentials, Configured(new AmazonSecurityTokenServiceConfig(), aws, account.Region));

    public static AmazonConfigServiceClient Config(LocalAws aws, LocalAccount account) =>
        new(
            account.Credentials,
            new AmazonConfigServiceConfig
            {
                RegionEndpoint = RegionEndpoint.GetBySystemName(account.Region),
                ServiceURL = aws.Endpoint.ToString(),
                AuthenticationRegion = account.Region,
                MaxErrorRetry = 0,
            });

    public static EqualStringConstraint ThrowsError(string code) =>
        Throws.InstanceOf<AmazonServiceException>().With.Property(nameof(AmazonServiceException.ErrorCode)).EqualTo(code);

    /// <summary>Sends a body as it is, with an access key but no real signature, so verification has to be off.</summary>
    public static async Task<(HttpStatusCode Status, string? Error, JsonElement Body)> PostAsync(
        LocalAws aws,
        LocalAccount account,
        string target,
        string body)
    {
        using var http = new HttpClient();
        using var request = Request(aws, account, target, body);
        using var response = await http.SendAsync(request);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var root = document.RootElement.Clone();
        return (response.StatusCode, root.TryGetProperty("__type", out var type) ? type.GetString() : null, root);
    }

    /// <param name="target">Null is for the query protocol, whose body says the action.</param>
    public static HttpRequestMessage Request(LocalAws aws, LocalAccount account, string? target, string body)
    {
        aws.Signature.IsVerified = false;
        var accessKey = account.Credentials.GetCredentials();
        var request = new HttpRequestMessage(HttpMethod.Post, aws.Endpoint) { Content = new StringContent(body, Encoding.UTF8) };
        request.Content.Headers.ContentType = new(target is null ? "application/x-www-form-urlencoded" : "application/x-amz-json-1.1");
        if (target is not null) request.Headers.Add("X-Amz-Target", target);
        request.Headers.Add("X-Amz-Date", "20260101T000000Z");
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential={accessKey.AccessKey}/20260101/{account.Region}/x/aws4_request, SignedHeaders=host, Signature=0");
        return request;
    }

    private static T Configured<T>(T config, LocalAws aws, string region)
        where T : ClientConfig
    {
        config.ServiceURL = aws.Endpoint.ToString();
        config.AuthenticationRegion = region;
        config.MaxErrorRetry = 0;
        config.Timeout = TimeSpan.FromSeconds(10);
        return config;
    }
}
