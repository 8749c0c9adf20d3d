using KeyRotation.Audit;

namespace KeyRotation.Tests.Audit;

internal sealed class ChangesTests
{
    private static readonly AuditReport OneKey = Reports.Of(Reports.Row(1));

    [TestCase(KeyVerdict.Compliant, KeyVerdict.NonCompliant, ChangeKind.Worse)]
    [TestCase(KeyVerdict.NotApplicable, KeyVerdict.NonCompliant, ChangeKind.Worse)]
    [TestCase(KeyVerdict.NonCompliant, KeyVerdict.Compliant, ChangeKind.Better)]
    [TestCase(KeyVerdict.NonCompliant, KeyVerdict.NotApplicable, ChangeKind.Better)]
    [TestCase(KeyVerdict.NonCompliant, KeyVerdict.NotJudged, ChangeKind.OtherVerdict)]
    [TestCase(KeyVerdict.Compliant, KeyVerdict.NotJudged, ChangeKind.OtherVerdict)]
    [TestCase(KeyVerdict.Compliant, KeyVerdict.NotApplicable, ChangeKind.OtherVerdict)]
    public void Different_verdict_is_a_change(KeyVerdict before, KeyVerdict now, ChangeKind kind)
    {
        var change = Between(Reports.Of(Reports.Row(1, before)), Reports.Of(Reports.Row(1, now))).Keys.Single();
        Assert.That((change.Kind, change.Before, change.After), Is.EqualTo((kind, (KeyVerdict?)before, (KeyVerdict?)now)));
    }

    [Test]
    public void Same_audit_has_no_changes() => Assert.That(Between(Reports.Mixed(), Reports.Mixed()).Keys, Is.Empty);

    [Test]
    public void Different_period_is_a_different_finding() => Assert.That(
        Between(OneKey, Reports.Of(Reports.Row(1, period: 90))).Keys.Select(change => change.Kind), Is.EqualTo([ChangeKind.OtherFinding]));

    [Test]
    public void Keys_are_added_and_removed() => Assert.That(
        Between(OneKey, Reports.Of(Reports.Row(2))).Keys.Select(change => (change.Kind, change.Arn)),
        Is.EqualTo([(ChangeKind.Added, Reports.Row(2).Arn), (ChangeKind.Removed, Reports.Row(1).Arn)]));

    [Test]
    public void Incomplete_audit_removes_no_key() =>
        Assert.That(Between(OneKey, Reports.BrokenOff(Reports.Of())).Keys, Is.Empty);

    [Test]
    public void Key_in_a_place_without_baseline_is_not_new()
    {
        var changes = Between(OneKey, Reports.Of(Reports.Row(1), Reports.Row(2, region: "us-east-1")));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(changes.Keys, Is.Empty);
            Assert.That(changes.PlacesNotInBaseline, Is.EqualTo([$"{Reports.Account} us-east-1"]));
        }
    }

    [Test]
    public void Baseline_must_have_the_same_scope()
    {
        string[] here = [$"{Reports.Account} {Reports.Region}"], there = [$"{Reports.Account} us-east-1"];
        var withClosedRegion = OneKey with
        {
            Places = [.. OneKey.Places, new(Reports.Account, "me-central-1", PlaceStatus.NotEnabled, 0, 0, null)],
        };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Changes.DifferenceOf(OneKey, here, isDemonstration: false), Is.Null);
            Assert.That(Changes.DifferenceOf(OneKey, there, isDemonstration: false), Is.EqualTo($"it has {here[0]}, which this audit does not have; it does not have {there[0]}"));
            Assert.That(Changes.DifferenceOf(OneKey, here, isDemonstration: true), Does.Contain("demonstration"));
            Assert.That(Changes.DifferenceOf(withClosedRegion, here, isDemonstration: false), Is.Null, "A Region that is not enabled has no keys.");
        }
    }

    [Test]
    public void Different_parameters_are_reported()
    {
        var before = OneKey with { Parameters = new Dictionary<string, string> { ["maxRotationPeriodInDays"] = "90" } };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Between(before, OneKey).ParametersChanged, Is.True);
            Assert.That(Sentences.Changes(Between(before, OneKey)), Does.Contain("parameters differ"));
            Assert.That(Between(OneKey, OneKey).ParametersChanged, Is.False);
        }
    }

    private static Changes Between(AuditReport before, AuditReport now) => Changes.Compare(before, now).Changes!;
}
