namespace KeyRotation.Tests.Core;

internal sealed class ExemptionTests
{
    private const string Tag = "rotation-exempt";

    private static readonly RuleParameters ByTag = RuleParameters.Default with { ExemptTagKey = Tag };

    [TestCase("2026-06-15", "Exempt through 2026-06-15 by tag rotation-exempt.", TestName = "{m}(on the last day)")]
    [TestCase("2030-12-31", "Exempt through 2030-12-31 by tag rotation-exempt.", TestName = "{m}(date)")]
    [TestCase(" 2030-12-31 ", "Exempt through 2030-12-31 by tag rotation-exempt.", TestName = "{m}(date with spaces around it)")]
    [TestCase("2030-12-31 CHG-17", "Exempt through 2030-12-31 by tag rotation-exempt: CHG-17", TestName = "{m}(reason after a space)")]
    [TestCase(
        "2030-12-31: legacy, see CHG-17.",
        "Exempt through 2030-12-31 by tag rotation-exempt: legacy, see CHG-17",
        TestName = "{m}(reason after a colon)")]
    [TestCase("2030-12-31 — 🔑", "Exempt through 2030-12-31 by tag rotation-exempt: 🔑", TestName = "{m}(reason after a dash)")]
    [TestCase("2030-12-31/CHG-17", "Exempt through 2030-12-31 by tag rotation-exempt: /CHG-17", TestName = "{m}(reason after a slash)")]
    [TestCase("2030-12-31...", "Exempt through 2030-12-31 by tag rotation-exempt.", TestName = "{m}(only dots after the date)")]
    public void Tag_exempts_through_its_date_and_gives_the_reason(string value, string finding) =>
        Assert.That(Of(Keys.Off.Tagged(Tag, value)), Is.EqualTo(new Exemption.Holds(finding)));

    [TestCase("2026-06-14", "2026-06-14")]
    [TestCase("1999-12-31 for ever", "1999-12-31")]
    public void Expired_tag_does_not_exempt_and_is_noted(string value, string lastDay)
    {
        var exemption = Of(Keys.Off.Tagged(Tag, value));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(exemption, Is.TypeOf<Exemption.Void>());
            Assert.That(exemption.Note, Is.EqualTo($" Its exemption by tag rotation-exempt ended on {lastDay}."));
        }
    }

    [TestCase("")]
    [TestCase("   ")]
    [TestCase("true")]
    [TestCase("forever")]
    [TestCase("2030-12")]
    [TestCase("2030-02-30")]
    [TestCase("2030-13-01")]
    [TestCase("31.12.2030")]
    [TestCase("20301231 CHG-17")]
    [TestCase("2030-12-311")]
    [TestCase("2030-12-31T00:00Z")]
    [TestCase("until 2030-12-31")]
    [TestCase("٢٠٣٠-١٢-٣١")]
    public void Tag_without_a_date_does_not_exempt_and_is_noted(string value)
    {
        var exemption = Of(Keys.Off.Tagged(Tag, value));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(exemption, Is.TypeOf<Exemption.Void>());
            Assert.That(exemption.Note, Is.EqualTo(" Tag rotation-exempt has no effect: its value must start with a date such as 2030-12-31."));
        }
    }

    [TestCase("2026-06-15T23:59:59+00:00", true)]
    [TestCase("2026-06-16T00:00:00+00:00", false)]
    [TestCase("2026-06-16T01:59:59+02:00", true, Description = "June 16 in local time, still June 15 in UTC")]
    [TestCase("2026-06-15T22:00:00-02:00", false, Description = "June 15 in local time, already June 16 in UTC")]
    public void Last_day_ends_at_midnight_UTC(string now, bool holds) =>
        Assert.That(Exemption.Of(Keys.Off.Tagged(Tag, "2026-06-15"), ByTag, Parse(now)) is Exemption.Holds, Is.EqualTo(holds));

    [TestCase("Rotation-Exempt")]
    [TestCase("rotation-exempt ")]
    [TestCase("aws:rotation-exempt")]
    public void Tag_with_another_key_does_not_exempt(string name) =>
        Assert.That(Of(Keys.Off.Tagged(name, "2030-12-31")), Is.EqualTo(new Exemption.None()));

    [Test]
    public void Tag_does_not_exempt_if_exemptTagKey_is_not_set() =>
        Assert.That(Exemption.Of(Keys.Off.Tagged(Tag, "2030-12-31"), RuleParameters.Default, Keys.Now), Is.EqualTo(new Exemption.None()));

    [TestCase(Keys.Id)]
    [TestCase($"arn:aws:kms:eu-central-1:111122223333:key/{Keys.Id}")]
    public void List_exempts_by_key_ID_and_by_ARN(string listed) =>
        Assert.That(Listed(listed), Is.EqualTo(new Exemption.Holds("Exempt by the rule parameter exemptKeyIds.")));

    [TestCase($"arn:aws:kms:eu-west-1:111122223333:key/{Keys.Id}", Description = "another Region")]
    [TestCase($"arn:aws:kms:eu-central-1:444455556666:key/{Keys.Id}", Description = "another account")]
    [TestCase($"arn:aws-cn:kms:eu-central-1:111122223333:key/{Keys.Id}", Description = "another partition")]
    [TestCase(Keys.MultiRegionId, Description = "another key")]
    public void List_does_not_exempt_other_keys(string listed) => Assert.That(Listed(listed), Is.EqualTo(new Exemption.None()));

    [Test]
    public void List_is_checked_before_the_tag()
    {
        var both = ByTag with { ExemptKeyIds = new HashSet<string> { Keys.Id } };
        Assert.That(Exemption.Of(Keys.Off with { Tags = null }, both, Keys.Now), Is.TypeOf<Exemption.Holds>());
    }

    [Test]
    public void Unknown_tags_leave_the_exemption_unknown()
    {
        var failure = new ReadFailure("AccessDeniedException", AccessDenied: true);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Of(Keys.Off with { Tags = null }), Is.EqualTo(new Exemption.Unknown(null)));
            Assert.That(Of(Keys.Off with { Tags = null, TagsFailure = failure }), Is.EqualTo(new Exemption.Unknown(failure)));
            Assert.That(new Exemption.Unknown(failure).Note, Is.Empty);
        }
    }

    private static Exemption Of(KeyFacts key) => Exemption.Of(key, ByTag, Keys.Now);

    private static Exemption Listed(string listed) =>
        Exemption.Of(Keys.Off, RuleParameters.Default with { ExemptKeyIds = new HashSet<string> { listed } }, Keys.Now);

    private static DateTimeOffset Parse(string time) => DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture);
}
