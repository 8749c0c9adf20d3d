using System.Net;
using Amazon.CloudFormation.Model;
using Amazon.ConfigService.Model;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using Amazon.SecurityToken.Model;
using KeyRotation.Local;
using KeyRotation.Tests.Sweeping;

namespace KeyRotation.Tests.Aws;

/// <summary>Which calls are retried, how calls are counted, and which credentials sign them.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class CallPolicyTests : IDisposable
{
    private readonly ScriptedAws aws = new();
    private readonly CallCounter counter = new();
    private readonly CallPolicy policy;

    public CallPolicyTests() => policy = Clients.Policy(counter: counter, clock: new HurriedTime());

    public void Dispose() => aws.Dispose();

    [Test]
    public async Task Calls_are_counted_by_IAM_action()
    {
        aws.Answer("ListKeys", """{"Keys":[],"Truncated":false}""").Answer("DescribeKey", """{"KeyMetadata":{}}""").Answer("GetKeyRotationStatus", "{}")
            .Answer("ListResourceTags", "{}").Answer("ListAliases", "{}").Answer("PutEvaluations", "{}").Answer("GetResourceConfigHistory", "{}")
            .Answer("GetComplianceDetailsByConfigRule", "{}").Answer("DescribeStackResources", "<DescribeStackResourcesResponse/>").Answer("AssumeRole", "<AssumeRoleResponse/>");
        using var kms = aws.Clients.Kms(policy);
        using var config = aws.Clients.Config(policy);
        using var cloudFormation = aws.Clients.CloudFormation(policy);
        using var sts = aws.Clients.Sts(policy);
        await kms.ListKeysAsync(new ListKeysRequest());
        var before = counter.Counts;
        for (var i = 0; i < 3; i++) await kms.DescribeKeyAsync(new DescribeKeyRequest { KeyId = "k" });
        await kms.GetKeyRotationStatusAsync("k");
        await kms.ListResourceTagsAsync(new ListResourceTagsRequest { KeyId = "k" });
        await kms.ListAliasesAsync(new ListAliasesRequest());
        for (var i = 0; i < 2; i++) await config.PutEvaluationsAsync(new());
        await config.GetResourceConfigHistoryAsync(new());
        await config.GetComplianceDetailsByConfigRuleAsync(new());
        await cloudFormation.DescribeStackResourcesAsync(new DescribeStackResourcesRequest { PhysicalResourceId = "k" });
        await sts.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = "arn:aws:iam::111122223333:role/reader", RoleSessionName = "test" });

        var counts = counter.Counts.Since(before);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(counts.Calls, Is.EqualTo(new Dictionary<string, long>
            {
                [IamActions.DescribeKey] = 3,
                [IamActions.GetKeyRotationStatus] = 1,
                [IamActions.ListResourceTags] = 1,
                ["kms:ListAliases"] = 1,
                [IamActions.PutEvaluations] = 2,
                [IamActions.GetResourceConfigHistory] = 1,
                [IamActions.GetComplianceDetailsByConfigRule] = 1,
                [IamActions.DescribeStackResources] = 1,
                [IamActions.AssumeRole] = 1,
            }));
            Assert.That((counts.Of("kms:"), counts.Of("config:"), counts.Of("cloudformation:"), counts.Of("sts:"), counts.Throttled), Is.EqualTo((6, 4, 1, 1, 0)));
            Assert.That(counter.Counts.Calls[IamActions.ListKeys], Is.EqualTo(1));
        }
    }

    [TestCase("ThrottlingException", 400, 40)]
    [TestCase("Throttling", 400, 40)]
    [TestCase("TooManyRequestsException", 400, 40)]
    [TestCase("RequestLimitExceeded", 400, 40)]
    [TestCase("LimitExceededException", 400, 40)]
    [TestCase("OfTomorrow", 429, 40)]
    [TestCase("InternalFailure", 500, 0)]
    [TestCase("ServiceUnavailable", 503, 0)]
    [TestCase("RequestTimeout", 400, 0)]
    public async Task Transient_failure_is_retried_until_it_succeeds(string code, int status, int throttles)
    {
        for (var i = 0; i < 40; i++) aws.Answer("ListKeys", $$"""{"__type":"{{code}}","message":"why"}""", (HttpStatusCode)status);
        aws.Answer("ListKeys", """{"Keys":[],"Truncated":false}""");
        using var kms = aws.Clients.Kms(policy);

        await kms.ListKeysAsync(new ListKeysRequest());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(counter.Counts.Calls[IamActions.ListKeys], Is.EqualTo(41));
            Assert.That(counter.Counts.Throttled, Is.EqualTo(throttles));
        }
    }

    [Test]
    public async Task Malformed_JSON_is_retried()
    {
        aws.Answer("GetKeyRotationStatus", "{\"KeyRotationEnabled\":").Answer("GetKeyRotationStatus", """{"KeyRotationEnabled":true}""");
        using var kms = aws.Clients.Kms(policy);

        Assert.That((await kms.GetKeyRotationStatusAsync("k")).KeyRotationEnabled, Is.True);
    }

    [TestCase("AccessDeniedException", 400)]
    [TestCase("UnrecognizedClientException", 400)]
    [TestCase("ValidationException", 400)]
    public void Refusal_is_not_retried(string code, int status)
    {
        aws.Answer("ListKeys", $$"""{"__type":"{{code}}","message":"why"}""", (HttpStatusCode)status);
        using var kms = aws.Clients.Kms(policy);

        Assert.That(
            () => kms.ListKeysAsync(new ListKeysRequest()),
            Throws.InstanceOf<AmazonKeyManagementServiceException>().With.Property("ErrorCode").EqualTo(code));
        Assert.That(counter.Counts.Calls[IamActions.ListKeys], Is.EqualTo(1));
    }

    /// <summary>The local AWS rejects a session token with the access key or the signature of other credentials.</summary>
    [Test]
    public async Task Request_is_signed_with_one_set_of_credentials()
    {
        var account = new LocalAccount();
        account.Roles["reader"] = new();
        await using var local = await LocalAws.StartAsync(account);
        using var sts = new Clients(local.Endpoint, account.Credentials).Sts();
        var alternating = new AlternatingCredentials(await SessionAsync(), await SessionAsync(), await SessionAsync());
        using var kms = new Clients(local.Endpoint, alternating).Kms(policy);

        for (var i = 0; i < 9; i++) await kms.ListKeysAsync(new ListKeysRequest());

        async Task<ImmutableCredentials> SessionAsync()
        {
            var request = new AssumeRoleRequest { RoleArn = $"arn:aws:iam::{account.Id}:role/reader", RoleSessionName = "test" };
            return (await (await sts.AssumeRoleAsync(request)).Credentials.GetCredentialsAsync())!;
        }
    }

    [Test]
    public void Call_without_retries_is_sent_once()
    {
        aws.Refuse("ListKeys", "ThrottlingException");
        using var kms = aws.Clients.Kms(Clients.Policy(maxRetries: 0, counter));

        Assert.That(() => kms.ListKeysAsync(new ListKeysRequest()), Throws.InstanceOf<AmazonKeyManagementServiceException>());
        Assert.That((counter.Counts.Calls[IamActions.ListKeys], counter.Counts.Throttled), Is.EqualTo((1, 1)));
    }

    [Test]
    public void Cancellation_reports_the_last_failure()
    {
        aws.Refuse("ListKeys", "ThrottlingException");
        using var kms = aws.Clients.Kms(Clients.Policy());
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));

        Assert.That(
            () => kms.ListKeysAsync(new ListKeysRequest(), stop.Token),
            Throws.InstanceOf<OperationCanceledException>().With.InnerException.InstanceOf<AmazonKeyManagementServiceException>());
    }

    [TestCase("ThrottlingException", "ListKeys: AWS returned ThrottlingException, HTTP status 400")]
    [TestCase(null, null)]
    public async Task Canceled_attempt_reports_the_failure_before_it(string? code, string? waitedFor)
    {
        var account = new LocalAccount();
        await using var local = await LocalAws.StartAsync(account);
        if (code is not null) local.Faults.Add("ListKeys", Fault.Throttling, times: 1);
        local.Faults.Add("ListKeys", Fault.Timeout);
        using var kms = new Clients(local.Endpoint, account.Credentials).Kms(Clients.Policy());
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));

        var canceled = Assert.CatchAsync<OperationCanceledException>(() => kms.ListKeysAsync(new ListKeysRequest(), stop.Token));

        if (waitedFor is null) Assert.That(AwsFailure.WaitedFor(canceled!), Is.Null);
        else Assert.That(AwsFailure.WaitedFor(canceled!), Does.StartWith(waitedFor));
    }

    /// <summary>An audit has no deadline.</summary>
    [Test]
    public async Task Without_a_deadline_only_throttled_calls_go_on()
    {
        aws.Answer("DescribeKey", """{"__type":"InternalFailure"}""", HttpStatusCode.InternalServerError);
        aws.Refuse("ListKeys", "ThrottlingException");
        using var kms = aws.Clients.Kms(Clients.Policy(clock: new HurriedTime(), patience: TimeSpan.FromSeconds(0.2)));

        Assert.That(() => kms.DescribeKeyAsync("k"), Throws.InstanceOf<AmazonKeyManagementServiceException>());
        var throttled = kms.ListKeysAsync(new ListKeysRequest());
        await Task.Delay(400);
        Assert.That(throttled.IsCompleted, Is.False);
        aws.Answer("ListKeys", """{"Keys":[],"Truncated":false}""");
        await throttled.WaitAsync(TimeSpan.FromMinutes(1));
    }

    /// <summary>Returns different credentials on each call, as can happen while another thread renews them.</summary>
    private sealed class AlternatingCredentials(params ImmutableCredentials[] credentials) : AWSCredentials
    {
        private int asked;

        public override ImmutableCredentials GetCredentials() => credentials[asked++ % credentials.Length];
    }
}
