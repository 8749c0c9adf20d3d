using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KeyRotation.Audit.Reports;

/// <summary>
/// One Compliance Finding per key, in the Open Cybersecurity Schema Framework: a JSON array with one event per line. Source:
/// schema.ocsf.io, class compliance_finding (2003) of version 1.6.0, with the profile cloud; ocsf/ocsf-schema, events/findings.
/// </summary>
internal static class OcsfReport
{
    public const string SchemaVersion = "1.6.0";

    private const int ClassUid = 2003;
    private const int ActivityCreate = 1;

    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task WriteAsync(AuditReport report, Stream output)
    {
        await using var text = new StreamWriter(output, leaveOpen: true);
        await text.WriteAsync('[');
        var separator = "\n";
        foreach (var key in report.Keys)
        {
            await text.WriteAsync(separator);
            await text.WriteAsync(Event(report, key).ToJsonString(Options));
            separator = ",\n";
        }

        await text.WriteAsync("\n]\n");
    }

    private static JsonObject Event(AuditReport report, KeyRow key)
    {
        var time = report.FinishedAt.ToUnixTimeMilliseconds();
        var (severity, status) = Ids(key.Verdict);
        var finding = new JsonObject
        {
            ["activity_id"] = ActivityCreate,
            ["activity_name"] = "Create",
            ["category_name"] = "Findings",
            ["category_uid"] = ClassUid / 1000,
            ["class_name"] = "Compliance Finding",
            ["class_uid"] = ClassUid,
            ["type_name"] = "Compliance Finding: Create",
            ["type_uid"] = (ClassUid * 100) + ActivityCreate,
            ["severity"] = severity.Name,
            ["severity_id"] = severity.Id,
            ["status"] = "New",
            ["status_id"] = 1,
            ["time"] = time,
            ["message"] = key.Finding,
            ["cloud"] = new JsonObject
            {
                ["provider"] = "AWS",
                ["region"] = key.Region,
                ["account"] = new JsonObject { ["uid"] = key.AccountId, ["type"] = "AWS Account", ["type_id"] = 10 },
            },
            ["compliance"] = new JsonObject
            {
                ["control"] = $"KMS key rotation: automatic, at least every {report.MaxRotationPeriodInDays} days",
                ["requirements"] = new JsonArray(Standard.Cis.Recommendation),
                ["standards"] = new JsonArray(Standard.Cis.Name),
                ["status"] = status.Name,
                ["status_id"] = status.Id,
                ["status_code"] = key.Verdict.Name(),
                ["status_details"] = new JsonArray(key.Finding),
            },
            ["finding_info"] = new JsonObject
            {
                ["uid"] = $"kms-key-rotation/{key.Arn}",
                ["title"] = (report.Demonstration ? "Demonstration: " : "") + "KMS key rotation: " + Reasons.Of(key.Scenario),
                ["desc"] = key.Finding,
                ["created_time"] = time,
                ["types"] = new JsonArray("Software and Configuration Checks/Industry and Regulatory Standards"),
            },
            ["metadata"] = new JsonObject
            {
                ["version"] = SchemaVersion,
                ["product"] = new JsonObject
                {
                    ["name"] = "KMS Key Rotation for AWS Config: audit",
                    ["vendor_name"] = "KMS Key Rotation for AWS Config",
                    ["version"] = report.ProgramVersion ?? "",
                },
                ["profiles"] = new JsonArray("cloud"),
                ["labels"] = new JsonArray([.. Sentences.Labels(report).Select(label => (JsonNode)label)]),
            },
            ["resources"] = new JsonArray(new JsonObject
            {
                ["uid"] = key.Arn,
                ["name"] = key.Name,
                ["type"] = KeyFacts.ResourceType,
                ["region"] = key.Region,
                ["cloud_partition"] = key.Arn.Split(':')[1],
            }),
        };
        if (key.NextStep is not null) finding["remediation"] = new JsonObject { ["desc"] = key.NextStep };
        if (Unmapped(key) is { Count: > 0 } unmapped) finding["unmapped"] = unmapped;
        if (key.Tags is not null) finding["resources"]![0]!["labels"] = new JsonArray([.. key.Tags.Select(tag => (JsonNode)$"{tag.Key}:{tag.Value}")]);
        return finding;
    }

    /// <summary>OCSF has no attributes for key rotation. Such data belongs in <c>unmapped</c>.</summary>
    private static JsonObject Unmapped(KeyRow key)
    {
        var unmapped = new JsonObject();
        if (key.Rotations is { } rotations) unmapped["rotations"] = rotations;
        if (key.LastRotationDate is { } date) unmapped["last_rotation_time"] = date.ToUnixTimeMilliseconds();
        if (key.LastRotationType is { } type) unmapped["last_rotation_type"] = type;
        if (key.RotatedSinceBaseline is { } rotated) unmapped["rotated_since_baseline"] = rotated;
        if (key.LastUse is { } use) unmapped["last_use"] = use.Sentence;
        return unmapped;
    }

    /// <summary>
    /// Security Hub gives its own rotation control the severity Medium. A key that could not be judged is a Warning, which OCSF defines as
    /// "did not yield a result due to missing information".
    /// </summary>
    private static ((string Name, int Id) Severity, (string Name, int Id) Status) Ids(KeyVerdict verdict) => verdict switch
    {
        KeyVerdict.NonCompliant => (("Medium", 3), ("Fail", 3)),
        KeyVerdict.NotJudged => (("Unknown", 0), ("Warning", 2)),
        KeyVerdict.Compliant => (("Informational", 1), ("Pass", 1)),
        _ => (("Informational", 1), ("Other", 99)),
    };
}
