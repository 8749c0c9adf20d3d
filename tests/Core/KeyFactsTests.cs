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
    public void Region_comes_from_the_ARN(string arn, string region) => Assert.That(KeyFacts.RegionOf(arn), Is.EqualTo(region));

    [Test]
    public void First_missing_fact_is_named()
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
            Assert.That(Keys.Customer.MissingFact, Is.Null, "a single-Region key has no multi-Region type");
        }
    }

    [TestCase("REPLICA", true)]
    [TestCase("PRIMARY", false)]
    [TestCase(null, false)]
    public void Replica_is_recognized_by_its_type(string? type, bool isReplica) =>
        Assert.That((Keys.Customer with { MultiRegionKeyType = type }).IsReplica, Is.EqualTo(isReplica));

    [Test]
    public void Recorded_status_proves_off_only_if_KMS_denies()
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

    /// <summary>The final period is removed, because the rule adds its own.</summary>
    [TestCase("AccessDeniedException", null, ExpectedResult = "AccessDeniedException")]
    [TestCase("AccessDeniedException", "DescribeKey: you may not.", ExpectedResult = "DescribeKey: you may not")]
    public string Failure_quotes_the_AWS_message_if_there_is_one(string cause, string? detail) =>
        new ReadFailure(cause, Detail: detail).Sentence;
}
