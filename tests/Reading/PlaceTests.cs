namespace KeyRotation.Tests.Reading;

internal sealed class PlaceTests
{
    [TestCase("arn:aws:config:eu-central-1:111122223333:config-rule/r", "eu-central-1", "aws")]
    [TestCase("arn:aws-cn:config:cn-north-1:111122223333:config-rule/r", "cn-north-1", "aws-cn")]
    [TestCase("arn:aws-us-gov:config:us-gov-west-1:111122223333:config-rule/r", "us-gov-west-1", "aws-us-gov")]
    [TestCase("arn:aws-iso:config:us-iso-east-1:111122223333:config-rule/r", "us-iso-east-1", "aws-iso")]
    [TestCase("arn:aws-new:config:xx-new-1:111122223333:config-rule/r", "xx-new-1", "aws-new", Description = "an unknown partition")]
    [TestCase(null, "eu-central-1", "aws")]
    [TestCase("", "cn-north-1", "aws-cn")]
    [TestCase("arn", "us-gov-west-1", "aws-us-gov")]
    [TestCase("arn::config", "us-gov-west-1", "aws-us-gov")]
    public void Partition_comes_from_the_event_or_the_Region(string? configRuleArn, string region, string partition) =>
        Assert.That(PlaceOf(configRuleArn, region), Is.EqualTo(new AccountRegion(partition, region, Events.AccountId)));

    [Test]
    public void Rule_in_another_Region_is_rejected() => Assert.That(
        () => PlaceOf("arn:aws:config:us-east-1:111122223333:config-rule/r", "eu-central-1"),
        Throws.InstanceOf<ProblemException>().With.Message.EqualTo("KR05: configRuleArn is in us-east-1; this function judges only keys in its own Region, eu-central-1."));

    private static AccountRegion PlaceOf(string? configRuleArn, string region)
    {
        var scheduled = Events.With("""{"messageType":"ScheduledNotification","notificationCreationTime":"2026-06-15T10:00:00.250Z"}""");
        scheduled.ConfigRuleArn = configRuleArn;
        return Invocation.Of(scheduled, region).Place;
    }
}
