using KeyRotation.Core;

namespace KeyRotation.Tests.Aws;

internal sealed class AssumedRoleTests
{
    [TestCase("arn:aws:iam::111122223333:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig")]
    [TestCase("arn:aws:iam::111122223333:role/aws-service-role/other.amazonaws.com/AWSServiceRoleForOther")]
    [TestCase("arn:aws:iam::111122223333:role/AWSServiceRoleForConfig")]
    public void A_service_linked_role_is_refused_before_anything_is_asked(string roleArn)
    {
        using var aws = new ScriptedAws();
        using var sts = aws.Clients.Sts();
        Assert.That(() => new AssumedRole(sts, roleArn), Throws.InstanceOf<ProblemException>().With.Message.EqualTo(
            $"KR10: {roleArn} is a service-linked role, which only its service can assume. Set executionRoleName to a role made for this rule."));
        Assert.That(aws.Requests, Is.Empty);
    }

    /// <summary>For the SDK, what lasts less than a minute has ended.</summary>
    [Test]
    public void Credentials_that_have_ended_are_renewed_wherever_they_are_asked_for()
    {
        using var aws = new ScriptedAws()
            .Answer("AssumeRole", Assumed("1", TimeSpan.FromSeconds(30)))
            .Answer("AssumeRole", Assumed("2", TimeSpan.FromSeconds(30)))
            .Answer("AssumeRole", Assumed("3", TimeSpan.FromHours(1)));
        using var sts = aws.Clients.Sts();
        using var role = new AssumedRole(sts, "arn:aws:iam::111122223333:role/reader");

        Assert.That(role.GetCredentials().AccessKey, Is.EqualTo("1"));
        Assert.That(role.GetCredentials().AccessKey, Is.EqualTo("2"));
        Assert.That(() => role.RenewAsync(TimeSpan.Zero), Throws.Nothing);
        Assert.That(() => role.RenewAsync(TimeSpan.FromMinutes(50)), Throws.Nothing);
        Assert.That(role.GetCredentials().AccessKey, Is.EqualTo("3"));
        Assert.That(aws.Requests, Has.Count.EqualTo(3));
        Assert.That(() => role.RenewAsync(TimeSpan.FromMinutes(60)), Throws.Nothing);
        Assert.That(aws.Requests, Has.Count.EqualTo(4));

        static string Assumed(string accessKey, TimeSpan lasts) => $"""
            <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>{accessKey}</AccessKeyId>
            <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>{DateTime.UtcNow + lasts:yyyy-MM-ddTHH:mm:ssZ}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>
            """;
    }

    [TestCase("AWSServiceRoleForConfigReader")]
    [TestCase("MyAWSServiceRoleForConfig")]
    public void A_role_that_is_only_named_like_one_can_be_assumed_or_not(string name)
    {
        using var aws = new ScriptedAws().Answer("AssumeRole", "<AssumeRoleResponse/>");
        using var sts = aws.Clients.Sts();
        using var role = new AssumedRole(sts, $"arn:aws:iam::111122223333:role/{name}");
        Assert.That(role.GetCredentialsAsync, Throws.InstanceOf<ProblemException>().With.Message.EqualTo(
            $"KR09: arn:aws:iam::111122223333:role/{name} cannot be assumed (AmazonClientException). Check that the role exists in that account, that its trust policy names the function's role, "
            + "and that the function's role may call sts:AssumeRole on it. "
            + "The usual cause is AWSServiceRoleForConfig, the service-linked role of AWS Config: nobody else can assume it."));
    }
}
