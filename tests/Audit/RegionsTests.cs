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
    public async Task Aws_says_which_are_enabled()
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
    public async Task Without_that_permission_those_that_resolve_are_tried_and_the_report_says_so()
    {
        Aws.Faults.Add("DescribeRegions", Fault.AccessDenied);
        var regions = await AllAsync(Open.Contains);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(regions.Enabled, Is.EquivalentTo(Open));
            Assert.That(regions.NotEnabled, Has.Count.GreaterThan(20));
            Assert.That(regions.NotEnabled.Select(region => region.Name), Has.None.EqualTo("aws-global"));
            Assert.That(regions.Note, Does.Contain("ec2:DescribeRegions failed (AWS answered UnauthorizedOperation"));
        }
    }

    [Test]
    public async Task Where_no_name_resolves_none_is_taken_for_closed()
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
    public bool A_name_is_a_region(string name) => Regions.IsKnown(name);

    private Task<Regions> AllAsync(Func<string, bool> resolves) => Regions.AllAsync(
        ec2, RegionEndpoint.EUCentral1, (host, _) => Task.FromResult(resolves(host.Split('.')[1])), CancellationToken.None);
}
