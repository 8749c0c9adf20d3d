using Amazon;
using Amazon.EC2;
using KeyRotation.Audit;
using KeyRotation.Local;

namespace KeyRotation.Tests.Audit;

internal sealed class RegionsTests : LocalAuditFixture
{
    private static readonly string[] Open = ["eu-central-1", "us-east-1"];

    private Ec2Client ec2;

    [SetUp]
    public void NewClient()
    {
        Aws.Add(new LocalAccount(Account.Id, "us-east-1"));
        var clients = Clients.In(Account.Region, Aws.Endpoint.ToString());
        ec2 = new(Account.Credentials, clients.Configured(new AmazonEC2Config()), clients.Policy(clients.NewLimits()));
    }

    [TearDown]
    public void EndClient() => ec2.Dispose();

    [Test]
    public async Task AWS_lists_the_enabled_Regions()
    {
        var regions = await AllAsync(_ => true);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(regions.Enabled, Is.EqualTo(Open));
            Assert.That(regions.NotEnabled.Select(region => region.Name), Is.EqualTo(Aws.DisabledRegions));
            Assert.That(regions.Note, Is.Null);
        }
    }

    [Test]
    public async Task Denied_list_falls_back_to_Regions_that_resolve()
    {
        Aws.Faults.Add("DescribeRegions", Fault.AccessDenied);
        var regions = await AllAsync(Open.Contains);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(regions.Enabled, Is.EquivalentTo(Open));
            Assert.That(regions.NotEnabled, Has.Count.GreaterThan(20));
            Assert.That(regions.NotEnabled.Select(region => region.Name), Has.None.EqualTo("aws-global"));
            Assert.That(regions.Note, Does.Contain("ec2:DescribeRegions failed (AWS returned UnauthorizedOperation"));
        }
    }

    [Test]
    public async Task All_known_Regions_are_tried_if_no_name_resolves()
    {
        Aws.Faults.Add("DescribeRegions", Fault.AccessDenied);
        var regions = await AllAsync(_ => false);
        Assert.That(regions.Enabled, Has.Count.GreaterThan(20));
        Assert.That(regions.NotEnabled, Is.Empty);
    }

    [TestCase("eu-central-1", ExpectedResult = true)]
    [TestCase("cn-north-1", ExpectedResult = true)]
    [TestCase("us-gov-west-1", ExpectedResult = true)]
    [TestCase("aws-global", ExpectedResult = false)]
    [TestCase("eu-centrall-1", ExpectedResult = false)]
    [TestCase("", ExpectedResult = false)]
    public bool Name_is_a_known_Region(string name) => Regions.IsKnown(name);

    private Task<Regions> AllAsync(Func<string, bool> resolves) => Regions.AllAsync(
        ec2, RegionEndpoint.EUCentral1, (host, _) => Task.FromResult(resolves(host.Split('.')[1])), CancellationToken.None);
}
