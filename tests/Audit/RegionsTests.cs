using Amazon;
using Amazon.EC2;
using KeyRotation.Audit;
using KeyRotation.Local;

namespace KeyRotation.Tests.Audit;

internal sealed class RegionsTests
{
    private static readonly string[] Open = ["eu-central-1", "us-east-1"];

    private LocalAws aws;
    private Ec2Client ec2;

    [SetUp]
    public async Task SeedAsync()
    {
        var account = new LocalAccount();
        aws = await LocalAws.StartAsync(account, new LocalAccount(account.Id, "us-east-1"));
        var clients = Clients.In(account.Region, aws.Endpoint.ToString());
        ec2 = new(account.Credentials, clients.Configured(new AmazonEC2Config()), clients.Policy(clients.NewLimits()));
    }

    [TearDown]
    public async Task EndAsync()
    {
        ec2.Dispose();
        await aws.DisposeAsync();
    }

    [Test]
    public async Task Aws_says_which_are_enabled()
    {
        var regions = await AllAsync(_ => true);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(regions.Enabled, Is.EqualTo(Open));
            Assert.That(regions.NotEnabled.Select(region => region.Name), Is.EqualTo(aws.DisabledRegions));
            Assert.That(regions.Note, Is.Null);
        }
    }

    [Test]
    public async Task Without_that_permission_those_that_resolve_are_tried_and_the_report_says_so()
    {
        aws.Faults.Add("DescribeRegions", Fault.AccessDenied);
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
        aws.Faults.Add("DescribeRegions", Fault.AccessDenied);
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
