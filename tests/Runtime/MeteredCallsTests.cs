using System.Text;
using System.Text.Json;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime.Internal;
using Amazon.SecurityToken.Model;
using KeyRotation.Tests.Aws;
using Microsoft.Extensions.Time.Testing;

namespace KeyRotation.Tests.Runtime;

/// <summary>A meter stands in every client that is made while it is registered, so no other test may run meanwhile.</summary>
[NonParallelizable]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class MeteredCallsTests : IDisposable
{
    private readonly FakeTimeProvider clock = new();
    private readonly ScriptedAws aws = new();
    private CallMeter? meter;

    public void Dispose()
    {
        if (meter is not null) RuntimePipelineCustomizerRegistry.Instance.Deregister(meter);
        aws.Dispose();
    }

    [Test]
    public async Task Calls_are_logged_by_action_and_by_service_until_the_next_event()
    {
        Register(50);
        aws.Answer("ListKeys", """{"Keys":[],"Truncated":false}""").Answer("DescribeKey", """{"KeyMetadata":{}}""").Answer("PutEvaluations", "{}")
            .Answer("DescribeStackResources", "<DescribeStackResourcesResponse/>").Answer("AssumeRole", "<AssumeRoleResponse/>");
        using var kms = aws.Clients.Kms();
        using var config = aws.Clients.Config();
        using var cloudFormation = aws.Clients.CloudFormation();
        using var sts = aws.Clients.Sts();
        await kms.ListKeysAsync(new ListKeysRequest());
        for (var i = 0; i < 3; i++) await kms.DescribeKeyAsync(new DescribeKeyRequest { KeyId = "k" });
        for (var i = 0; i < 2; i++) await config.PutEvaluationsAsync(new());
        await cloudFormation.DescribeStackResourcesAsync(new() { PhysicalResourceId = "k" });
        await sts.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = "arn:aws:iam::111122223333:role/reader", RoleSessionName = "test" });

        var line = Finished();
        meter!.Reset();
        var next = Finished();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                line.GetProperty("calls").EnumerateObject().Select(call => $"{call.Name} {call.Value}"),
                Is.EquivalentTo((string[])["kms:ListKeys 1", "kms:DescribeKey 3", "config:PutEvaluations 2", "cloudformation:DescribeStackResources 1", "sts:AssumeRole 1"]));
            Assert.That(Numbers(line), Is.EqualTo((long[])[4, 2, 1, 1, 0]));
            Assert.That(next.GetProperty("calls").GetRawText(), Is.EqualTo("{}"));
            Assert.That(Numbers(next), Is.EqualTo((long[])[0, 0, 0, 0, 0]));
        }
    }

    [TestCase("ThrottlingException", 400, 1)]
    [TestCase("Throttling", 400, 1)]
    [TestCase("TooManyRequestsException", 400, 1)]
    [TestCase("RequestLimitExceeded", 400, 1)]
    [TestCase("LimitExceededException", 400, 1)]
    [TestCase("AnErrorOfTomorrow", 429, 1)]
    [TestCase("AccessDeniedException", 400, 0)]
    [TestCase("InternalFailure", 500, 0)]
    public void A_throttled_call_is_counted_and_fails_as_it_did(string code, int status, int throttles)
    {
        Register(50);
        aws.Answer("ListKeys", $$"""{"__type":"{{code}}","message":"why"}""", (System.Net.HttpStatusCode)status);
        using var kms = aws.Clients.Kms();

        Assert.That(() => kms.ListKeysAsync(new ListKeysRequest()), Throws.InstanceOf<AmazonKeyManagementServiceException>().With.Property("ErrorCode").EqualTo(code));
        Assert.That(meter!.Throttles, Is.EqualTo(throttles));
        meter.Reset();
        Assert.That(meter.Throttles, Is.Zero);
    }

    /// <summary>2 percent of 500, 2000 and 1000 a second is one in 100, 25 and 50 milliseconds; what comes within the first 100 is given.</summary>
    [TestCase("ListKeys", 2, 100)]
    [TestCase("DescribeKey", 5, 25)]
    [TestCase("ListResourceTags", 5, 25)]
    [TestCase("GetKeyRotationStatus", 3, 50)]
    public async Task Requests_keep_to_their_share_of_the_quota(string operation, int given, int interval)
    {
        Register(2);
        aws.Answer(operation, "{}").Answer("PutEvaluations", "{}");
        using var kms = aws.Clients.Kms();
        using var config = aws.Clients.Config();
        for (var i = 0; i < given; i++) await AskAsync();

        var next = AskAsync();
        for (var i = 0; i < 20; i++) await config.PutEvaluationsAsync(new());
        clock.Advance(TimeSpan.FromMilliseconds(interval - 1));
        Assert.That(next.IsCompleted, Is.False, "while what has no published quota is not held back");
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await next.WaitAsync(TimeSpan.FromSeconds(10));

        Task AskAsync() => operation switch
        {
            "ListKeys" => kms.ListKeysAsync(new ListKeysRequest()),
            "DescribeKey" => kms.DescribeKeyAsync("key"),
            "ListResourceTags" => kms.ListResourceTagsAsync(new ListResourceTagsRequest { KeyId = "key" }),
            _ => kms.GetKeyRotationStatusAsync("key"),
        };
    }

    private void Register(int quotaPercent) => RuntimePipelineCustomizerRegistry.Instance.Register(meter = new CallMeter(quotaPercent, clock));

    private JsonElement Finished()
    {
        using var output = new MemoryStream();
        new Log(output, clock).Finished(new Summary(), meter!, "request", TimeSpan.Zero, TimeSpan.Zero, failed: false);
        return JsonElement.Parse(Encoding.UTF8.GetString(output.ToArray()));
    }

    private static IEnumerable<long> Numbers(JsonElement line) =>
        ((string[])["KmsCalls", "ConfigCalls", "CloudFormationCalls", "StsCalls", "Throttles"]).Select(name => line.GetProperty(name).GetInt64());
}
