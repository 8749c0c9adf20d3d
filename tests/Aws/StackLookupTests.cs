using KeyRotation.Tests.Reading;

namespace KeyRotation.Tests.Aws;

/// <summary>A stack is named only if CloudFormation returns it, and a key is without a stack only if CloudFormation says so.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class StackLookupTests : IDisposable
{
    private static readonly Verdict Off = new Verdict.NonCompliant('k', "why", Fix.EnableKeyRotation);

    private readonly ScriptedAws aws = new();

    public void Dispose() => aws.Dispose();

    private static IEnumerable<TestCaseData<string, StackOwner>> Answers()
    {
        var key = Resource("payments", "Key", Events.KeyId, "AWS::KMS::Key");
        yield return Case("Key", key, new StackOwner.Stack("payments", "Key"));
        yield return Case(
            "Whole stack", Resource("payments", "Alias", "alias/a", "AWS::KMS::Alias") + key, new StackOwner.Stack("payments", "Key"));
        yield return Case(
            "Other resource with the key's ID", Resource("payments", "Key", Events.KeyId, "AWS::S3::Bucket"), new StackOwner.Unknown());
        yield return Case("Other key", Resource("payments", "Key", "other", "AWS::KMS::Key"), new StackOwner.Unknown());
        yield return Case(
            "Key without its stack",
            $"<member><PhysicalResourceId>{Events.KeyId}</PhysicalResourceId><ResourceType>AWS::KMS::Key</ResourceType></member>",
            new StackOwner.Unknown());
        yield return Case("No resource", "", new StackOwner.None());
        yield return Case("Retained key", Key("payments", "DELETE_SKIPPED"), new StackOwner.None());
        yield return Case("Key of a deleted stack", Key("payments", "DELETE_COMPLETE"), new StackOwner.None());
        var taken = new StackOwner.Stack("new", "Key");
        yield return Case("Retained key, imported by another stack", Key("old", "DELETE_SKIPPED") + Key("new", "IMPORT_COMPLETE"), taken);
        yield return Case("Key in a stack, then in a deleted stack", Key("new", "UPDATE_COMPLETE") + Key("old", "DELETE_COMPLETE"), taken);
        yield return Case("Key whose deletion failed", Key("payments", "DELETE_FAILED"), new StackOwner.Stack("payments", "Key"));
        var alias = Resource("payments", "Alias", "alias/a", "AWS::KMS::Alias");
        yield return Case("Retained key and other resource", Key("payments", "DELETE_SKIPPED") + alias, new StackOwner.None());
        var replica = Resource("payments", "Key", Events.KeyId, "AWS::KMS::ReplicaKey");
        yield return Case("Replica that became the primary key, whose rotation no template can set", replica, new StackOwner.None());
        yield return Case("Other replica key", Resource("payments", "Key", "other", "AWS::KMS::ReplicaKey"), new StackOwner.Unknown());
        var custom = Resource("payments", "Custom", Events.KeyId, "Custom::Key");
        yield return Case("Custom resource with the key's ID, then the key", custom + key, new StackOwner.Stack("payments", "Key"));
    }

    [TestCaseSource(nameof(Answers))]
    public async Task Owner_is_the_stack_with_this_key(string members, object owner)
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
    public async Task Only_ValidationError_means_that_there_is_no_stack(string code, bool isNone)
    {
        aws.Answer("DescribeStackResources", $"<ErrorResponse><Error><Code>{code}</Code><Message>why</Message></Error></ErrorResponse>", System.Net.HttpStatusCode.BadRequest);
        Assert.That(await OwnerAsync(), isNone ? Is.EqualTo(new StackOwner.None()) : Is.EqualTo(new StackOwner.Unknown()));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Owner_is_unknown_when_cancelled(bool isLimited)
    {
        var limiter = new RateLimiter(1, TimeProvider.System);
        await limiter.WaitAsync(CancellationToken.None);
        var passed = new CancellationToken(canceled: true);
        Assert.That(await OwnerAsync(isLimited ? limiter : null, passed), Is.EqualTo(new StackOwner.Unknown()));
        Assert.That(aws.Requests, Is.Empty);
    }

    [Test]
    public async Task Owner_is_unknown_when_the_role_expires()
    {
        using var ended = new ScriptedAws(new EndingCredentials(0));
        using var cloudFormation = ended.Clients.CloudFormation();
        var owner = await new StackLookup(cloudFormation, null).OwnerAsync(Off, Events.Facts, CancellationToken.None);
        Assert.That(owner, Is.EqualTo(new StackOwner.Unknown()));
    }

    [Test]
    public async Task Key_that_needs_no_fix_in_a_stack_is_not_looked_up()
    {
        using var cloudFormation = aws.Clients.CloudFormation();
        var stacks = new StackLookup(cloudFormation, null);
        foreach (var verdict in (Verdict[])[new Verdict.Compliant('m', "why"), new Verdict.NonCompliant('i', "why", Fix.AllowReading)])
            Assert.That(await stacks.OwnerAsync(verdict, Events.Facts, CancellationToken.None), Is.EqualTo(new StackOwner.None()));
        Assert.That(aws.Requests, Is.Empty);
    }

    private async Task<StackOwner> OwnerAsync(RateLimiter? limiter = null, CancellationToken stop = default)
    {
        using var cloudFormation = aws.Clients.CloudFormation();
        return await new StackLookup(cloudFormation, limiter).OwnerAsync(Off, Events.Facts, stop);
    }

    private static TestCaseData<string, StackOwner> Case(string name, string members, StackOwner owner)
    {
        var data = new TestCaseData<string, StackOwner>(members, owner);
        data.SetArgDisplayNames(name);
        return data;
    }

    private static string Key(string stack, string status) =>
        Resource(stack, "Key", Events.KeyId, "AWS::KMS::Key")
            .Replace("</member>", $"<ResourceStatus>{status}</ResourceStatus></member>", StringComparison.Ordinal);

    private static string Resource(string stack, string logicalId, string physicalId, string type) => $"""
        <member><StackName>{stack}</StackName><LogicalResourceId>{logicalId}</LogicalResourceId><PhysicalResourceId>{physicalId}</PhysicalResourceId><ResourceType>{type}</ResourceType></member>
        """;
}
