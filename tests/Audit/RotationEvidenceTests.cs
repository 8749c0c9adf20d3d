using KeyRotation.Audit;
using KeyRotation.Audit.Reports;
using KeyRotation.Local;
using Microsoft.Playwright;

namespace KeyRotation.Tests.Audit;

/// <summary>The last rotation and the last use of keys in the audit.</summary>
internal sealed class RotationEvidenceTests : LocalAuditFixture
{
    private static readonly DateTimeOffset LongAgo = new(2021, 3, 4, 9, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Recently = new(2026, 5, 1, 9, 0, 0, TimeSpan.Zero);

    [Test]
    public async Task With_rotations_reports_date_count_and_type()
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
    public async Task Rotations_are_not_read_by_default()
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
    public async Task Denied_rotations_and_uses_are_reported_missing()
    {
        Account.Put([LocalKey.Symmetric(), LocalKey.Symmetric(rotates: true)]);
        Aws.Faults.Add("ListKeyRotations", Fault.AccessDenied);
        Aws.Faults.Add("GetKeyLastUsage", Fault.AccessDenied);

        var report = await AuditAsync(new() { WithRotations = true, WithLastUse = true });

        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Keys.Select(key => (key.Rotations, key.LastUse)), Is.All.EqualTo(((int?)null, (LastUse?)null)));
            Assert.That(report.Places.Single().Problem, Is.EqualTo("Rotations or last uses of 3 keys are missing: KMS did not return them."));
            Assert.That(report.Complete, Is.True);
        }
    }

    [Test]
    public async Task With_last_use_reports_last_use_of_findings()
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
            Assert.That(Aws.Calls["GetKeyLastUsage"], Is.EqualTo(2), "It is called only for findings.");
        }
    }

    [Test]
    public async Task Last_use_is_read_for_at_most_100_findings()
    {
        Account.Put(Enumerable.Range(0, 120).Select(_ => LocalKey.Symmetric()));
        Aws.Quotas.Set("GetKeyLastUsage", null);

        // The share applies to the AWS quota of 5 per second, whatever the stand-in allows. With 100 percent, the test takes 20 seconds.
        var report = await AuditAsync(new() { WithLastUse = true, QuotaPercent = 100 });

        Assert.That((Aws.Calls["GetKeyLastUsage"], report.Keys.Count(key => key.LastUse is not null)), Is.EqualTo((100, 100)));
    }

    [Test]
    public async Task Baseline_shows_rotation_without_extra_calls()
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
    public void Baseline_without_material_IDs_shows_no_rotation()
    {
        var now = Reports.Of(Reports.Row(1) with { CurrentKeyMaterialId = "a" }, Reports.Row(2) with { CurrentKeyMaterialId = "b" });
        var compared = Changes.Compare(Reports.Of(Reports.Row(1)), now);
        Assert.That(compared.Keys.Select(key => key.RotatedSinceBaseline), Is.All.Null);
        Assert.That(compared.Changes!.Rotated, Is.Zero);
    }

    [Test]
    public async Task Page_sorts_by_last_rotation()
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
