namespace KeyRotation.Tests.Core;

internal sealed class AccountRegionTests
{
    private static readonly AccountRegion Place = new("aws-cn", "cn-north-1", "111122223333");

    [Test]
    public void Builds_the_key_ARN() =>
        Assert.That(Place.KeyArn(Keys.Id), Is.EqualTo($"arn:aws-cn:kms:cn-north-1:111122223333:key/{Keys.Id}"));

    [Test]
    public void Builds_the_role_ARN() =>
        Assert.That(Place.RoleArn("rules/KeyRotation"), Is.EqualTo("arn:aws-cn:iam::111122223333:role/rules/KeyRotation"));
}
