using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using Amazon.SecurityToken.Model;
using KeyRotation.Local;

namespace KeyRotation.Tests.Local;

[TestFixture]
internal sealed class SignatureTests : LocalAwsFixture
{
    [Test]
    public async Task Signed_request_is_accepted() =>
        Assert.That((await Kms.ListKeysAsync(new ListKeysRequest())).Truncated, Is.False);

    [TestCase(null, "MissingAuthenticationTokenException")]
    [TestCase("AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request", "IncompleteSignatureException")]
    public async Task Missing_or_incomplete_signature_is_rejected(string? authorization, string error)
    {
        using var http = new HttpClient();
        using var request = Request("TrentService.ListKeys", "{}");
        request.Headers.Remove("Authorization");
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await http.SendAsync(request);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.StatusCode, Is.EqualTo(System.Net.HttpStatusCode.BadRequest));
            Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain(error));
            Assert.That(Aws.Calls.All, Is.Empty);
        }
    }

    [TestCase("AKIALOCAL111122223333", "guessed", "eu-central-1", "InvalidSignatureException")]
    [TestCase("AKIANOBODY", "secret", "eu-central-1", "UnrecognizedClientException")]
    [TestCase("AKIALOCAL111122223333", "secret-of-111122223333", "eu-west-1", "InvalidSignatureException")]
    public void Wrong_credentials_or_Region_are_rejected(string accessKeyId, string secret, string region, string error)
    {
        using var kms = KmsAs(new BasicAWSCredentials(accessKeyId, secret), region);

        Assert.That(() => kms.ListKeysAsync(new ListKeysRequest()), ThrowsError(error));
    }

    [Test]
    public async Task Role_credentials_are_valid_until_they_expire()
    {
        const string roleArn = "arn:aws:iam::444455556666:role/Audit";
        var member = Aws.Add(new LocalAccount("444455556666"));
        var key = member.Put(LocalKey.Symmetric());
        member.Roles["Audit"] = new(Lasts: TimeSpan.FromSeconds(75));
        using var sts = StsAs(Account.Credentials);
        var assumed = (await sts.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = roleArn, RoleSessionName = "test" })).Credentials;
        var credentials = new SessionAWSCredentials(assumed.AccessKeyId, assumed.SecretAccessKey, assumed.SessionToken);
        using var kms = KmsAs(credentials);
        using var stsOfRole = StsAs(credentials);
        using var withoutToken = KmsAs(new BasicAWSCredentials(assumed.AccessKeyId, assumed.SecretAccessKey));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                assumed.Expiration!.Value.ToUniversalTime(),
                Is.EqualTo(Clock.GetUtcNow().UtcDateTime.AddSeconds(75)).Within(TimeSpan.FromMilliseconds(1)));
            Assert.That(() => withoutToken.ListKeysAsync(new ListKeysRequest()), ThrowsError("UnrecognizedClientException"));
            Clock.Advance(TimeSpan.FromSeconds(74));
            Assert.That((await kms.ListKeysAsync(new ListKeysRequest())).Keys.Single().KeyId, Is.EqualTo(key.KeyId));
            Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.That(() => kms.ListKeysAsync(new ListKeysRequest()), ThrowsError("ExpiredTokenException"));
            Assert.That(() => stsOfRole.GetCallerIdentityAsync(new GetCallerIdentityRequest()), ThrowsError("ExpiredToken"));
            Assert.That(Aws.Calls.Count("AssumeRole", roleArn), Is.EqualTo(1));
        }
    }

    [TestCase("arn:aws:iam::444455556666:role/Distrustful")]
    [TestCase("arn:aws:iam::444455556666:role/Unknown")]
    [TestCase("arn:aws:iam::777788889999:role/Audit")]
    [TestCase("arn:aws:iam::444455556666:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig")]
    public void Unknown_or_untrusting_role_cannot_be_assumed(string roleArn)
    {
        var member = Aws.Add(new LocalAccount("444455556666"));
        member.Roles["Distrustful"] = new(Trusts: false);
        using var sts = StsAs(Account.Credentials);

        Assert.That(
            () => sts.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = roleArn, RoleSessionName = "test" }),
            ThrowsError("AccessDenied"));
    }

    [Test]
    public async Task Credentials_give_no_access_to_another_account()
    {
        var member = Aws.Add(new LocalAccount("444455556666"));
        var key = member.Put(LocalKey.Symmetric());

        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Kms.ListKeysAsync(new ListKeysRequest())).Keys ?? [], Is.Empty);
            Assert.That(() => Kms.DescribeKeyAsync(member.Arn(key.KeyId)), ThrowsError("AccessDeniedException"));
        }
    }
}
