using System.Globalization;
using System.Text;
using System.Xml;

namespace KeyRotation.Audit.Reports;

/// <summary>For pipelines that show test results: a suite a place, a test a key. A failure is what <c>--fail-on</c> counts.</summary>
/// <remarks>Elements and attributes: the JUnit XML that Jenkins, GitLab and GitHub actions read (testsuites, testsuite, testcase, failure, error, skipped).</remarks>
internal static class JUnitReport
{
    private static readonly XmlWriterSettings Settings = new() { Async = true, Indent = true, Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), CloseOutput = false };

    public static async Task WriteAsync(AuditReport report, Stream output)
    {
        await using var xml = XmlWriter.Create(output, Settings);
        var keys = report.Keys.ToLookup(key => Place.NameOf(key.AccountId, key.Region));
        await Start(xml, "testsuites", ("name", "KMS key rotation" + (report.Demonstration ? " (demonstration: made-up keys)" : "")), ("time", Seconds(report.FinishedAt - report.StartedAt)));
        foreach (var place in report.Places.Where(place => place.Status != PlaceStatus.NotEnabled))
        {
            var cases = keys[place.Name].Select(key => (Name: $"{key.Name} {key.KeyId}", Result: ResultOf(report, key))).ToList();
            if (place.Status == PlaceStatus.Incomplete) cases.Add(("every key was listed and judged", ("error", place.Problem ?? "", null)));
            await Start(
                xml,
                "testsuite",
                ("name", place.Name),
                ("tests", Number(cases.Count)),
                ("failures", Count("failure")),
                ("errors", Count("error")),
                ("skipped", Count("skipped")),
                ("timestamp", report.StartedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)));
            foreach (var (name, result) in cases)
            {
                await Start(xml, "testcase", ("classname", place.Name.Replace(' ', '.')), ("name", name));
                if (result is var (kind, message, text))
                {
                    await Start(xml, kind, ("message", message));
                    if (text is not null) await xml.WriteStringAsync(Text(text));
                    await xml.WriteEndElementAsync();
                }

                await xml.WriteEndElementAsync();
            }

            await xml.WriteEndElementAsync();

            string Count(string kind) => Number(cases.Count(test => test.Result?.Kind == kind));
        }

        await xml.WriteEndElementAsync();
    }

    private static (string Kind, string Message, string? Text)? ResultOf(AuditReport report, KeyRow key) => key.Verdict switch
    {
        KeyVerdict.NonCompliant when report.Fails(key) => ("failure", key.Finding, $"{key.Arn}\nNext step: {key.NextStep}"),
        KeyVerdict.NonCompliant => ("skipped", $"Known, or not counted: {key.Finding}", null),
        KeyVerdict.NotJudged => ("error", key.Finding, key.Arn),
        KeyVerdict.NotApplicable => ("skipped", key.Finding, null),
        _ => null,
    };

    private static async Task Start(XmlWriter xml, string name, params (string Name, string Value)[] attributes)
    {
        await xml.WriteStartElementAsync(null, name, null);
        foreach (var attribute in attributes) await xml.WriteAttributeStringAsync(null, attribute.Name, null, Text(attribute.Value));
    }

    /// <summary>XML has no escape for most control characters.</summary>
    private static string Text(string text) => string.Concat(text.EnumerateRunes().Select(rune => rune.Value is '\t' or '\n' or >= ' ' and not (0xFFFE or 0xFFFF) ? rune : Rune.ReplacementChar));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
}
