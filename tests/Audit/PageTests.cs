using System.Diagnostics;
using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using KeyRotation.Audit;
using Microsoft.Playwright;

namespace KeyRotation.Tests.Audit;

/// <summary>The HTML report in a real browser.</summary>
internal sealed partial class PageTests
{
    private static readonly string[] Ascending = ["90", "365", "730", "off", "–", "–"];
    private static readonly string[] Descending = ["730", "365", "90", "off", "–", "–"];

    private static readonly AuditReport Large = Reports.Of(
    [
        .. Enumerable.Range(0, 20_000).Select(number => (number % 10) switch
        {
            0 => Reports.Row(number, KeyVerdict.NonCompliant, null, number % 4 == 0 ? "us-east-1" : Reports.Region),
            1 => Reports.Row(number, KeyVerdict.NonCompliant, 730),
            2 or 3 => Reports.Row(number, KeyVerdict.NotApplicable),
            _ => Reports.Row(number, period: 90 + (number % 275)),
        }),
    ]);

    private static readonly AuditReport TwoHundredAndFifty = Reports.WithEvidence(Reports.Of(
    [
        .. Enumerable.Range(0, 250).Select(number => number % 5 == 0
            ? Reports.Row(number, KeyVerdict.NonCompliant, 730) with
            {
                NextStep = $"in its CloudFormation stack, if it has one; else aws kms enable-key-rotation --region eu-central-1 --rotation-period-in-days 365 --key-id {number:x8}-0000-4000-8000-000000000000",
            }
            : Reports.Row(number)),
    ]));

    [Test]
    public async Task Shows_every_key_and_a_summary_without_errors()
    {
        var (page, complaints) = await Browser.OpenAsync(Reports.Mixed());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await page.Locator("h1").TextContentAsync(), Is.EqualTo("2 of 4 keys that have to rotate do not comply, and this audit is not complete."));
            Assert.That(await page.Locator("#table tbody tr").CountAsync(), Is.EqualTo(6));
            Assert.That(await page.GetByRole(AriaRole.Status).TextContentAsync(), Is.EqualTo("6 keys"));
            Assert.That(await page.Locator(".notice").TextContentAsync(), Does.Contain("not complete").And.Contain("could not be judged"));
            Assert.That(complaints, Is.Empty);
        }
    }

    [Test]
    public async Task Filters_by_search_text_and_by_list()
    {
        var (page, _) = await Browser.OpenAsync(Reports.Mixed());
        await Choice(page, "Verdict").SelectOptionAsync("NON_COMPLIANT");
        Assert.That(await CountAsync(page), Is.EqualTo("2 of 6 keys"));
        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Search" }).FillAsync("730 period");
        Assert.That(await CountAsync(page), Is.EqualTo("1 of 6 keys"));
        Assert.That(await page.Locator("#table tbody .name").TextContentAsync(), Is.EqualTo("alias/key-2"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();
        await page.WaitForFunctionAsync("document.getElementById('count').textContent === '6 keys'");
        await Choice(page, "Region").SelectOptionAsync("us-east-1");
        Assert.That(await CountAsync(page), Is.EqualTo("1 of 6 keys"));
    }

    [Test]
    public async Task Sorts_both_ways_by_keyboard_and_sets_aria_sort()
    {
        var (page, _) = await Browser.OpenAsync(Reports.Mixed());
        var heading = page.GetByRole(AriaRole.Columnheader, new() { Name = "Period, days" });
        await heading.GetByRole(AriaRole.Button).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        Assert.That(await PeriodsAsync(page), Is.EqualTo(Ascending));
        Assert.That(await heading.GetAttributeAsync("aria-sort"), Is.EqualTo("ascending"));

        await page.Keyboard.PressAsync("Space");
        Assert.That(await PeriodsAsync(page), Is.EqualTo(Descending), "Rows without a period stay last.");
        Assert.That(await heading.GetAttributeAsync("aria-sort"), Is.EqualTo("descending"));
        Assert.That(await page.Locator("th[aria-sort]").CountAsync(), Is.EqualTo(1));
    }

    [TestCase(ColorScheme.Light, "rgb(244, 246, 249)")]
    [TestCase(ColorScheme.Dark, "rgb(15, 19, 26)")]
    public async Task Theme_has_no_accessibility_problem_for_axe(ColorScheme theme, string background)
    {
        var report = Changes.Compare(Reports.Of(Reports.Row(1), Reports.Row(9)), Reports.WithEvidence() with { Demonstration = true });
        var (page, _) = await Browser.OpenAsync(report, theme);
        await page.Locator("#table summary").First.ClickAsync();
        var result = await page.RunAxe();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Violations.Select(violation => $"{violation.Id}: {string.Join(", ", violation.Nodes.Select(node => node.Html))}"), Is.Empty);
            Assert.That(await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"), Is.EqualTo(background));
        }
    }

    [Test]
    public async Task Charts_have_a_name_a_description_and_a_table()
    {
        var (page, _) = await Browser.OpenAsync(Reports.Mixed());
        foreach (var name in new[] { "Verdicts by account and Region", "Rotation periods, in days", "Time to the next rotation" })
        {
            var chart = page.GetByRole(AriaRole.Img, new() { Name = name });
            Assert.That(await chart.CountAsync(), Is.EqualTo(1), name);
            Assert.That(await chart.Locator("desc").TextContentAsync(), Does.Match("[0-9] (NON_)?COMPLIANT"));
        }

        Assert.That(await page.Locator("figure table").CountAsync(), Is.EqualTo(3));
        Assert.That(await page.Locator("figure").Nth(1).Locator("tbody tr").First.TextContentAsync(), Is.EqualTo("off10"), "One NON_COMPLIANT, no COMPLIANT.");
    }

    [Test]
    public async Task Hostile_text_does_not_run_or_become_markup()
    {
        var (page, complaints) = await Browser.OpenAsync(Reports.OfHostileKeys());
        foreach (var details in await page.Locator("#table summary").AllAsync()) await details.ClickAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await page.EvaluateAsync<bool>("'pwned' in window"), Is.False);
            Assert.That(await page.Locator("#table script, #table img, #table svg").CountAsync(), Is.Zero);
            Assert.That(await page.Locator("#table .name").AllTextContentsAsync(), Is.EqualTo(Reports.Hostile));
            Assert.That(complaints, Is.Empty);
        }
    }

    [Test]
    public async Task Security_policy_blocks_other_scripts()
    {
        var (page, complaints) = await Browser.OpenAsync(Reports.Mixed());
        await page.EvaluateAsync("const s = document.createElement('script'); s.textContent = 'window.pwned = true'; document.body.append(s);");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await page.EvaluateAsync<bool>("'pwned' in window"), Is.False);
            Assert.That(complaints, Has.One.Contains("Content Security Policy"));
        }
    }

    [Test]
    public async Task Opens_and_filters_20_000_keys()
    {
        var opening = Stopwatch.StartNew();
        var (page, complaints) = await Browser.OpenAsync(Large);
        var opened = opening.ElapsedMilliseconds;
        Assert.That(await CountAsync(page), Is.EqualTo("20,000 keys"));
        Assert.That(await page.Locator("#table tbody tr").CountAsync(), Is.EqualTo(100), "The list shows one page at a time.");

        var times = await page.EvaluateAsync<double[]>("""
            () => ["", "alias/key-1", "alias/key-19999", "period is 730"].map(text => {
              const start = performance.now();
              document.getElementById("search").value = text;
              document.getElementById("search").dispatchEvent(new Event("input"));
              return performance.now() - start;
            })
            """);
        await TestContext.Out.WriteLineAsync($"20,000 keys: opened in {opened} ms, filtered in {string.Join(", ", times.Select(time => $"{time:0}"))} ms.");
        Assert.That(await CountAsync(page), Is.EqualTo("2,000 of 20,000 keys"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Next", Exact = true }).ClickAsync();
        Assert.That(await page.Locator("#page").TextContentAsync(), Is.EqualTo("Page 2 of 20"));
        Assert.That(complaints, Is.Empty);
    }

    [TestCase(false, 1, 5)]
    [TestCase(true, 7, 12)]
    public async Task Prints_findings_or_every_key_on_few_pages(bool everyKey, int min, int max)
    {
        var (page, _) = await Browser.OpenAsync(TwoHundredAndFifty);
        if (everyKey) await page.GetByLabel("Print every key").CheckAsync();
        var pdf = await page.PdfAsync(new() { PreferCSSPageSize = true });
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await page.EvaluateAsync("dispatchEvent(new Event('beforeprint'))");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(PdfPage().Count(System.Text.Encoding.Latin1.GetString(pdf)), Is.InRange(min, max));
            Assert.That(await page.Locator("#table tbody tr").CountAsync(), Is.EqualTo(everyKey ? 250 : 50));
            Assert.That(await page.Locator("#filters").IsVisibleAsync(), Is.False);
            Assert.That(await page.Locator("#pages").IsVisibleAsync(), Is.False);
            Assert.That(await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"), Is.EqualTo("rgb(255, 255, 255)"));
            Assert.That(
                await page.EvaluateAsync<string>("(s => s.display + ' ' + s.breakInside)(getComputedStyle(document.querySelector('#table thead')))"),
                Is.EqualTo("table-header-group avoid"),
                "Chromium repeats a table header with this style on every page.");
        }
    }

    [Test]
    public async Task Is_readable_on_a_phone()
    {
        var (page, _) = await Browser.OpenAsync(Reports.Mixed());
        await page.SetViewportSizeAsync(390, 844);
        var finding = (await page.Locator("#table .finding").First.BoundingBoxAsync())!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(finding.X, Is.GreaterThanOrEqualTo(0));
            Assert.That(finding.X + finding.Width, Is.LessThanOrEqualTo(390), "The finding fits without scrolling.");
            Assert.That(finding.Width, Is.GreaterThan(300));
            Assert.That(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(390));
        }
    }

    [Test]
    public async Task Shows_the_evidence()
    {
        var (page, _) = await Browser.OpenAsync(Reports.WithEvidence());
        Assert.That(await page.Locator(".evidence dt").AllTextContentsAsync(), Is.EqualTo(new[]
        {
            "When", "Who", "Roles assumed", "Endpoint", "Covered", "With", "Parameters", "Calls", "Standard", "Differences",
        }));
        var text = await page.Locator(".evidence").TextContentAsync();
        Assert.That(text, Does.Contain("2026-11-24 12:00:00 UTC to 2026-11-24 12:00:40 UTC").And.Contain("assumed-role/Audit/me").And.Contain("4.6 in v6 and v7").And.Contain("kms:DescribeKey 6"));
    }

    [Test]
    public async Task Incomplete_audit_shows_keys_left_and_no_share()
    {
        var (page, _) = await Browser.OpenAsync(Reports.BrokenOff(Reports.Mixed(), listed: 3370, left: 3364));
        var tiles = await page.Locator(".tiles > div").AllTextContentsAsync();
        Assert.That(tiles, Has.One.StartsWith("Not audited3,364").And.One.StartsWith("Share that compliesnot known"));
    }

    private static ILocator Choice(IPage page, string name) => page.GetByRole(AriaRole.Combobox, new() { Name = name });

    private static async Task<string?> CountAsync(IPage page) => await page.GetByRole(AriaRole.Status).TextContentAsync();

    private static async Task<IReadOnlyList<string>> PeriodsAsync(IPage page) => await page.Locator("#table tbody td:nth-child(4)").AllTextContentsAsync();

    [GeneratedRegex(@"/Type\s*/Page\b")]
    private static partial Regex PdfPage();
}
