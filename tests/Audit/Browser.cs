using KeyRotation.Audit;
using KeyRotation.Audit.Reports;
using Microsoft.Playwright;

namespace KeyRotation.Tests.Audit;

/// <summary>The headless Chromium of this machine, started once and offline. If there is none, the test is skipped.</summary>
[SetUpFixture]
internal sealed class Browser
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private static readonly Lazy<Task<(IPlaywright Playwright, IBrowser Browser)>> Started = new(StartAsync);

    /// <summary>
    /// Opens a page with the report, and collects what the browser complains about: console messages, page errors and requests.
    /// </summary>
    public static async Task<(IPage Page, List<string> Complaints)> OpenAsync(AuditReport report, ColorScheme theme = ColorScheme.Light)
    {
        if (!Array.Exists(Places, File.Exists)) Assert.Ignore("There is no Chromium on this machine: apt-get install chromium.");
        var file = Path.Combine(Directory.CreateTempSubdirectory("audit-page-").FullName, "audit.html");
        await Output.ToFileAsync(file, stream => HtmlReport.WriteAsync(report, stream));

        var (_, browser) = await Started.Value;
        var page = await browser.NewPageAsync(new()
        {
            ColorScheme = theme,
            ViewportSize = new() { Width = 1300, Height = 1200 },
            Offline = true,
        });
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.Add($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => complaints.Add(error);
        page.Request += (_, request) =>
        {
            if (request.Url != new Uri(file).AbsoluteUri) complaints.Add($"requested {request.Url}");
        };
        await page.GotoAsync(new Uri(file).AbsoluteUri);
        return (page, complaints);
    }

    [OneTimeTearDown]
    public async Task EndAsync()
    {
        if (!Started.IsValueCreated) return;
        var (playwright, browser) = await Started.Value;
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    private static async Task<(IPlaywright Playwright, IBrowser Browser)> StartAsync()
    {
        var playwright = await Playwright.CreateAsync();
        return (playwright, await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Array.Find(Places, File.Exists),
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        }));
    }
}
