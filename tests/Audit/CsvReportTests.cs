using KeyRotation.Audit;
using KeyRotation.Audit.Reports;
using Sylvan.Data.Csv;

namespace KeyRotation.Tests.Audit;

/// <summary>Read back with another library than the one that wrote it.</summary>
internal sealed class CsvReportTests
{
    [Test]
    public async Task A_csv_reader_finds_every_key_and_column()
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
    public async Task What_others_wrote_stays_in_its_cell_and_is_no_formula(string text)
    {
        var report = Reports.OfHostileKeys();
        var line = (await ReadAsync(report))[Array.IndexOf(Reports.Hostile, text)];

        using (Assert.EnterMultipleScope())
        {
            Assert.That(line["description"].TrimStart('\''), Is.EqualTo(text), "It is the same text behind the mark that makes it one.");
            Assert.That(line.Values.Where(value => value.Length > 0 && "=+-@\t\r".Contains(value[0], StringComparison.Ordinal)), Is.Empty);
            Assert.That(line["arn"], Does.StartWith("arn:aws:kms:"), "No column has moved.");
        }
    }

    [Test]
    public async Task Lines_end_as_rfc_4180_says_and_the_first_name_has_no_mark()
    {
        var text = await Reports.TextAsync(Reports.Of(Reports.Row(1)), CsvReport.WriteAsync);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(text[0], Is.EqualTo('v'), "Python and R read a mark as a part of the first name.");
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
