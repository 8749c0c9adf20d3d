using Amazon;
using Amazon.Runtime;

namespace KeyRotation.Tests.Aws;

internal sealed class AwsAccountsTests
{
    [Test]
    public async Task Least_recently_used_account_is_removed()
    {
        using var aws = new ScriptedAws().Answer("AssumeRole", $"""
            <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>a</AccessKeyId>
            <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>{DateTime.UtcNow.AddHours(1):s}Z</Expiration></Credentials>
            </AssumeRoleResult></AssumeRoleResponse>
            """);
        var accounts = new AwsAccounts(
            new BasicAWSCredentials("AKIDEXAMPLE", "secret"),
            new ClientOptions(RegionEndpoint.EUCentral1, aws.Connections, new CallCounter(), TimeProvider.System) { EndpointUrl = "http://aws.test" });

        for (var number = 0; number < AwsAccounts.MaxAccounts; number++) await OfAsync(number);
        var first = await OfAsync(0);
        await OfAsync(AwsAccounts.MaxAccounts);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await OfAsync(0), Is.SameAs(first), "the account that was used again is kept");
            Assert.That(aws.Requests, Has.Count.EqualTo(AwsAccounts.MaxAccounts + 1));
            await OfAsync(1);
            Assert.That(aws.Requests[^1].Body, Is.EqualTo(aws.Requests[1].Body), "the role of the removed account is assumed again");
        }

        Task<AwsAccount> OfAsync(int number) =>
            accounts.OfAsync(
                new AccountRegion("aws", "eu-central-1", $"{100000000000 + number}"), "reader", "999999999999", TimeSpan.Zero, CancellationToken.None);
    }
}
