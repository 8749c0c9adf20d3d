namespace KeyRotation.Tests.Core;

internal sealed class VerdictCountsTests
{
    [Test]
    public void Verdicts_are_counted_by_kind_reason_and_scenario()
    {
        Verdict[] verdicts =
        [
            new Verdict.Compliant('m', "-"), new Verdict.NotApplicable('b', "-"), new Verdict.NotApplicable('b', "-"), new Verdict.NonCompliant('k', "-", Fix.EnableKeyRotation),
            new Verdict.NonCompliant('l', "-", Fix.EnableKeyRotation), new Verdict.NonCompliant('l', "-", Fix.EnableKeyRotation), new Verdict.NonCompliant('i', "-", Fix.Wait),
            new Verdict.NonCompliant('n', "-", Fix.ImportKeyMaterialThenRotate), new Verdict.NonCompliant('p', "-", Fix.RotateKeyOnDemand), new Verdict.NonCompliant('p', "-", Fix.RotateKeyOnDemand),
            new Verdict.Unreadable("-"),
        ];

        var counts = verdicts.Aggregate(VerdictCounts.None, (sum, verdict) => sum.Plus(verdict));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(counts.Scenarios, Is.EqualTo(new Dictionary<char, int> { ['b'] = 2, ['i'] = 2, ['k'] = 1, ['l'] = 2, ['m'] = 1, ['n'] = 1, ['p'] = 2 }));
            Assert.That((counts.Compliant, counts.NonCompliant, counts.NotApplicable, counts.Unreadable), Is.EqualTo((1, 7, 2, 1)));
            Assert.That((counts.RotationOff, counts.PeriodTooLong, counts.KeyMaterialTooOld, counts.UnreadableNonCompliant), Is.EqualTo((1, 2, 3, 1)));
        }
    }
}
