using System.Net;
using Amazon.Runtime;
using Microsoft.Extensions.Time.Testing;

namespace KeyRotation.Tests.Aws;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class AssumedRoleTests
{
    [TestCase("arn:aws:iam::111122223333:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig")]
    [TestCase("arn:aws:iam::111122223333:role/aws-service-role/other.amazonaws.com/AWSServiceRoleForOther")]
    [TestCase("arn:aws:iam::111122223333:role/AWSServiceRoleForConfig")]
    public void Service_linked_role_is_rejected_without_a_call(string roleArn)
    {
        using var aws = new ScriptedAws();
        using var sts = aws.Clients.Sts();
        Assert.That(() => new AssumedRole(sts, roleArn, clock), Throws.InstanceOf<ProblemException>().With.Message.EqualTo(
            $"KR10: {roleArn} is a service-linked role, which only its service can assume. Use a role made for this purpose."));
        Assert.That(aws.Requests, Is.Empty);
    }

    [Test]
    public async Task Credentials_are_renewed_if_they_expire_too_soon()
    {
        using var aws = new ScriptedAws().Answer("AssumeRole", Assumed("1", 3600)).Answer("AssumeRole", Assumed("2", 7200));
        using var sts = aws.Clients.Sts();
        var role = new AssumedRole(sts, Arn, clock);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await KeyAsync(role, 900), Is.EqualTo("1"));
            clock.Advance(TimeSpan.FromSeconds(3600 - 900 - 61));
            Assert.That(await KeyAsync(role, 900), Is.EqualTo("1"));
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.That(await KeyAsync(role, 899), Is.EqualTo("1"), "long enough for a shorter event");
            Assert.That(await KeyAsync(role, 900), Is.EqualTo("2"), "less than a minute would be left");
            Assert.That(aws.Requests, Has.Count.EqualTo(2));
        }
    }

    /// <summary>The safety margin must not cost one STS call per KMS call.</summary>
    [Test]
    public async Task Credentials_valid_for_seconds_are_reused()
    {
        using var aws = new ScriptedAws().Answer("AssumeRole", Assumed("1", 10)).Answer("AssumeRole", Assumed("2", 20));
        using var sts = aws.Clients.Sts();
        var role = new AssumedRole(sts, Arn, clock);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((await role.GetCredentialsAsync()).AccessKey, Is.EqualTo("1"));
            clock.Advance(TimeSpan.FromSeconds(7.9));
            Assert.That((await role.GetCredentialsAsync()).AccessKey, Is.EqualTo("1"));
            clock.Advance(TimeSpan.FromSeconds(0.1));
            Assert.That((await role.GetCredentialsAsync()).AccessKey, Is.EqualTo("2"));
        }
    }

    [Test]
    public async Task Credentials_are_used_to_the_end_if_renewal_fails()
    {
        using var aws = new ScriptedAws().Answer("AssumeRole", Assumed("1", 3600)).Answer("AssumeRole", Denied, HttpStatusCode.Forbidden);
        using var sts = aws.Clients.Sts();
        var role = new AssumedRole(sts, Arn, clock);

        Assert.That(await KeyAsync(role, 60), Is.EqualTo("1"));
        clock.Advance(TimeSpan.FromSeconds(3599));
        Assert.That(await KeyAsync(role, 60), Is.EqualTo("1"));
        Assert.That(await KeyAsync(role, 60), Is.EqualTo("1"));
        Assert.That(aws.Requests, Has.Count.EqualTo(2), "STS is not called again for five seconds");
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.That(() => KeyAsync(role, 60), Throws.InstanceOf<ProblemException>().With.Message.StartsWith("KR09: ").And.Message.Contains("AccessDenied: not you"));
    }

    [Test]
    public async Task Many_callers_cause_one_renewal()
    {
        using var aws = new ScriptedAws().Answer("AssumeRole", Assumed("1", 3600));
        using var sts = aws.Clients.Sts();
        var role = new AssumedRole(sts, Arn, clock);

        var credentials = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(role.GetCredentialsAsync)));

        Assert.That(credentials.Distinct().Count(), Is.EqualTo(1));
        Assert.That(aws.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public void Unreachable_STS_is_not_blamed_on_the_trust_policy()
    {
        using var connections = new ConnectionPool();
        using var sts = new Clients(new Uri("http://127.0.0.1:9"), new BasicAWSCredentials("AKIDEXAMPLE", "secret"), connections: connections).Sts();
        var role = new AssumedRole(sts, Arn, clock);

        Assert.That(role.GetCredentialsAsync, Throws.InstanceOf<ProblemException>().With.Message.EqualTo(
            $"KR09: {Arn} could not be assumed, because AWS STS could not be reached or did not respond (127.0.0.1:9: the connection was refused). "
            + "Check the network path to AWS STS: a NAT gateway or a VPC endpoint for sts, its security group, and HTTPS_PROXY."));
    }

    [Test]
    public async Task Renewal_ends_when_the_caller_cancels()
    {
        using var aws = new ScriptedAws().Answer("AssumeRole", Denied.Replace("AccessDenied", "Throttling", StringComparison.Ordinal), HttpStatusCode.BadRequest);
        using var sts = aws.Clients.Sts(Clients.Policy(clock: clock));
        using var stop = new CancellationTokenSource();
        var renewal = new AssumedRole(sts, Arn, clock).RenewAsync(TimeSpan.Zero, stop.Token);
        await Wait.UntilAsync(() => aws.Requests.Count > 0);
        await Task.Delay(100);
        await stop.CancelAsync();

        await Assert.ThatAsync(() => renewal, Throws.InstanceOf<ProblemException>().With.Message.Contains("Throttling"));
    }

    [TestCase("AWSServiceRoleForConfigReader")]
    [TestCase("MyAWSServiceRoleForConfig")]
    public void Similar_role_name_is_not_service_linked(string name)
    {
        using var aws = new ScriptedAws().Answer("AssumeRole", "<AssumeRoleResponse/>");
        using var sts = aws.Clients.Sts();
        var role = new AssumedRole(sts, $"arn:aws:iam::111122223333:role/{name}", clock);
        Assert.That(role.GetCredentialsAsync, Throws.InstanceOf<ProblemException>().With.Message.StartsWith($"KR09: arn:aws:iam::111122223333:role/{name} "));
    }

    [Test]
    public void Denied_role_quotes_the_STS_message()
    {
        using var aws = new ScriptedAws().Answer("AssumeRole", Denied, HttpStatusCode.Forbidden);
        using var sts = aws.Clients.Sts();
        var role = new AssumedRole(sts, Arn, clock);

        Assert.That(role.GetCredentialsAsync, Throws.InstanceOf<ProblemException>().With.Message.EqualTo(
            $"KR09: {Arn} cannot be assumed (AccessDenied: not you). Check that the role exists in that account, that its trust policy names the caller, "
            + "and that the caller may call sts:AssumeRole on it. "
            + "A service-linked role, such as AWSServiceRoleForConfig, can be assumed only by its service."));
    }

    [TestCase("Throttling", HttpStatusCode.BadRequest, "in time, because AWS STS was busy or failed")]
    [TestCase("InternalFailure", HttpStatusCode.InternalServerError, "in time, because AWS STS was busy or failed")]
    [TestCase("InvalidClientTokenId", HttpStatusCode.Forbidden, "because AWS STS did not accept the caller's own credentials")]
    [TestCase("ExpiredToken", HttpStatusCode.Forbidden, "because AWS STS did not accept the caller's own credentials")]
    public void STS_error_is_reported_with_its_own_cause(string code, HttpStatusCode status, string cause)
    {
        using var aws = new ScriptedAws().Answer("AssumeRole", Denied.Replace("AccessDenied", code, StringComparison.Ordinal), status);
        using var sts = aws.Clients.Sts();
        var role = new AssumedRole(sts, Arn, clock);

        Assert.That(
            role.GetCredentialsAsync,
            Throws.InstanceOf<ProblemException>().With.Message.StartsWith($"KR09: {Arn} could not be assumed")
                .And.Message.Contains(cause).And.Message.Not.Contains("NAT gateway"));
    }

    private const string Arn = "arn:aws:iam::111122223333:role/reader";
    private const string Denied = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>";

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));

    private static async Task<string> KeyAsync(AssumedRole role, double seconds) =>
        (await role.RenewAsync(TimeSpan.FromSeconds(seconds), CancellationToken.None)).AccessKey;

    /// <param name="end">The expiration, in seconds after the start of the test's clock.</param>
    private static string Assumed(string accessKey, int end) => $"""
        <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>{accessKey}</AccessKeyId>
        <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>{new DateTime(2026, 11, 1).AddSeconds(end):yyyy-MM-ddTHH:mm:ssZ}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>
        """;
}
