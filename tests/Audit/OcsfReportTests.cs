using System.Text.Json.Nodes;
using KeyRotation.Audit;
using KeyRotation.Audit.Reports;

namespace KeyRotation.Tests.Audit;

/// <summary>Required attributes of class compliance_finding (2003), its objects, and the profile cloud. Source: schema.ocsf.io, version 1.6.0.</summary>
internal sealed class OcsfReportTests
{
    private static readonly string[] Required =
    [
        "activity_id", "category_uid", "class_uid", "type_uid", "severity_id", "time",
        "cloud.provider", "compliance.standards", "finding_info.uid", "finding_info.title", "metadata.version", "metadata.product.vendor_name", "metadata.product.name",
    ];

    [TestCaseSource(nameof(Required))]
    public async Task Every_finding_has(string attribute)
    {
        foreach (var finding in await FindingsAsync(Reports.Mixed()))
            Assert.That(attribute.Split('.').Aggregate(finding, (node, name) => node?[name]), Is.Not.Null);
    }

    [Test]
    public async Task The_identifiers_are_those_of_the_class()
    {
        foreach (var finding in await FindingsAsync(Reports.Mixed()))
        {
            using (Assert.EnterMultipleScope())
            {
                Assert.That((int)finding!["class_uid"]!, Is.EqualTo(2003));
                Assert.That((int)finding["category_uid"]!, Is.EqualTo(2));
                Assert.That((int)finding["type_uid"]!, Is.EqualTo(((int)finding["class_uid"]! * 100) + (int)finding["activity_id"]!));
                Assert.That((long)finding["time"]!, Is.EqualTo(Reports.Now.AddSeconds(40).ToUnixTimeMilliseconds()), "Milliseconds since the epoch.");
                Assert.That((string)finding["metadata"]!["version"]!, Is.EqualTo("1.6.0"));
            }
        }
    }

    [TestCase(KeyVerdict.NonCompliant, 3, 3)]
    [TestCase(KeyVerdict.NotJudged, 2, 0)]
    [TestCase(KeyVerdict.Compliant, 1, 1)]
    [TestCase(KeyVerdict.NotApplicable, 99, 1)]
    public async Task A_verdict_has_its_status_and_severity(KeyVerdict verdict, int status, int severity)
    {
        var finding = (await FindingsAsync(Reports.Of(Reports.Row(1, verdict)))).Single()!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((int)finding["compliance"]!["status_id"]!, Is.EqualTo(status));
            Assert.That((int)finding["severity_id"]!, Is.EqualTo(severity));
            Assert.That((string)finding["compliance"]!["status_code"]!, Is.EqualTo(verdict.Name()));
        }
    }

    [Test]
    public async Task A_finding_names_its_key_and_keeps_its_identity_from_audit_to_audit()
    {
        var row = Reports.Row(7, KeyVerdict.NonCompliant, 730);
        var first = (await FindingsAsync(Reports.Of(row))).Single()!;
        var later = (await FindingsAsync(Reports.Of(row with { Verdict = KeyVerdict.Compliant }) with { FinishedAt = Reports.Now.AddDays(30) })).Single()!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((string)first["resources"]![0]!["uid"]!, Is.EqualTo(row.Arn));
            Assert.That((string)first["cloud"]!["account"]!["uid"]!, Is.EqualTo(Reports.Account));
            Assert.That((string)later["finding_info"]!["uid"]!, Is.EqualTo((string)first["finding_info"]!["uid"]!));
            Assert.That(later["time"]!.ToString(), Is.Not.EqualTo(first["time"]!.ToString()));
        }
    }

    [Test]
    public async Task Hostile_texts_stay_texts()
    {
        var findings = await FindingsAsync(Reports.OfHostileKeys());
        Assert.That(findings.Select(finding => (string)finding!["message"]!), Is.EqualTo(Reports.Hostile));
    }

    [Test]
    public async Task No_key_is_an_empty_list() => Assert.That(await FindingsAsync(Reports.Of()), Is.Empty);

    private static async Task<JsonArray> FindingsAsync(AuditReport report)
    {
        using var output = new MemoryStream();
        await OcsfReport.WriteAsync(report, output);
        output.Position = 0;
        return (await JsonNode.ParseAsync(output))!.AsArray();
    }
}
