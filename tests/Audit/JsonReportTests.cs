using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KeyRotation.Audit;
using KeyRotation.Audit.Reports;
using NJsonSchema;

namespace KeyRotation.Tests.Audit;

internal sealed class JsonReportTests
{
    private static IEnumerable<TestCaseData> Audits()
    {
        yield return new TestCaseData(Reports.Mixed()).SetArgDisplayNames("every verdict");
        yield return new TestCaseData(Reports.WithRotations() with { Changes = Changes.Between(Reports.Of(Reports.Row(9)), Reports.WithRotations()) with { Rotated = 1 } }).SetArgDisplayNames("rotations");
        yield return new TestCaseData(Reports.WithEvidence()).SetArgDisplayNames("evidence");
        yield return new TestCaseData(Reports.Of()).SetArgDisplayNames("no key");
        yield return new TestCaseData(Reports.OfHostileKeys()).SetArgDisplayNames("hostile texts");
        yield return new TestCaseData(Reports.Mixed() with { Changes = Changes.Between(Reports.Of(Reports.Row(9)), Reports.Mixed()) }).SetArgDisplayNames("changes");
        yield return new TestCaseData(Reports.Mixed() with { Places = [new(Reports.Account, "me-central-1", PlaceStatus.NotEnabled, 0, 0, "Not enabled.")] }).SetArgDisplayNames("a Region not enabled");
    }

    [TestCaseSource(nameof(Audits))]
    public async Task Is_what_its_schema_says(AuditReport report)
    {
        var schema = await JsonSchema.FromFileAsync(Path.Combine(Repository.Root, "samples", "audit", "audit.schema.json"));
        Assert.That(schema.Validate(await TextAsync(report)).Select(error => $"{error.Path}: {error.Kind}"), Is.Empty);
    }

    [Test]
    public async Task The_schema_refuses_what_is_no_report()
    {
        var schema = await JsonSchema.FromFileAsync(Path.Combine(Repository.Root, "samples", "audit", "audit.schema.json"));
        var text = await TextAsync(Reports.Mixed());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(schema.Validate(text.Replace("NOT_JUDGED", "PERHAPS", StringComparison.Ordinal)), Is.Not.Empty);
            Assert.That(schema.Validate(text.Replace("\"keyId\"", "\"id\"", StringComparison.Ordinal)), Is.Not.Empty);
            Assert.That(schema.Validate(text.Replace("\"1.1\"", "\"2.0\"", StringComparison.Ordinal)), Is.Not.Empty);
        }
    }

    [Test]
    public async Task Names_the_version_that_wrote_it() =>
        Assert.That(JsonElement.Parse(await TextAsync(Reports.Of())).GetProperty("programVersion").GetString(), Is.EqualTo(Repository.Version));

    [Test]
    public async Task A_report_without_a_program_version_is_read()
    {
        var text = JsonNode.Parse(await TextAsync(Reports.Mixed()))!.AsObject();
        text.Remove("programVersion");
        Assert.That((await ReadAsync(text.ToJsonString())).Keys, Has.Count.EqualTo(Reports.Mixed().Keys.Count));
    }

    [TestCaseSource(nameof(Audits))]
    public async Task Is_read_back_as_it_was(AuditReport report)
    {
        var text = await TextAsync(report);
        var again = await TextAsync(await ReadAsync(text));
        Assert.That(again, Is.EqualTo(text));
    }

    [TestCase("{}")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{\"schemaVersion\"")]
    public void Another_file_is_no_baseline(string text) =>
        Assert.That(() => ReadAsync(text), Throws.TypeOf<BaselineException>().With.Message.Contains("old.json"));

    [Test]
    public async Task A_version_that_is_not_known_is_no_baseline()
    {
        var text = (await TextAsync(Reports.Mixed())).Replace("\"1.1\"", "\"2.0\"", StringComparison.Ordinal);
        Assert.That(() => ReadAsync(text), Throws.TypeOf<BaselineException>().With.Message.Contains("2.0"));
    }

    private static async Task<string> TextAsync(AuditReport report)
    {
        using var output = new MemoryStream();
        await JsonReport.WriteAsync(report, output);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static Task<AuditReport> ReadAsync(string text) => JsonReport.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), "old.json");
}
