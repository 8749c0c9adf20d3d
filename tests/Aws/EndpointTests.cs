using System.Text.Json;
using Amazon;
using Amazon.CloudFormation;
using Amazon.ConfigService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using KeyRotation.Local;
using KeyRotation.Tests.Deployment;

namespace KeyRotation.Tests.Aws;

/// <summary>The endpoints that the rule's own two clients call.</summary>
internal sealed class EndpointTests
{
    private static readonly string[] Services = ["config", "cloudformation"];
    private static readonly bool[] Either = [false, true];
    private static readonly string[] Regions =
    [
        "eu-central-1", "us-east-1", "ap-southeast-5", "cn-north-1", "cn-northwest-1", "us-gov-east-1", "us-gov-west-1",
        "us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1", "eusc-de-east-1",
    ];

    [TestCase("config", "eu-central-1", false, false, ExpectedResult = "https://config.eu-central-1.amazonaws.com")]
    [TestCase("config", "us-east-1", true, false, ExpectedResult = "https://config-fips.us-east-1.amazonaws.com")]
    [TestCase("config", "us-east-1", false, true, ExpectedResult = "https://config.us-east-1.api.aws")]
    [TestCase("config", "us-east-1", true, true, ExpectedResult = "https://config-fips.us-east-1.api.aws")]
    [TestCase("config", "cn-north-1", false, false, ExpectedResult = "https://config.cn-north-1.amazonaws.com.cn")]
    [TestCase("config", "us-gov-west-1", false, false, ExpectedResult = "https://config.us-gov-west-1.amazonaws.com")]
    [TestCase("config", "us-gov-west-1", true, false, ExpectedResult = "https://config.us-gov-west-1.amazonaws.com")]
    [TestCase("config", "us-iso-east-1", false, false, ExpectedResult = "https://config.us-iso-east-1.c2s.ic.gov")]
    [TestCase("cloudformation", "eu-central-1", false, false, ExpectedResult = "https://cloudformation.eu-central-1.amazonaws.com")]
    [TestCase("cloudformation", "us-gov-east-1", true, false, ExpectedResult = "https://cloudformation.us-gov-east-1.amazonaws.com")]
    [TestCase("cloudformation", "cn-northwest-1", false, true, ExpectedResult = "https://cloudformation.cn-northwest-1.api.amazonwebservices.com.cn")]
    public string Region_determines_the_endpoint(string service, string region, bool fips, bool dualStack) =>
        Url((service, region, fips, dualStack));

    [Test]
    public void Endpoints_match_the_published_endpoint_rules()
    {
        var rows = (from service in Services
                    from region in Regions
                    from fips in Either
                    from dualStack in Either
                    select (Service: service, Region: region, Fips: fips, DualStack: dualStack)).ToList();
        var input = JsonSerializer.Serialize(rows.Select(row => new object[] { row.Service, row.Region, row.Fips, row.DualStack }));

        var published = JsonElement.Parse(Tool.Botocore.Run(input, "tests/Aws/endpoints.py"));

        // If a partition has no such endpoint, the published rules return an error, which the script prints as null.
        var endpoints = rows.Zip(published.EnumerateArray(), (row, url) => (Row: row, Url: url.GetString()))
            .Where(each => each.Url is not null).ToList();
        Assert.That(endpoints.Select(each => (each.Row, Url(each.Row))), Is.EqualTo(endpoints));
    }

    [TestCase(true, false)]
    [TestCase(false, true)]
    public void Custom_endpoint_has_no_variants(bool fips, bool dualStack)
    {
        var config = new AmazonConfigServiceConfig { ServiceURL = "http://127.0.0.1:1", UseFIPSEndpoint = fips, UseDualstackEndpoint = dualStack };

        Assert.That(
            () => config.DetermineServiceOperationEndpoint(new ServiceOperationEndpointParameters(new ListKeysRequest())),
            Throws.InstanceOf<AmazonClientException>().With.Message.StartWith("Invalid Configuration"));
    }

    [Test]
    public async Task Each_service_has_its_own_endpoint_variable()
    {
        var account = new LocalAccount();
        var key = account.Put(LocalKey.Symmetric());
        await using var general = await LocalAws.StartAsync(account);
        await using var config = await LocalAws.StartAsync(account);
        await using var cloudFormation = await LocalAws.StartAsync(account);
        await using var rule = await RuleProcess.StartAsync(general, account, environment: new Dictionary<string, string?>
        {
            ["AWS_ENDPOINT_URL_CONFIG_SERVICE"] = config.Endpoint.ToString(),
            ["AWS_ENDPOINT_URL_CLOUDFORMATION"] = cloudFormation.Endpoint.ToString(),
        });

        var result = await rule.InvokeAsync(ConfigEvents.Change(account, key));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error, Is.Null);
            Assert.That(general.Calls.Counts.Keys, Is.EquivalentTo(["GetKeyRotationStatus", "DescribeKey"]));
            Assert.That(config.Calls.Counts.Keys.Single(), Is.EqualTo("PutEvaluations"));
            Assert.That(cloudFormation.Calls.Counts.Keys.Single(), Is.EqualTo("DescribeStackResources"));
        }
    }

    /// <summary>Without the trailing slash, which the official clients have and the stand-ins do not.</summary>
    private static string Url((string Service, string Region, bool Fips, bool DualStack) row)
    {
        ClientConfig config = row.Service == "config" ? new AmazonConfigServiceConfig() : new AmazonCloudFormationConfig();
        config.RegionEndpoint = RegionEndpoint.GetBySystemName(row.Region);
        config.UseFIPSEndpoint = row.Fips;
        config.UseDualstackEndpoint = row.DualStack;
        return config.DetermineServiceOperationEndpoint(new ServiceOperationEndpointParameters(new ListKeysRequest())).URL.TrimEnd('/');
    }
}
