using System.Net;
using System.Text;
using System.Text.Json;
using Amazon.ConfigService;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using Amazon.SecurityToken;
using KeyRotation.Local;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework.Constraints;

namespace KeyRotation.Tests.Local;

/// <summary>
/// Base class with a local AWS that has one account, new for each test. Its clock stands still unless a test advances it. It has clients of
/// the SDK, and raw requests for what these clients would not send.
/// </summary>
internal abstract class LocalAwsFixture
{
    protected FakeTimeProvider Clock { get; private set; } = null!;

    protected LocalAws Aws { get; private set; } = null!;

    protected LocalAccount Account { get; private set; } = null!;

    protected AmazonKeyManagementServiceClient Kms { get; private set; } = null!;

    [SetUp]
    public async Task StartAws()
    {
        Clock = new(DateTimeOffset.UtcNow);
        Aws = new LocalAws(Clock);
        Account = Aws.Add(new LocalAccount());
        await Aws.StartAsync();
        Kms = KmsAs(Account.Credentials);
    }

    [TearDown]
    public async Task StopAws()
    {
        Kms.Dispose();
        await Aws.DisposeAsync();
    }

    protected AmazonKeyManagementServiceClient KmsAs(AWSCredentials credentials, string? region = null) =>
        new(credentials, Configured(new AmazonKeyManagementServiceConfig(), region));

    protected AmazonSecurityTokenServiceClient StsAs(AWSCredentials credentials) =>
        new(credentials, Configured(new AmazonSecurityTokenServiceConfig()));

    protected AmazonConfigServiceClient Config() => new(Account.Credentials, Configured(new AmazonConfigServiceConfig()));

    protected static EqualStringConstraint ThrowsError(string code) =>
        Throws.InstanceOf<AmazonServiceException>().With.Property(nameof(AmazonServiceException.ErrorCode)).EqualTo(code);

    /// <summary>Sends a body unchanged, with an access key but no real signature, and turns off the verification of signatures.</summary>
    protected async Task<(string? Error, JsonElement Body)> PostAsync(string target, string body)
    {
        using var http = new HttpClient();
        using var request = Request(target, body);
        using var response = await http.SendAsync(request);
        var answer = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        return (answer.TryGetProperty("__type", out var type) ? type.GetString() : null, answer);
    }

    /// <param name="target">Null means the query protocol, whose body names the action.</param>
    protected HttpRequestMessage Request(string? target, string body)
    {
        Aws.Signature.IsVerified = false;
        var request = new HttpRequestMessage(HttpMethod.Post, Aws.Endpoint) { Content = new StringContent(body, Encoding.UTF8) };
        request.Content.Headers.ContentType = new(target is null ? "application/x-www-form-urlencoded" : "application/x-amz-json-1.1");
        if (target is not null) request.Headers.Add("X-Amz-Target", target);
        request.Headers.Add("X-Amz-Date", "20260101T000000Z");
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential={Account.Credentials.GetCredentials().AccessKey}/20260101/{Account.Region}/x/aws4_request, "
            + "SignedHeaders=host, Signature=0");
        return request;
    }

    private T Configured<T>(T config, string? region = null)
        where T : ClientConfig
    {
        config.ServiceURL = Aws.Endpoint.ToString();
        config.AuthenticationRegion = region ?? Account.Region;
        config.MaxErrorRetry = 0;
        config.Timeout = TimeSpan.FromSeconds(10);
        return config;
    }
}
