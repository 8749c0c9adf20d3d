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
    public void Another_verdict_is_a_change(KeyVerdict before, KeyVerdict now, ChangeKind kind)
    {
        var change = Between(Reports.Of(Reports.Row(1, before)), Reports.Of(Reports.Row(1, now))).Keys.Single();
        Assert.That((change.Kind, change.Before, change.After), Is.EqualTo((kind, (KeyVerdict?)before, (KeyVerdict?)now)));
    }

    [Test]
    public void The_same_audit_again_changes_nothing() => Assert.That(Between(Reports.Mixed(), Reports.Mixed()).Keys, Is.Empty);

    [Test]
    public void Another_period_is_another_reason_for_the_same_verdict() => Assert.That(
        Between(OneKey, Reports.Of(Reports.Row(1, period: 90))).Keys.Select(change => change.Kind), Is.EqualTo([ChangeKind.OtherFinding]));

    [Test]
    public void A_key_comes_and_goes() => Assert.That(
        Between(OneKey, Reports.Of(Reports.Row(2))).Keys.Select(change => (change.Kind, change.Arn)),
        Is.EqualTo([(ChangeKind.Added, Reports.Row(2).Arn), (ChangeKind.Removed, Reports.Row(1).Arn)]));

    [Test]
    public void A_key_is_not_gone_where_this_audit_is_not_complete() =>
        Assert.That(Between(OneKey, Reports.BrokenOff(Reports.Of())).Keys, Is.Empty);

    [Test]
    public void A_key_is_not_new_where_the_earlier_audit_did_not_look()
    {
        var changes = Between(OneKey, Reports.Of(Reports.Row(1), Reports.Row(2, region: "us-east-1")));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(changes.Keys, Is.Empty);
            Assert.That(changes.PlacesNotInBaseline, Is.EqualTo([$"{Reports.Account} us-east-1"]));
        }
    }

    [Test]
    public void An_audit_of_other_places_or_of_made_up_keys_is_no_baseline()
    {
        string[] here = [$"{Reports.Account} {Reports.Region}"], there = [$"{Reports.Account} us-east-1"];
        var withClosedRegion = OneKey with
        {
            Places = [.. OneKey.Places, new(Reports.Account, "me-central-1", PlaceStatus.NotEnabled, 0, 0, null)],
        };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Changes.DifferenceOf(OneKey, here, isDemonstration: false), Is.Null);
            Assert.That(Changes.DifferenceOf(OneKey, there, isDemonstration: false), Is.EqualTo($"it has {here[0]}, which this audit has not; it does not have {there[0]}"));
            Assert.That(Changes.DifferenceOf(OneKey, here, isDemonstration: true), Does.Contain("demonstration"));
            Assert.That(Changes.DifferenceOf(withClosedRegion, here, isDemonstration: false), Is.Null, "A Region that is not enabled has no keys.");
        }
    }

    [Test]
    public void Other_rule_parameters_are_said()
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
