using KeyRotation.Tests.Aws;
using KeyRotation.Tests.Reading;

namespace KeyRotation.Tests.Sweeping;

internal sealed class AssessmentTests
{
    [TestCase(Fix.EnableKeyRotation, "PRIMARY", true)]
    [TestCase(Fix.EnableKeyThenRotation, null, true)]
    [TestCase(Fix.EnableKeyRotation, "REPLICA", false)]
    [TestCase(Fix.EnableKeyThenRotation, "REPLICA", false)]
    [TestCase(Fix.AllowReading, null, false)]
    [TestCase(Fix.Wait, null, false)]
    public async Task CloudFormation_is_asked_only_where_the_fix_belongs_into_a_stack(object fix, string? multiRegionKeyType, bool isAsked)
    {
        using var aws = new ScriptedAws().Answer("DescribeStackResources", "<DescribeStackResourcesResponse/>");
        using var cloudFormation = aws.Clients.CloudFormation();
        var key = Events.Facts with { MultiRegionKeyType = multiRegionKeyType };

        await Assessment.WriteAsync(new Verdict.NonCompliant('k', "why", (Fix)fix), key, RuleParameters.Default, DateTimeOffset.UnixEpoch, new StackLookup(cloudFormation, null), CancellationToken.None);

        Assert.That(aws.Requests, Has.Count.EqualTo(isAsked ? 1 : 0));
    }

    [Test]
    public void A_key_that_cannot_be_judged_is_a_problem_and_no_evaluation()
    {
        using var aws = new ScriptedAws();
        using var cloudFormation = aws.Clients.CloudFormation();
        Assert.That(
            () => Assessment.WriteAsync(new Verdict.Unreadable("Why not."), Events.Facts, RuleParameters.Default, DateTimeOffset.UnixEpoch, new StackLookup(cloudFormation, null), CancellationToken.None),
            Throws.InstanceOf<ProblemException>().With.Message.EqualTo(
                $"KR11: Key {Events.KeyId} could not be judged. Why not."));
    }
}
