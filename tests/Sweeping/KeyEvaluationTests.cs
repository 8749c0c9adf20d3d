using KeyRotation.Tests.Reading;

namespace KeyRotation.Tests.Sweeping;

internal sealed class KeyEvaluationTests
{
    [Test]
    public void Unreadable_key_has_no_evaluation()
    {
        var verdict = new Verdict.Unreadable("Why not.");
        Assert.That(
            () => KeyEvaluation.Of(verdict, Events.Facts, RuleParameters.Default, new StackOwner.None(), DateTimeOffset.UnixEpoch),
            Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
