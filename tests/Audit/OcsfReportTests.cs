using System.Text.Json.Nodes;
using KeyRotation.Audit;
using KeyRotation.Audit.Reports;

namespace KeyRotation.Tests.Audit;

/// <summary>
/// Events of the class compliance_finding (2003), with its objects and the profile cloud. Source: schema.ocsf.io, version 1.6.0.
/// </summary>
internal sealed class OcsfReportTests
{
    /// <summary>
    /// The attributes of version 1.6.0 that are not deprecated, with their types. Each object has only those that a compliance finding can
    /// use.
    /// </summary>
    private const string Schema = """
        {
          "type": "object", "additionalProperties": false,
          "required": ["activity_id", "category_uid", "class_uid", "type_uid", "severity_id", "time", "cloud", "compliance", "finding_info", "metadata"],
          "properties": {
            "activity_id": { "enum": [1] }, "activity_name": { "type": "string" }, "category_name": { "type": "string" }, "category_uid": { "enum": [2] },
            "class_name": { "type": "string" }, "class_uid": { "enum": [2003] }, "type_name": { "type": "string" }, "type_uid": { "enum": [200301] },
            "severity": { "type": "string" }, "severity_id": { "enum": [0, 1, 2, 3, 4, 5, 6, 99] }, "status": { "type": "string" }, "status_id": { "enum": [0, 1, 2, 3, 4, 5, 6, 99] },
            "time": { "type": "integer" }, "message": { "type": "string" }, "unmapped": { "type": "object" },
            "cloud": { "type": "object", "additionalProperties": false, "required": ["provider"], "properties": {
              "provider": { "type": "string" }, "region": { "type": "string" },
              "account": { "type": "object", "additionalProperties": false, "properties": { "uid": { "type": "string" }, "type": { "type": "string" }, "type_id": { "type": "integer" } } } } },
            "compliance": { "type": "object", "additionalProperties": false, "required": ["standards"], "properties": {
              "control": { "type": "string" }, "requirements": { "$ref": "#/definitions/texts" }, "standards": { "$ref": "#/definitions/texts" },
              "status": { "type": "string" }, "status_code": { "type": "string" }, "status_details": { "$ref": "#/definitions/texts" }, "status_id": { "enum": [0, 1, 2, 3, 99] } } },
            "finding_info": { "type": "object", "additionalProperties": false, "required": ["uid", "title"], "properties": {
              "uid": { "type": "string" }, "title": { "type": "string" }, "desc": { "type": "string" }, "created_time": { "type": "integer" }, "types": { "$ref": "#/definitions/texts" } } },
            "metadata": { "type": "object", "additionalProperties": false, "required": ["version", "product"], "properties": {
              "version": { "enum": ["1.6.0"] }, "profiles": { "$ref": "#/definitions/texts" }, "labels": { "$ref": "#/definitions/texts" },
              "product": { "type": "object", "additionalProperties": false, "required": ["vendor_name", "name"], "properties": {
                "name": { "type": "string" }, "vendor_name": { "type": "string" }, "version": { "type": "string", "minLength": 1 } } } } },
            "remediation": { "type": "object", "additionalProperties": false, "required": ["desc"], "properties": { "desc": { "type": "string" } } },
            "resources": { "type": "array", "items": { "type": "object", "additionalProperties": false, "properties": {
              "uid": { "type": "string" }, "name": { "type": "string" }, "type": { "type": "string" }, "region": { "type": "string" }, "cloud_partition": { "type": "string" },
              "labels": { "$ref": "#/definitions/texts" } } } }
          },
          "definitions": { "texts": { "type": "array", "items": { "type": "string" } } }
        }
        """;

    [Test]
    public async Task Findings_match_the_OCSF_schema()
    {
        var schema = await NJsonSchema.JsonSchema.FromJsonAsync(Schema);
        AuditReport[] reports = [Reports.Mixed(), Reports.WithEvidence(), Reports.OfHostileKeys(), Reports.WithRotations()];
        foreach (var report in reports)
        {
            foreach (var finding in await FindingsAsync(report))
                Assert.That(schema.Validate(finding!.ToJsonString()).Select(error => $"{error.Path}: {error.Kind}"), Is.Empty);
        }
    }

    [Test]
    public async Task Metadata_has_the_evidence_as_labels()
    {
        var finding = (await FindingsAsync(Reports.WithEvidence() with { Demonstration = true }))[0]!;
        Assert.That(finding["metadata"]!["labels"]!.AsArray().Select(label => (string)label!), Is.SupersetOf(new[]
        {
            "demonstration", "incomplete", "started:2026-11-24T12:00:00Z", "caller:arn:aws:sts::111122223333:assumed-role/Audit/me",
            "role:arn:aws:iam::111122223333:role/audit", "maxRotationPeriodInDays:365",
        }));
    }

    [TestCase(KeyVerdict.NonCompliant, 3, 3)]
    [TestCase(KeyVerdict.NotJudged, 2, 0)]
    [TestCase(KeyVerdict.Compliant, 1, 1)]
    [TestCase(KeyVerdict.NotApplicable, 99, 1)]
    public async Task Verdict_maps_to_status_and_severity(KeyVerdict verdict, int status, int severity)
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
    public async Task Finding_names_its_key_and_keeps_its_identity()
    {
        var row = Reports.Row(7, KeyVerdict.NonCompliant, 730);
        var compliant = Reports.Of(row with { Verdict = KeyVerdict.Compliant }) with { FinishedAt = Reports.Now.AddDays(30) };
        var first = (await FindingsAsync(Reports.Of(row))).Single()!;
        var later = (await FindingsAsync(compliant)).Single()!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((string)first["resources"]![0]!["uid"]!, Is.EqualTo(row.Arn));
            Assert.That((string)first["cloud"]!["account"]!["uid"]!, Is.EqualTo(Reports.Account));
            Assert.That((string)later["finding_info"]!["uid"]!, Is.EqualTo((string)first["finding_info"]!["uid"]!));
            Assert.That((long)first["time"]!, Is.EqualTo(Reports.Now.AddSeconds(40).ToUnixTimeMilliseconds()), "The time is in milliseconds since the Unix epoch.");
            Assert.That((long)later["time"]!, Is.EqualTo(Reports.Now.AddDays(30).ToUnixTimeMilliseconds()));
        }
    }

    [Test]
    public async Task Hostile_texts_stay_unchanged()
    {
        var findings = await FindingsAsync(Reports.OfHostileKeys());
        Assert.That(findings.Select(finding => (string)finding!["message"]!), Is.EqualTo(Reports.Hostile));
    }

    [Test]
    public async Task No_keys_give_an_empty_array() => Assert.That(await FindingsAsync(Reports.Of()), Is.Empty);

    private static async Task<JsonArray> FindingsAsync(AuditReport report) =>
        JsonNode.Parse(await Reports.TextAsync(report, OcsfReport.WriteAsync))!.AsArray();
}
