using System.Net;
using System.Net.Http.Headers;
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
    public static AmazonKeyManagementServiceClient Kms(LocalAws aws, LocalAccount account, AWSCredentials? credentials = null, string? region = null) =>
        new(credentials ?? account.Credentials, Configured(new AmazonKeyManagementServiceConfig(), aws, region ?? account.Region));

    public static AmazonSecurityTokenServiceClient Sts(LocalAws aws, LocalAccount account) =>
        new(account.Credentials, Configured(new AmazonSecurityTokenServiceConfig(), aws, account.Region));

    public static AmazonConfigServiceClient Config(LocalAws aws, LocalAccount account) =>
        new(account.Credentials, new AmazonConfigServiceConfig { RegionEndpoint = RegionEndpoint.GetBySystemName(account.Region), ServiceURL = aws.Endpoint.ToString(), AuthenticationRegion = account.Region, MaxErrorRetry = 0 });

    public static EqualStringConstraint ThrowsError(string code) =>
        Throws.InstanceOf<AmazonServiceException>().With.Property(nameof(AmazonServiceException.ErrorCode)).EqualTo(code);

    /// <summary>Sends a body as it is, with an access key but no real signature, so verification has to be off.</summary>
    public static async Task<(HttpStatusCode Status, string? Error, JsonElement Body)> PostAsync(LocalAws aws, LocalAccount account, string target, string body)
    {
        aws.Signature.IsVerified = false;
        var accessKey = await account.Credentials.GetCredentialsAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, aws.Endpoint) { Content = new StringContent(body, Encoding.UTF8) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
        request.Headers.Add("X-Amz-Target", target);
        request.Headers.Add("X-Amz-Date", "20260101T000000Z");
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential={accessKey.AccessKey}/20260101/{account.Region}/x/aws4_request, SignedHeaders=host, Signature=0");
        using var response = await http.SendAsync(request);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var root = document.RootElement.Clone();
        return (response.StatusCode, root.TryGetProperty("__type", out var type) ? type.GetString() : null, root);
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
