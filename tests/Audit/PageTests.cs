using System.Diagnostics;
using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using KeyRotation.Audit;
using Microsoft.Playwright;

namespace KeyRotation.Tests.Audit;

/// <summary>The page in a real browser.</summary>
internal sealed partial class PageTests
{
    private static readonly string[] Ascending = ["90", "365", "730", "off", "–", "–"];
    private static readonly string[] Descending = ["730", "365", "90", "off", "–", "–"];
    private static readonly string[] Backgrounds = ["rgb(244, 246, 249)", "rgb(15, 19, 26)"];

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

    [Test]
    public async Task Shows_every_key_and_its_summary_without_a_complaint()
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
    public async Task Filters_by_word_and_by_choice()
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
    public async Task Sorts_either_way_by_the_keyboard_alone_and_says_so()
    {
        var (page, _) = await Browser.OpenAsync(Reports.Mixed());
        var heading = page.GetByRole(AriaRole.Columnheader, new() { Name = "Period, days" });
        await heading.GetByRole(AriaRole.Button).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        Assert.That(await PeriodsAsync(page), Is.EqualTo(Ascending));
        Assert.That(await heading.GetAttributeAsync("aria-sort"), Is.EqualTo("ascending"));

        await page.Keyboard.PressAsync("Space");
        Assert.That(await PeriodsAsync(page), Is.EqualTo(Descending), "What has no period stays last.");
        Assert.That(await heading.GetAttributeAsync("aria-sort"), Is.EqualTo("descending"));
        Assert.That(await page.Locator("th[aria-sort]").CountAsync(), Is.EqualTo(1));
    }

    [TestCase(ColorScheme.Light)]
    [TestCase(ColorScheme.Dark)]
    public async Task Has_no_accessibility_problem_that_axe_can_see(ColorScheme theme)
    {
        var report = Reports.Mixed() with { Changes = Changes.Between(Reports.Of(Reports.Row(1), Reports.Row(9)), Reports.Mixed()), Demonstration = true };
        var (page, _) = await Browser.OpenAsync(report, theme);
        await page.Locator("#table summary").First.ClickAsync();
        var result = await page.RunAxe();
        Assert.That(result.Violations.Select(violation => $"{violation.Id}: {string.Join(", ", violation.Nodes.Select(node => node.Html))}"), Is.Empty);
    }

    [Test]
    public async Task Charts_have_a_name_and_their_numbers_in_words_and_as_a_table()
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
    public async Task The_two_themes_are_not_the_same()
    {
        var backgrounds = new List<string>();
        foreach (var theme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            var (page, _) = await Browser.OpenAsync(Reports.Mixed(), theme);
            backgrounds.Add(await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        }

        Assert.That(backgrounds, Is.EqualTo(Backgrounds));
    }

    [Test]
    public async Task Nothing_hostile_runs_or_leaves_its_place()
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
    public async Task Its_policy_lets_no_other_script_run()
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
    public async Task Twenty_thousand_keys_open_and_filter()
    {
        var opening = Stopwatch.StartNew();
        var (page, complaints) = await Browser.OpenAsync(Large);
        var opened = opening.ElapsedMilliseconds;
        Assert.That(await CountAsync(page), Is.EqualTo("20,000 keys"));
        Assert.That(await page.Locator("#table tbody tr").CountAsync(), Is.EqualTo(100), "A page of the list at a time.");

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

    [Test]
    public async Task Is_printed_with_every_key_and_without_what_paper_cannot_do()
    {
        var (page, _) = await Browser.OpenAsync(Reports.Of([.. Enumerable.Range(0, 250).Select(number => Reports.Row(number))]));
        var pdf = await page.PdfAsync();
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await page.EvaluateAsync("dispatchEvent(new Event('beforeprint'))");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(PdfPage().Count(System.Text.Encoding.Latin1.GetString(pdf)), Is.GreaterThan(5), "Two hundred and fifty keys need pages.");
            Assert.That(await page.Locator("#table tbody tr").CountAsync(), Is.EqualTo(250));
            Assert.That(await page.Locator("#filters").IsVisibleAsync(), Is.False);
            Assert.That(await page.Locator("#pages").IsVisibleAsync(), Is.False);
            Assert.That(await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"), Is.EqualTo("rgb(255, 255, 255)"));
        }
    }

    private static ILocator Choice(IPage page, string name) => page.GetByRole(AriaRole.Combobox, new() { Name = name });

    private static async Task<string?> CountAsync(IPage page) => await page.GetByRole(AriaRole.Status).TextContentAsync();

    private static async Task<IReadOnlyList<string>> PeriodsAsync(IPage page) => await page.Locator("#table tbody td:nth-child(4)").AllTextContentsAsync();

    [GeneratedRegex(@"/Type\s*/Page\b")]
    private static partial Regex PdfPage();
}
