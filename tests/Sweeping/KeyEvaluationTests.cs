using KeyRotation.Tests.Reading;

namespace KeyRotation.Tests.Sweeping;

internal sealed class KeyEvaluationTests
{
    [Test]
    public void A_key_that_could_not_be_judged_has_none() => Assert.That(
        () => KeyEvaluation.Of(new Verdict.Unreadable("Why not."), Events.Facts, RuleParameters.Default, new StackOwner.None(), DateTimeOffset.UnixEpoch),
        Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void A_withdrawal_names_the_resource_as_AWS_Config_does()
    {
        var withdrawal = KeyEvaluation.Withdrawal("AWS::S3::Bucket", "a-bucket", DateTimeOffset.UnixEpoch);
        Assert.That(
            (withdrawal.ComplianceType?.Value, withdrawal.ComplianceResourceType, withdrawal.ComplianceResourceId, withdrawal.OrderingTimestamp),
            Is.EqualTo(("NOT_APPLICABLE", "AWS::S3::Bucket", "a-bucket", DateTime.UnixEpoch)));
    }
}
