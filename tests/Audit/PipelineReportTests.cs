using System.Xml.Linq;
using KeyRotation.Audit;
using KeyRotation.Audit.Reports;

namespace KeyRotation.Tests.Audit;

/// <summary>The output for pipelines: test results, a summary and the exit code.</summary>
internal sealed class PipelineReportTests
{
    private static readonly AuditReport Incomplete = Reports.BrokenOff(Reports.Mixed(), listed: 9, left: 3);

    [Test]
    public async Task JUnit_has_one_test_per_key_and_counts_results()
    {
        var suites = (await JUnitAsync(Reports.Mixed())).Elements("testsuite").ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(suites.Select(suite => (string)suite.Attribute("name")!), Is.EqualTo(new[] { "111122223333 eu-central-1", "111122223333 us-east-1" }));
            foreach (var suite in suites)
            {
                Assert.That((int)suite.Attribute("tests")!, Is.EqualTo(suite.Elements("testcase").Count()));
                Assert.That((int)suite.Attribute("failures")!, Is.EqualTo(suite.Descendants("failure").Count()));
                Assert.That((int)suite.Attribute("errors")!, Is.EqualTo(suite.Descendants("error").Count()));
                Assert.That((int)suite.Attribute("skipped")!, Is.EqualTo(suite.Descendants("skipped").Count()));
            }

            Assert.That(suites[0].Descendants("failure").Count(), Is.EqualTo(2));
            Assert.That(suites[0].Descendants("error").Single().Attribute("message")!.Value, Does.Contain("AccessDenied"));
        }
    }

    [Test]
    public async Task JUnit_failures_follow_fail_on()
    {
        var before = Reports.Of(Reports.Row(1, KeyVerdict.NonCompliant, null), Reports.Row(2));
        var now = Reports.Of(Reports.Row(1, KeyVerdict.NonCompliant, null), Reports.Row(2, KeyVerdict.NonCompliant, 730));
        Assert.That(await FailuresAsync(FailOn.New), Has.One.Items.And.All.Contain("alias/key-2"));
        Assert.That(await FailuresAsync(FailOn.None), Is.Empty);

        async Task<IEnumerable<string>> FailuresAsync(FailOn failOn) =>
            (await JUnitAsync(Changes.Compare(before, now with { FailOn = failOn })))
                .Descendants("failure").Select(failure => failure.Parent!.Attribute("name")!.Value);
    }

    [Test]
    public async Task JUnit_has_an_error_if_keys_are_missing() =>
        Assert.That((await JUnitAsync(Incomplete)).Descendants("error").Select(error => error.Attribute("message")!.Value), Has.One.EqualTo("ListKeys stopped."));

    [Test]
    public async Task JUnit_accepts_hostile_text()
    {
        var names = (await JUnitAsync(Reports.OfHostileKeys())).Descendants("testcase").Select(test => test.Attribute("name")!.Value).ToList();
        Assert.That(names, Has.Count.EqualTo(Reports.Hostile.Length).And.ItemAt(0).Contains("<script>"));
    }

    [Test]
    public async Task Markdown_has_findings_and_counts()
    {
        var text = await MarkdownAsync(Reports.Mixed());
        Assert.That(text, Does.StartWith("## 2 of 4 keys that have to rotate do not comply, and this audit is not complete."));
        Assert.That(text, Does.Contain("| NON_COMPLIANT | Rotation period is too long (l) | 1 |").And.Contain("Rotation period is 730 days.").And.Contain("could not be judged"));
        Assert.That(text, Does.Not.Contain("Rotation is on"), "Keys that comply are only counted.");
    }

    [Test]
    public async Task Markdown_fits_into_a_GitHub_comment()
    {
        var finding = new string('&', 256);
        var places = Enumerable.Range(0, 5_000).Select(number => new Place($"{number:d12}", "eu-central-1", PlaceStatus.Incomplete, 0, 0, finding)).ToList();
        var keys = Enumerable.Range(0, 20_000)
            .Select(number => Reports.Row(number, KeyVerdict.NonCompliant, null) with { Finding = finding });
        var changes = new Changes(Reports.Now, false, [.. places.Select(place => place.Name)], [], 0);

        var text = await MarkdownAsync(Reports.Of([.. keys]) with { Places = places, Changes = changes });

        var rows = text.Split('\n').Count(line => line.Contains("0000-4000-8000", StringComparison.Ordinal));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(text, Has.Length.InRange(60_000, 65_536), "GitHub rejects a longer comment.");
            Assert.That(text, Does.Match(@"\n> and 4,9\d\d more, in the other reports\.\n").And.EndsWith($"\n\nand {Sentences.Number(20_000 - rows)} more, in the other reports.\n\n"));
        }
    }

    [Test]
    public async Task Markdown_keeps_hostile_text_in_its_cell()
    {
        var lines = (await MarkdownAsync(Reports.OfHostileKeys())).Split('\n');
        var rows = lines.Where(line => line.Contains("0000-4000-8000", StringComparison.Ordinal)).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rows, Has.Count.EqualTo(Reports.Hostile.Length));
            Assert.That(rows, Has.None.Contains("<").And.None.Contains("@").And.None.Contains("\u001b"));
            Assert.That(rows.Select(row => row.Replace("\\|", "", StringComparison.Ordinal).Count(c => c == '|')), Is.All.EqualTo(5));
        }
    }

    [TestCase(null, FailOn.Any, ExpectedResult = ExitCode.Failed)]
    [TestCase(null, FailOn.New, ExpectedResult = ExitCode.Failed)]
    [TestCase(null, FailOn.None, ExpectedResult = ExitCode.Passed)]
    [TestCase(KeyVerdict.NonCompliant, FailOn.New, ExpectedResult = ExitCode.Passed)]
    [TestCase(KeyVerdict.Compliant, FailOn.New, ExpectedResult = ExitCode.Failed)]
    [TestCase(KeyVerdict.NotApplicable, FailOn.New, ExpectedResult = ExitCode.Failed)]
    [TestCase(KeyVerdict.NotJudged, FailOn.New, ExpectedResult = ExitCode.Failed)]
    public int Finding_is_new_unless_the_baseline_has_it(KeyVerdict? before, FailOn failOn)
    {
        var now = Reports.Of(Reports.Row(1, KeyVerdict.NonCompliant, null)) with { FailOn = failOn };
        return ExitCode.Of(Changes.Compare(before is { } verdict ? Reports.Of(Reports.Row(1, verdict)) : Reports.Of(), now));
    }

    [TestCase(FailOn.Any)]
    [TestCase(FailOn.None)]
    public void Incomplete_audit_never_passes(FailOn failOn) =>
        Assert.That(ExitCode.Of(Incomplete with { FailOn = failOn }), Is.EqualTo(ExitCode.NotComplete));

    private static async Task<XElement> JUnitAsync(AuditReport report) =>
        XElement.Parse(await Reports.TextAsync(report, JUnitReport.WriteAsync));

    private static Task<string> MarkdownAsync(AuditReport report) => Reports.TextAsync(report, MarkdownReport.WriteAsync);
}
