using KeyRotation.Audit;
using KeyRotation.Audit.Reports;
using Sylvan.Data.Csv;

namespace KeyRotation.Tests.Audit;

/// <summary>The report is read with a different library than the one that wrote it.</summary>
internal sealed class CsvReportTests
{
    [Test]
    public async Task CSV_reader_finds_every_key_and_column()
    {
        var report = Reports.Mixed();
        var lines = await ReadAsync(report);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines, Has.Count.EqualTo(report.Keys.Count));
            Assert.That(lines[0].Keys, Is.EqualTo(CsvReport.Columns.Select(column => column.Name).Append(CsvReport.Demonstration)));
            Assert.That(lines.Select(line => line["keyId"]), Is.EqualTo(report.Keys.Select(key => key.KeyId)));
            Assert.That(lines.Select(line => line["verdict"]), Is.EqualTo(report.Keys.Select(key => key.Verdict.Name())));
            Assert.That(lines[1]["rotationPeriodInDays"], Is.EqualTo("730"));
            Assert.That(lines[0]["rotationPeriodInDays"], Is.Empty);
        }
    }

    [TestCaseSource(typeof(Reports), nameof(Reports.Hostile))]
    public async Task Hostile_text_stays_in_its_cell_as_text(string text)
    {
        var report = Reports.OfHostileKeys();
        var line = (await ReadAsync(report))[Array.IndexOf(Reports.Hostile, text)];

        using (Assert.EnterMultipleScope())
        {
            Assert.That(line["description"].TrimStart('\''), Is.EqualTo(text), "Except for the apostrophe that marks it as text, it is unchanged.");
            Assert.That(line.Values.Where(value => value.Length > 0 && "=+-@\t\r".Contains(value[0], StringComparison.Ordinal)), Is.Empty);
            Assert.That(line["arn"], Does.StartWith("arn:aws:kms:"), "No column is shifted.");
        }
    }

    [Test]
    public async Task Lines_end_with_CRLF_without_a_byte_order_mark()
    {
        var text = await Reports.TextAsync(Reports.Of(Reports.Row(1)), CsvReport.WriteAsync);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(text[0], Is.EqualTo('v'), "Python and R read a byte order mark as part of the first name.");
            Assert.That(text, Does.StartWith("verdict,").And.EndsWith("\r\n"));
        }
    }

    private static async Task<List<Dictionary<string, string>>> ReadAsync(AuditReport report)
    {
        using var text = new StringReader(await Reports.TextAsync(report, CsvReport.WriteAsync));
        await using var csv = await CsvDataReader.CreateAsync(text);
        var lines = new List<Dictionary<string, string>>();
        while (await csv.ReadAsync())
            lines.Add(Enumerable.Range(0, csv.FieldCount).ToDictionary(csv.GetName, csv.GetString));
        return lines;
    }
}
