using System.Net;
using System.Text;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using Amazon.SecurityToken.Model;
using KeyRotation.Local;

namespace KeyRotation.Tests.Local;

[TestFixture]
internal sealed class SignatureTests : LocalAwsFixture
{
    [Test]
    public async Task A_signed_request_is_answered()
    {
        using var kms = Client.Kms(Aws, Account);

        Assert.That((await kms.ListKeysAsync(new ListKeysRequest())).Truncated, Is.False);
    }

    [Test]
    public async Task An_unsigned_request_is_refused()
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, Aws.Endpoint) { Content = new StringContent("{}", Encoding.UTF8) };
        request.Headers.Add("X-Amz-Target", "TrentService.ListKeys");
        using var response = await http.SendAsync(request);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
            Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("MissingAuthenticationTokenException"));
            Assert.That(Aws.Calls.All, Is.Empty);
        }
    }

    [Test]
    public async Task An_incomplete_signature_is_refused()
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, Aws.Endpoint) { Content = new StringContent("{}", Encoding.UTF8) };
        request.Headers.Add("X-Amz-Target", "TrentService.ListKeys");
        request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request");
        using var response = await http.SendAsync(request);

        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("IncompleteSignatureException"));
    }

    [Test]
    public void A_wrong_secret_is_refused()
    {
        using var kms = Client.Kms(Aws, Account, new BasicAWSCredentials(Account.Credentials.GetCredentials().AccessKey, "guessed"));

        Assert.That(() => kms.ListKeysAsync(new ListKeysRequest()), Client.ThrowsError("InvalidSignatureException"));
    }

    [Test]
    public void An_unknown_access_key_is_refused()
    {
        using var kms = Client.Kms(Aws, Account, new BasicAWSCredentials("AKIANOBODY", "secret"));

        Assert.That(() => kms.ListKeysAsync(new ListKeysRequest()), Client.ThrowsError("UnrecognizedClientException"));
    }

    [Test]
    public void A_request_signed_for_another_Region_is_refused()
    {
        using var kms = Client.Kms(Aws, Account, region: "eu-west-1");

        Assert.That(() => kms.ListKeysAsync(new ListKeysRequest()), Client.ThrowsError("InvalidSignatureException"));
    }

    [Test]
    public async Task Credentials_of_a_role_open_its_account_until_they_expire()
    {
        var member = Aws.Add(new LocalAccount("444455556666"));
        var key = member.Put(LocalKey.Symmetric());
        member.Roles["Audit"] = new(Lasts: TimeSpan.FromMinutes(2));
        using var sts = Client.Sts(Aws, Account);
        var assumed = (await sts.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = "arn:aws:iam::444455556666:role/Audit", RoleSessionName = "test" })).Credentials;
        using var kms = Client.Kms(
            Aws,
            member,
            new SessionAWSCredentials(assumed.AccessKeyId, assumed.SecretAccessKey, assumed.SessionToken));
        using var withoutToken = Client.Kms(Aws, member, new BasicAWSCredentials(assumed.AccessKeyId, assumed.SecretAccessKey));

        using (Assert.EnterMultipleScope())
        {
            Assert.That((await kms.ListKeysAsync(new ListKeysRequest())).Keys.Single().KeyId, Is.EqualTo(key.KeyId));
            Assert.That(() => withoutToken.ListKeysAsync(new ListKeysRequest()), Client.ThrowsError("UnrecognizedClientException"));
            Clock.Advance(TimeSpan.FromMinutes(2));
            Assert.That(() => kms.ListKeysAsync(new ListKeysRequest()), Client.ThrowsError("ExpiredTokenException"));
        }
    }

    [TestCase(5)]
    [TestCase(75)]
    public async Task Credentials_that_last_for_seconds_expire_for_every_service(int seconds)
    {
        Account.Roles["Audit"] = new(Lasts: TimeSpan.FromSeconds(seconds));
        using var sts = Client.Sts(Aws, Account);
        var roleArn = $"arn:aws:iam::{Account.Id}:role/Audit";
        var assumed = (await sts.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = roleArn, RoleSessionName = "test" })).Credentials;
        var credentials = new SessionAWSCredentials(assumed.AccessKeyId, assumed.SecretAccessKey, assumed.SessionToken);
        using var kms = Client.Kms(Aws, Account, credentials);
        using var stsOfRole = Client.Sts(Aws, Account, credentials);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                assumed.Expiration!.Value.ToUniversalTime(),
                Is.EqualTo(Clock.GetUtcNow().UtcDateTime.AddSeconds(seconds)).Within(TimeSpan.FromMilliseconds(1)));
            Clock.Advance(TimeSpan.FromSeconds(seconds - 1));
            Assert.That((await kms.ListKeysAsync(new ListKeysRequest())).Truncated, Is.False);
            Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.That(() => kms.ListKeysAsync(new ListKeysRequest()), Client.ThrowsError("ExpiredTokenException"));
            Assert.That(() => stsOfRole.GetCallerIdentityAsync(new GetCallerIdentityRequest()), Client.ThrowsError("ExpiredToken"));
            Assert.That((Aws.Calls["AssumeRole"], Aws.Calls.Count("AssumeRole", roleArn)), Is.EqualTo((1, 1)));
        }
    }

    [TestCase("arn:aws:iam::444455556666:role/Distrustful")]
    [TestCase("arn:aws:iam::444455556666:role/Unknown")]
    [TestCase("arn:aws:iam::777788889999:role/Audit")]
    [TestCase("arn:aws:iam::444455556666:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig")]
    public void A_role_that_does_not_trust_the_caller_cannot_be_assumed(string roleArn)
    {
        var member = Aws.Add(new LocalAccount("444455556666"));
        member.Roles["Distrustful"] = new(Trusts: false);
        using var sts = Client.Sts(Aws, Account);

        Assert.That(() => sts.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = roleArn, RoleSessionName = "test" }), Client.ThrowsError("AccessDenied"));
    }

    [Test]
    public async Task The_credentials_of_one_account_do_not_open_another()
    {
        var member = Aws.Add(new LocalAccount("444455556666"));
        var key = member.Put(LocalKey.Symmetric());
        using var kms = Client.Kms(Aws, Account);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((await kms.ListKeysAsync(new ListKeysRequest())).Keys ?? [], Is.Empty);
            Assert.That(() => kms.DescribeKeyAsync(member.Arn(key.KeyId)), Client.ThrowsError("AccessDeniedException"));
        }
    }
}
