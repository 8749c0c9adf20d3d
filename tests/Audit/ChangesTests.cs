using KeyRotation.Audit;

namespace KeyRotation.Tests.Audit;

internal sealed class ChangesTests
{
    private static readonly KeyRow Key = Reports.Row(1);

    [TestCase(KeyVerdict.Compliant, KeyVerdict.NonCompliant, ChangeKind.Worse)]
    [TestCase(KeyVerdict.NotApplicable, KeyVerdict.NonCompliant, ChangeKind.Worse)]
    [TestCase(KeyVerdict.NonCompliant, KeyVerdict.Compliant, ChangeKind.Better)]
    [TestCase(KeyVerdict.NonCompliant, KeyVerdict.NotApplicable, ChangeKind.Better)]
    [TestCase(KeyVerdict.NonCompliant, KeyVerdict.NotJudged, ChangeKind.OtherVerdict)]
    [TestCase(KeyVerdict.Compliant, KeyVerdict.NotJudged, ChangeKind.OtherVerdict)]
    [TestCase(KeyVerdict.Compliant, KeyVerdict.NotApplicable, ChangeKind.OtherVerdict)]
    public void Another_verdict_is_a_change(KeyVerdict before, KeyVerdict now, ChangeKind kind)
    {
        var change = Changes.Between(Reports.Of(Reports.Row(1, before)), Reports.Of(Reports.Row(1, now))).Keys.Single();
        Assert.That((change.Kind, change.Before, change.After), Is.EqualTo((kind, (KeyVerdict?)before, (KeyVerdict?)now)));
    }

    [Test]
    public void The_same_audit_again_changes_nothing() =>
        Assert.That(Changes.Between(Reports.Mixed(), Reports.Mixed()).Keys, Is.Empty);

    [Test]
    public void Another_period_is_another_reason_for_the_same_verdict() =>
        Assert.That(Changes.Between(Reports.Of(Key), Reports.Of(Reports.Row(1, period: 90))).Keys.Single().Kind, Is.EqualTo(ChangeKind.OtherFinding));

    [Test]
    public void A_key_comes_and_goes()
    {
        var changes = Changes.Between(Reports.Of(Key), Reports.Of(Reports.Row(2)));
        Assert.That(changes.Keys.Select(change => (change.Kind, change.Arn)), Is.EqualTo(new[] { (ChangeKind.Added, Reports.Row(2).Arn), (ChangeKind.Removed, Key.Arn) }));
    }

    [Test]
    public void A_key_is_not_gone_where_this_audit_is_not_complete()
    {
        var now = Reports.Of() with { Places = [new(Reports.Account, Reports.Region, PlaceStatus.Incomplete, 0, 0, "ListKeys stopped.")] };
        Assert.That(Changes.Between(Reports.Of(Key), now).Keys, Is.Empty);
    }

    [Test]
    public void A_key_is_not_new_where_the_earlier_audit_did_not_look()
    {
        var changes = Changes.Between(Reports.Of(Key), Reports.Of(Key, Reports.Row(2, region: "us-east-1")));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(changes.Keys, Is.Empty);
            Assert.That(changes.PlacesNotInBaseline, Is.EqualTo(new[] { $"{Reports.Account} us-east-1" }));
        }
    }

    [Test]
    public void An_audit_of_other_places_or_of_made_up_keys_is_no_baseline()
    {
        string[] here = [$"{Reports.Account} {Reports.Region}"], there = [$"{Reports.Account} us-east-1"];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Changes.DifferenceOf(Reports.Of(Key), here, isDemonstration: false), Is.Null);
            Assert.That(Changes.DifferenceOf(Reports.Of(Key), there, isDemonstration: false), Is.EqualTo($"it has {here[0]}, which this audit has not; it does not have {there[0]}"));
            Assert.That(Changes.DifferenceOf(Reports.Of(Key) with { Demonstration = true }, here, isDemonstration: false), Does.Contain("demonstration"));
            Assert.That(
                Changes.DifferenceOf(Reports.Of(Key) with { Places = [.. Reports.Of(Key).Places, new(Reports.Account, "me-central-1", PlaceStatus.NotEnabled, 0, 0, null)] }, here, isDemonstration: false),
                Is.Null,
                "A Region that is not enabled has no keys.");
        }
    }

    [Test]
    public void Other_rule_parameters_are_said()
    {
        var before = Reports.Of(Key) with { Parameters = new Dictionary<string, string> { ["maxRotationPeriodInDays"] = "90" } };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Changes.Between(before, Reports.Of(Key)).ParametersChanged, Is.True);
            Assert.That(Sentences.Changes(Changes.Between(before, Reports.Of(Key))), Does.Contain("parameters differ"));
            Assert.That(Changes.Between(Reports.Of(Key), Reports.Of(Key)).ParametersChanged, Is.False);
        }
    }
}
