namespace KeyRotation.Tests.Core;

internal sealed class VerdictCountsTests
{
    [Test]
    public void Counts_by_compliance_type_reason_and_scenario()
    {
        Verdict[] verdicts =
        [
            new Verdict.Compliant('m', "-"), new Verdict.Unreadable("-"),
            .. "bb".Select(scenario => new Verdict.NotApplicable(scenario, "-")),
            .. "kllinpp".Select(scenario => new Verdict.NonCompliant(scenario, "-", Fix.Wait)),
        ];

        var counts = verdicts.Aggregate(VerdictCounts.None, (sum, verdict) => sum.Plus(verdict));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(counts.Scenarios, Is.EqualTo("bbiikllmnpp".CountBy(scenario => scenario).ToDictionary()));
            Assert.That((counts.Compliant, counts.NonCompliant, counts.NotApplicable, counts.Unreadable), Is.EqualTo((1, 7, 2, 1)));
            Assert.That(
                (counts.RotationOff, counts.PeriodTooLong, counts.KeyMaterialTooOld, counts.UnreadableNonCompliant),
                Is.EqualTo((1, 2, 3, 1)));
        }
    }
}
