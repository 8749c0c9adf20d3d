using KeyRotation.Tests.Reading;

namespace KeyRotation.Tests.Sweeping;

internal sealed class KeyEvaluationTests
{
    [Test]
    public void A_key_that_could_not_be_judged_has_none()
    {
        var verdict = new Verdict.Unreadable("Why not.");
        Assert.That(
            () => KeyEvaluation.Of(verdict, Events.Facts, RuleParameters.Default, new StackOwner.None(), DateTimeOffset.UnixEpoch),
            Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
