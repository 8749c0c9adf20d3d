using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using KeyRotation.Aws;

namespace KeyRotation.Runtime;

/// <summary>
/// Simulates Lambda, KMS and AWS Config for a key that does not exist, inside the process and before the first event. The work that .NET
/// and the SDK do only once is then done while Lambda still gives the function its full CPU, and the first key is judged as fast as any
/// other. Nothing leaves the process: this handler responds to every request.
/// </summary>
internal sealed class WarmUp(Settings settings) : HttpMessageHandler
{
    /// <param name="handlerOn">The function's own handler, on other connections.</param>
    public static async Task RunAsync(Settings settings, Func<ConnectionPool, CallCounter, Handler> handlerOn, Log log, TimeProvider clock)
    {
        using var messages = new WarmUp(settings);
        using var http = new HttpClient(messages);
        using var connections = new ConnectionPool(() => messages);
        var counter = new CallCounter();
        await new LambdaRuntime(http, "warm-up", clock).NextAsync(handlerOn(connections, counter), counter, log);
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var operation = request.Headers.TryGetValues("X-Amz-Target", out var target) ? target.First() : request.RequestUri?.Segments[^1];
        var content = new ByteArrayContent(operation switch
        {
            "next" => ChangeOfAKey(),
            "TrentService.GetKeyRotationStatus" => """{"KeyRotationEnabled":true,"RotationPeriodInDays":365}"""u8.ToArray(),
            "StarlingDoveService.PutEvaluations" => """{"FailedEvaluations":[]}"""u8.ToArray(),
            _ => [],
        });
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = content, RequestMessage = request });
    }

    private byte[] ChangeOfAKey()
    {
        const string account = "111122223333";
        const string keyId = "1234abcd-12ab-34cd-56ef-1234567890ab";
        var arn = $"arn:{settings.RegionEndpoint.PartitionName}:kms:{settings.Region}:{account}:key/{keyId}";
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("accountId", account);
            json.WriteString("configRuleName", "warm-up");
            json.WriteString("resultToken", "TESTMODE");
            json.WriteString("invokingEvent", $$"""
                {"messageType":"ConfigurationItemChangeNotification","configurationItem":{"configurationItemStatus":"OK","resourceType":"AWS::KMS::Key",
                "resourceId":"{{keyId}}","ARN":"{{arn}}","awsAccountId":"{{account}}","awsRegion":"{{settings.Region}}",
                "configuration":{"keyId":"{{keyId}}","arn":"{{arn}}","creationDate":1767225600000,"keyState":"Enabled","keyManager":"CUSTOMER",
                "keySpec":"SYMMETRIC_DEFAULT","origin":"AWS_KMS","multiRegion":false},"supplementaryConfiguration":{"KeyRotationStatus":true},
                "configurationItemCaptureTime":"2026-01-01T00:00:00.000Z"},"notificationCreationTime":"2026-01-01T00:00:00.000Z"}
                """);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
