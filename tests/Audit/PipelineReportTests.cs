using System.Xml.Linq;
using KeyRotation.Audit;
using KeyRotation.Audit.Reports;

namespace KeyRotation.Tests.Audit;

/// <summary>What pipelines read: test results and a summary.</summary>
internal sealed class PipelineReportTests
{
    private static readonly AuditReport Incomplete = Reports.BrokenOff(Reports.Mixed(), listed: 9, left: 3);

    [Test]
    public async Task JUnit_has_a_test_a_key_and_counts_them()
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
    public async Task JUnit_fails_what_the_exit_code_fails()
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
    public async Task JUnit_has_an_error_where_keys_are_missing() =>
        Assert.That((await JUnitAsync(Incomplete)).Descendants("error").Select(error => error.Attribute("message")!.Value), Has.One.EqualTo("ListKeys stopped."));

    [Test]
    public async Task JUnit_takes_every_text()
    {
        var names = (await JUnitAsync(Reports.OfHostileKeys())).Descendants("testcase").Select(test => test.Attribute("name")!.Value).ToList();
        Assert.That(names, Has.Count.EqualTo(Reports.Hostile.Length).And.ItemAt(0).Contains("<script>"));
    }

    [Test]
    public async Task Markdown_has_the_findings_and_the_counts()
    {
        var text = await MarkdownAsync(Reports.Mixed());
        Assert.That(text, Does.StartWith("## 2 of 4 keys that have to rotate do not comply, and this audit is not complete."));
        Assert.That(text, Does.Contain("| NON_COMPLIANT | Rotation period is too long (l) | 1 |").And.Contain("Rotation period is 730 days.").And.Contain("could not be judged"));
        Assert.That(text, Does.Not.Contain("Rotation is on"), "Keys that comply are only counted.");
    }

    [Test]
    public async Task Markdown_stays_small()
    {
        var keys = Enumerable.Range(0, 20_000).Select(number => Reports.Row(number, KeyVerdict.NonCompliant, null));
        var text = await MarkdownAsync(Reports.Of([.. keys]));
        Assert.That(text, Has.Length.LessThan(100_000).And.Contains("and 19,800 more"));
    }

    [Test]
    public async Task Markdown_lets_nothing_hostile_out_of_its_cell()
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
    public int A_finding_is_new_unless_it_was_one(KeyVerdict? before, FailOn failOn)
    {
        var now = Reports.Of(Reports.Row(1, KeyVerdict.NonCompliant, null)) with { FailOn = failOn };
        return ExitCode.Of(Changes.Compare(before is { } verdict ? Reports.Of(Reports.Row(1, verdict)) : Reports.Of(), now));
    }

    [TestCase(FailOn.Any)]
    [TestCase(FailOn.None)]
    public void What_is_not_complete_never_passes(FailOn failOn) =>
        Assert.That(ExitCode.Of(Incomplete with { FailOn = failOn }), Is.EqualTo(ExitCode.NotComplete));

    private static async Task<XElement> JUnitAsync(AuditReport report) =>
        XElement.Parse(await Reports.TextAsync(report, JUnitReport.WriteAsync));

    private static Task<string> MarkdownAsync(AuditReport report) => Reports.TextAsync(report, MarkdownReport.WriteAsync);
}
