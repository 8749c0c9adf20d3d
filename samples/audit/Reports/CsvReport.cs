using System.Globalization;
using CsvHelper;

namespace KeyRotation.Audit.Reports;

/// <summary>
/// One line per key, for spreadsheets: RFC 4180, in UTF-8 without a byte order mark, which some programs read as part of the first name.
/// </summary>
internal static class CsvReport
{
    /// <summary>The last column: whether the keys are made up.</summary>
    public const string Demonstration = "demonstration";

    public static readonly IReadOnlyList<(string Name, Func<KeyRow, string?> Value)> Columns =
    [
        ("verdict", key => key.Verdict.Name()),
        ("accountId", key => key.AccountId),
        ("region", key => key.Region),
        ("keyId", key => key.KeyId),
        ("aliases", key => string.Join(' ', key.Aliases)),
        ("description", key => key.Description),
        ("scenario", key => key.Scenario.ToString()),
        ("finding", key => key.Finding),
        ("nextStep", key => key.NextStep),
        ("rotationEnabled", key => key.RotationEnabled is { } enabled ? enabled ? "true" : "false" : null),
        ("rotationPeriodInDays", key => key.RotationPeriodInDays?.ToString(CultureInfo.InvariantCulture)),
        ("nextRotationDate", key => Iso(key.NextRotationDate)),
        ("lastRotationDate", key => Iso(key.LastRotationDate)),
        ("lastRotationType", key => key.LastRotationType),
        ("rotations", key => key.Rotations?.ToString(CultureInfo.InvariantCulture)),
        ("currentKeyMaterialId", key => key.CurrentKeyMaterialId),
        ("rotatedSinceBaseline", key => key.RotatedSinceBaseline is { } rotated ? rotated ? "true" : "false" : null),
        ("lastUse", key => key.LastUse?.Sentence),
        ("keyManager", key => key.KeyManager),
        ("keyState", key => key.KeyState),
        ("keySpec", key => key.KeySpec),
        ("origin", key => key.Origin),
        ("multiRegionKeyType", key => key.MultiRegionKeyType),
        ("primaryKeyArn", key => key.PrimaryKeyArn),
        ("creationDate", key => Iso(key.CreationDate)),
        ("tags", key => key.Tags is null ? null : string.Join("; ", key.Tags.Select(tag => $"{tag.Key}={tag.Value}"))),
        ("arn", key => key.Arn),
    ];

    // A person who can change a key's description must not be able to run a formula on the auditor's machine. Source: OWASP, CSV Injection.
    private static readonly CsvWriterOptions Options =
        CsvWriterOptions.Default with { Injection = CsvInjection.Escape, WriteByteOrderMark = false };

    public static async Task WriteAsync(AuditReport report, Stream output)
    {
        await using var csv = CsvWriter.Create(output, Options, leaveOpen: true);
        csv.WriteHeader([.. Columns.Select(column => column.Name), Demonstration]);
        foreach (var key in report.Keys)
        {
            foreach (var (_, value) in Columns) csv.WriteField(value(key) ?? "");
            csv.WriteField(report.Demonstration ? "true" : "false");
            await csv.EndRecordAsync();
        }
    }

    private static string? Iso(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
