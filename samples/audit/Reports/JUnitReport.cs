using System.Text;
using System.Xml.Linq;

namespace KeyRotation.Audit.Reports;

/// <summary>
/// For pipelines that show test results: one suite per account and Region, one test per key. A finding that <c>--fail-on</c> counts is a
/// failure.
/// </summary>
/// <remarks>
/// The elements and attributes are those of the JUnit XML that Jenkins, GitLab and actions for GitHub read (testsuites, testsuite,
/// testcase, failure, error, skipped).
/// </remarks>
internal static class JUnitReport
{
    public static async Task WriteAsync(AuditReport report, Stream output)
    {
        var keys = report.Keys.ToLookup(key => Place.NameOf(key.AccountId, key.Region));
        var places = report.Places.Where(place => place.Status != PlaceStatus.NotEnabled);
        var suites = places.Select(place => Suite(report, place, keys[place.Name]));
        await using var text = new StreamWriter(output, leaveOpen: true);
        await new XElement("testsuites", Attribute("name", "KMS key rotation" + (report.Demonstration ? " (demonstration: made-up keys)" : "")), suites)
            .SaveAsync(text, SaveOptions.None, CancellationToken.None);
    }

    private static XElement Suite(AuditReport report, Place place, IEnumerable<KeyRow> keys)
    {
        List<XElement> tests = [.. keys.Select(key => Test(place, $"{key.Name} {key.KeyId}", ResultOf(report, key)))];
        if (place.Status == PlaceStatus.Incomplete) tests.Add(Test(place, "every key was listed and judged", Result("error", place.Problem ?? "")));
        return new(
            "testsuite",
            Attribute("name", place.Name),
            new XAttribute("tests", tests.Count),
            Count("failures", "failure"),
            Count("errors", "error"),
            Count("skipped", "skipped"),
            Attribute("timestamp", $"{report.StartedAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss}"),
            tests);

        XAttribute Count(string name, string result) => new(name, tests.Count(test => test.Element(result) is not null));
    }

    private static XElement Test(Place place, string name, XElement? result) =>
        new("testcase", Attribute("classname", place.Name.Replace(' ', '.')), Attribute("name", name), result);

    private static XElement? ResultOf(AuditReport report, KeyRow key) => key.Verdict switch
    {
        KeyVerdict.NonCompliant when report.Fails(key) => Result("failure", key.Finding, $"{key.Arn}\nNext step: {key.NextStep}"),
        KeyVerdict.NonCompliant => Result("skipped", $"Known, or not counted: {key.Finding}"),
        KeyVerdict.NotJudged => Result("error", key.Finding, key.Arn),
        KeyVerdict.NotApplicable => Result("skipped", key.Finding),
        _ => null,
    };

    private static XElement Result(string kind, string message, string text = "") => new(kind, Attribute("message", message), Text(text));

    private static XAttribute Attribute(string name, string value) => new(name, Text(value));

    /// <summary>XML cannot represent most control characters, not even escaped.</summary>
    private static string Text(string text) => string.Concat(text.EnumerateRunes().Select(rune =>
        rune.Value is '\t' or '\n' or >= ' ' and not (0xFFFE or 0xFFFF) ? rune : Rune.ReplacementChar));
}
