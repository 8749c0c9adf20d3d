using System.Text.Json.Nodes;
using KeyRotation.Audit;
using KeyRotation.Audit.Reports;
using NJsonSchema;

namespace KeyRotation.Tests.Audit;

internal sealed class JsonReportTests
{
    private static IEnumerable<TestCaseData> Audits()
    {
        var closed = new Place(Reports.Account, "me-central-1", PlaceStatus.NotEnabled, 0, 0, "Not enabled.");
        yield return new TestCaseData(Reports.Mixed()).SetArgDisplayNames("every verdict");
        yield return new TestCaseData(Changes.Compare(Reports.Of(Reports.Row(9)), Reports.WithRotations())).SetArgDisplayNames("rotations, changes");
        yield return new TestCaseData(Reports.WithEvidence()).SetArgDisplayNames("evidence");
        yield return new TestCaseData(Reports.Of()).SetArgDisplayNames("no keys");
        yield return new TestCaseData(Reports.OfHostileKeys()).SetArgDisplayNames("hostile texts");
        yield return new TestCaseData(Reports.Mixed() with { Places = [closed] }).SetArgDisplayNames("Region not enabled");
    }

    [TestCaseSource(nameof(Audits))]
    public async Task Matches_its_schema_and_survives_a_round_trip(AuditReport report)
    {
        var text = await TextAsync(report);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await SchemaAsync()).Validate(text).Select(error => $"{error.Path}: {error.Kind}"), Is.Empty);
            Assert.That(await TextAsync(await ReadAsync(text)), Is.EqualTo(text));
        }
    }

    [TestCase("NOT_JUDGED", "PERHAPS")]
    [TestCase("\"keyId\"", "\"id\"")]
    [TestCase("\"1.1\"", "\"2.0\"")]
    public async Task Schema_rejects_an_invalid_report(string valid, string invalid)
    {
        var text = (await TextAsync(Reports.Mixed())).Replace(valid, invalid, StringComparison.Ordinal);
        Assert.That((await SchemaAsync()).Validate(text), Is.Not.Empty);
    }

    [Test]
    public async Task Program_version_is_written_and_optional_to_read()
    {
        var json = JsonNode.Parse(await TextAsync(Reports.Mixed()))!.AsObject();
        Assert.That((string?)json["programVersion"], Is.EqualTo(Repository.Version));
        json.Remove("programVersion");
        Assert.That((await ReadAsync(json.ToJsonString())).Keys, Has.Count.EqualTo(Reports.Mixed().Keys.Count));
    }

    [TestCase("{}")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{\"schemaVersion\"")]
    public void File_that_is_not_a_report_is_rejected(string text) =>
        Assert.That(() => ReadAsync(text), Throws.TypeOf<UsageException>().With.Message.Contains("old.json"));

    [Test]
    public async Task Unknown_schema_version_is_rejected()
    {
        var text = (await TextAsync(Reports.Mixed())).Replace("\"1.1\"", "\"2.0\"", StringComparison.Ordinal);
        Assert.That(() => ReadAsync(text), Throws.TypeOf<UsageException>().With.Message.Contains("2.0"));
    }

    private static Task<JsonSchema> SchemaAsync() => JsonSchema.FromFileAsync(Repository.PathOf("samples", "audit", "audit.schema.json"));

    private static Task<string> TextAsync(AuditReport report) => Reports.TextAsync(report, JsonReport.WriteAsync);

    private static async Task<AuditReport> ReadAsync(string text)
    {
        var path = Path.Combine(TestContext.CurrentContext.WorkDirectory, "old.json");
        await File.WriteAllTextAsync(path, text);
        return await JsonReport.ReadAsync(path);
    }
}
