using KeyRotation.Core;
using KeyRotation.Tests.Reading;

namespace KeyRotation.Tests.Aws;

/// <summary>A stack is named only where CloudFormation names it; that it has none, only where CloudFormation says so.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class StackLookupTests : IDisposable
{
    private readonly ScriptedAws aws = new();

    public void Dispose() => aws.Dispose();

    private static IEnumerable<TestCaseData<string, StackOwner>> Answers()
    {
        var key = Resource("payments", "Key", Events.KeyId, "AWS::KMS::Key");
        yield return Case("The key", key, new StackOwner.Stack("payments", "Key"));
        yield return Case("The whole stack", Resource("payments", "Alias", "alias/a", "AWS::KMS::Alias") + key, new StackOwner.Stack("payments", "Key"));
        yield return Case("Another resource of the key's id", Resource("payments", "Key", Events.KeyId, "AWS::S3::Bucket"), new StackOwner.Unknown());
        yield return Case("Another key", Resource("payments", "Key", "other", "AWS::KMS::Key"), new StackOwner.Unknown());
        yield return Case("A key without its stack", $"<member><PhysicalResourceId>{Events.KeyId}</PhysicalResourceId><ResourceType>AWS::KMS::Key</ResourceType></member>", new StackOwner.Unknown());
        yield return Case("Nothing", "", new StackOwner.None());
    }

    [TestCaseSource(nameof(Answers))]
    public async Task The_owner_is_the_stack_that_has_this_key(string members, object owner)
    {
        aws.Answer("DescribeStackResources", $"""
            <DescribeStackResourcesResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStackResourcesResult><StackResources>{members}
            </StackResources></DescribeStackResourcesResult></DescribeStackResourcesResponse>
            """);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await OwnerAsync(), Is.EqualTo(owner));
            Assert.That(aws.Requests.Single().Body, Does.Contain($"PhysicalResourceId={Events.KeyId}"));
        }
    }

    [TestCase("ValidationError", true)]
    [TestCase("Throttling", false)]
    [TestCase("AccessDenied", false)]
    public async Task Only_a_ValidationError_says_that_there_is_none(string code, bool isNone)
    {
        aws.Answer("DescribeStackResources", $"<ErrorResponse><Error><Code>{code}</Code><Message>why</Message></Error></ErrorResponse>", System.Net.HttpStatusCode.BadRequest);
        Assert.That(await OwnerAsync(), isNone ? Is.EqualTo(new StackOwner.None()) : Is.EqualTo(new StackOwner.Unknown()));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Whoever_has_no_time_left_for_it_does_not_know_the_owner(bool isPaced)
    {
        var pace = new Pace(1, TimeProvider.System);
        await pace.WaitAsync(CancellationToken.None);
        Assert.That(await OwnerAsync(isPaced ? pace : null, new CancellationToken(canceled: true)), Is.EqualTo(new StackOwner.Unknown()));
        Assert.That(aws.Requests, Is.Empty);
    }

    private async Task<StackOwner> OwnerAsync(Pace? pace = null, CancellationToken stop = default)
    {
        using var cloudFormation = aws.Clients.CloudFormation();
        return await new StackLookup(cloudFormation, pace).OwnerAsync(Events.Facts, stop);
    }

    private static TestCaseData<string, StackOwner> Case(string name, string members, StackOwner owner)
    {
        var data = new TestCaseData<string, StackOwner>(members, owner);
        data.SetArgDisplayNames(name);
        return data;
    }

    private static string Resource(string stack, string logicalId, string physicalId, string type) => $"""
        <member><StackName>{stack}</StackName><LogicalResourceId>{logicalId}</LogicalResourceId><PhysicalResourceId>{physicalId}</PhysicalResourceId><ResourceType>{type}</ResourceType></member>
        """;
}
