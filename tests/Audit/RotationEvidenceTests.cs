using KeyRotation.Audit;
using KeyRotation.Audit.Reports;
using KeyRotation.Local;
using Microsoft.Playwright;

namespace KeyRotation.Tests.Audit;

/// <summary>When keys were last rotated and used, in the audit.</summary>
internal sealed class RotationEvidenceTests : LocalAuditFixture
{
    private static readonly DateTimeOffset LongAgo = new(2021, 3, 4, 9, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Recently = new(2026, 5, 1, 9, 0, 0, TimeSpan.Zero);

    [Test]
    public async Task With_rotations_says_when_and_how_often_each_key_was_rotated()
    {
        var rotated = Account.Put(LocalKey.Symmetric() with
        {
            CreationDate = LongAgo,
            PastRotations = [new(LongAgo.AddYears(1), "AUTOMATIC"), new(Recently)],
        });
        var never = Account.Put(LocalKey.OfOrigin("EXTERNAL") with { CreationDate = LongAgo });
        Account.Put([LocalKey.Asymmetric(), LocalKey.AwsManaged(), LocalKey.OfOrigin("AWS_CLOUDHSM")]);

        var report = await AuditAsync(new() { WithRotations = true });

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Evidence(report, rotated), Is.EqualTo((2, (DateTimeOffset?)Recently, "ON_DEMAND")));
            Assert.That(Evidence(report, never), Is.EqualTo((0, (DateTimeOffset?)null, (string?)null)));
            Assert.That(Aws.Calls["ListKeyRotations"], Is.EqualTo(2));
            Assert.That(Charts.MaterialAges(report)!.Groups.Sum(group => group.Totals.Keys), Is.EqualTo(2));
            Assert.That(report.Places.Single().Problem, Is.Null);
        }
    }

    [Test]
    public async Task Without_it_no_rotation_is_asked_for_and_none_is_shown()
    {
        Account.Put(Accounts.Keys(50));

        var report = await AuditAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That((Aws.Calls["ListKeyRotations"], Aws.Calls["GetKeyLastUsage"]), Is.EqualTo((0, 0)));
            Assert.That(Charts.MaterialAges(report), Is.Null);
        }
    }

    [Test]
    public async Task Rotations_and_uses_that_are_denied_are_not_known_and_said_to_be_missing()
    {
        Account.Put([LocalKey.Symmetric(), LocalKey.Symmetric(rotates: true)]);
        Aws.Faults.Add("ListKeyRotations", Fault.AccessDenied);
        Aws.Faults.Add("GetKeyLastUsage", Fault.AccessDenied);

        var report = await AuditAsync(new() { WithRotations = true, WithLastUse = true });

        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Keys.Select(key => (key.Rotations, key.LastUse)), Is.All.EqualTo(((int?)null, (LastUse?)null)));
            Assert.That(report.Places.Single().Problem, Is.EqualTo("Rotations or last uses of 3 keys are missing: KMS did not say."));
            Assert.That(report.Complete, Is.True);
        }
    }

    [Test]
    public async Task With_last_use_says_of_findings_when_they_were_used_and_never_that_they_were_not()
    {
        var used = Account.Put(LocalKey.Symmetric() with { LastUse = new(Recently, "Decrypt") });
        var unseen = Account.Put(LocalKey.Symmetric());
        Account.Put(LocalKey.Symmetric(rotates: true));

        var report = await AuditAsync(new() { WithLastUse = true });

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Row(report, used).LastUse!.Sentence, Is.EqualTo("last used on 2026-05-01, for Decrypt"));
            Assert.That(Row(report, unseen).LastUse!.Sentence, Is.EqualTo("no use seen since 2026-02-01, when tracking started"));
            Assert.That(new LastUse(null, null, null).Sentence, Is.EqualTo("no use seen"));
            Assert.That(Aws.Calls["GetKeyLastUsage"], Is.EqualTo(2), "findings only");
        }
    }

    [Test]
    public async Task No_more_than_a_hundred_findings_are_asked_for_their_last_use()
    {
        Account.Put(Enumerable.Range(0, 120).Select(_ => LocalKey.Symmetric()));
        Aws.Quotas.Set("GetKeyLastUsage", null);

        // The share is of AWS's 5 a second, whatever the local AWS allows: all of it takes 20 seconds.
        var report = await AuditAsync(new() { WithLastUse = true, QuotaPercent = 100 });

        Assert.That((Aws.Calls["GetKeyLastUsage"], report.Keys.Count(key => key.LastUse is not null)), Is.EqualTo((100, 100)));
    }

    [Test]
    public async Task A_baseline_proves_a_rotation_without_a_call_more()
    {
        var rotated = Account.Put(LocalKey.Symmetric(rotates: true));
        var same = Account.Put(LocalKey.Symmetric(rotates: true));
        var rsa = Account.Put(LocalKey.Asymmetric());
        var before = await AuditAsync();
        Account.Put(rotated with { PastRotations = [new(DateTimeOffset.UtcNow)] });
        Aws.Calls.Clear();

        var now = Changes.Compare(before, await AuditAsync());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Row(now, rotated).RotatedSinceBaseline, Is.True);
            Assert.That(Row(now, same).RotatedSinceBaseline, Is.False);
            Assert.That(Row(now, rsa).RotatedSinceBaseline, Is.Null);
            Assert.That(now.Changes!.Rotated, Is.EqualTo(1));
            Assert.That(Sentences.Changes(now.Changes), Does.EndWith("1 key rotated since then: the key material changed."));
            Assert.That(Aws.Calls.Counts.Keys, Is.SubsetOf((string[])["GetCallerIdentity", "ListKeys", "ListAliases", "DescribeKey", "GetKeyRotationStatus"]));
        }
    }

    [Test]
    public void A_baseline_of_before_there_were_ids_says_nothing_of_rotations()
    {
        var now = Reports.Of(Reports.Row(1) with { CurrentKeyMaterialId = "a" }, Reports.Row(2) with { CurrentKeyMaterialId = "b" });
        var compared = Changes.Compare(Reports.Of(Reports.Row(1)), now);
        Assert.That(compared.Keys.Select(key => key.RotatedSinceBaseline), Is.All.Null);
        Assert.That(compared.Changes!.Rotated, Is.Zero);
    }

    [Test]
    public async Task The_page_has_a_column_of_last_rotations_that_sorts()
    {
        var report = Reports.Of(
            Reports.Row(1) with { Rotations = 3, LastRotationDate = Recently, LastRotationType = "AUTOMATIC" },
            Reports.Row(2) with { Rotations = 0 },
            Reports.Row(4) with { Rotations = 1, LastRotationDate = LongAgo, LastRotationType = "ON_DEMAND", LastUse = new(Recently, "Decrypt", null) });
        var (page, complaints) = await Browser.OpenAsync(report);

        await page.GetByRole(AriaRole.Columnheader, new() { Name = "Last rotation" }).GetByRole(AriaRole.Button).ClickAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await page.Locator("#table tbody tr td:nth-child(6)").AllTextContentsAsync(), Is.EqualTo(["2021-03-04on demand", "2026-05-01automatic", "never"]));
            Assert.That(await page.Locator("#table").TextContentAsync(), Does.Contain("Use: last used on 2026-05-01, for Decrypt"));
            Assert.That(await page.Locator("figure").CountAsync(), Is.EqualTo(4));
            Assert.That(complaints, Is.Empty);
        }
    }

    private static KeyRow Row(AuditReport report, LocalKey key) => report.Keys.Single(row => row.KeyId == key.KeyId);

    private static (int?, DateTimeOffset?, string?) Evidence(AuditReport report, LocalKey key) =>
        Row(report, key) is var row ? (row.Rotations, row.LastRotationDate, row.LastRotationType) : default;
}
