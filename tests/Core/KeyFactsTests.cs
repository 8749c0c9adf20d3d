namespace KeyRotation.Tests.Core;

internal sealed class KeyFactsTests
{
    [TestCase($"arn:aws:kms:eu-central-1:111122223333:key/{Keys.Id}", "eu-central-1")]
    [TestCase($"arn:aws-cn:kms:cn-north-1:111122223333:key/{Keys.Id}", "cn-north-1")]
    [TestCase($"arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/{Keys.Id}", "us-gov-west-1")]
    [TestCase($"arn:aws-iso:kms:us-iso-east-1:111122223333:key/{Keys.Id}", "us-iso-east-1")]
    [TestCase("a:b:c:d", "d")]
    [TestCase("a:b:c", "")]
    [TestCase(Keys.Id, "")]
    [TestCase("", "")]
    public void The_Region_is_read_off_the_ARN(string arn, string region) => Assert.That(KeyFacts.RegionOf(arn), Is.EqualTo(region));

    [Test]
    public void The_first_fact_that_is_missing_is_named()
    {
        var key = Keys.Replica;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((key with { KeyManager = null, KeySpec = null }).MissingFact, Is.EqualTo("KeyManager"));
            Assert.That((key with { KeySpec = null, Origin = null }).MissingFact, Is.EqualTo("KeySpec"));
            Assert.That((key with { Origin = null, KeyState = null }).MissingFact, Is.EqualTo("Origin"));
            Assert.That((key with { KeyState = null, MultiRegionKeyType = null }).MissingFact, Is.EqualTo("KeyState"));
            Assert.That((key with { MultiRegionKeyType = null }).MissingFact, Is.EqualTo("MultiRegionKeyType"));
            Assert.That(key.MissingFact, Is.Null);
            Assert.That(Keys.Customer.MissingFact, Is.Null, "a key of one Region has no multi-Region type");
        }
    }

    [TestCase("REPLICA", true)]
    [TestCase("PRIMARY", false)]
    [TestCase(null, false)]
    public void A_replica_says_so(string? type, bool isReplica) =>
        Assert.That((Keys.Customer with { MultiRegionKeyType = type }).IsReplica, Is.EqualTo(isReplica));

    [Test]
    public void The_recorded_status_proves_off_only_and_only_where_KMS_refuses()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Keys.Off.IsRotationOff, Is.True);
            Assert.That(Recorded(Keys.Denied, false).IsRotationOff, Is.True);
            Assert.That(Recorded(Keys.Denied, true).IsRotationOff, Is.False);
            Assert.That(Recorded(Keys.Denied, null).IsRotationOff, Is.False);
            Assert.That(Recorded(Keys.Throttled, false).IsRotationOff, Is.False);
            Assert.That(Recorded(Keys.Customer, false).IsRotationOff, Is.False);
            Assert.That(Recorded(Keys.Customer with { Rotation = null }, false).IsRotationOff, Is.False);
        }

        static KeyFacts Recorded(KeyFacts key, bool? status) => key with { RecordedRotationStatus = status };
    }

    /// <summary>The rule puts its own full stop behind it.</summary>
    [TestCase("AccessDeniedException", null, ExpectedResult = "AccessDeniedException")]
    [TestCase("AccessDeniedException", "DescribeKey: you may not.", ExpectedResult = "DescribeKey: you may not")]
    public string A_failure_is_told_in_AWS_s_own_words_where_there_are_some(string cause, string? detail) =>
        new ReadFailure(cause, Detail: detail).Sentence;
}
