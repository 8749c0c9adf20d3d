using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KeyRotation.Audit.Reports;

/// <summary>The complete report, for programs and for --baseline. audit.schema.json describes it.</summary>
internal static class JsonReport
{
    public static Task WriteAsync(AuditReport report, Stream output) =>
        JsonSerializer.SerializeAsync(output, report, AuditJson.Indented.AuditReport);

    /// <exception cref="UsageException">
    /// The file cannot be read, is not a report, or has a schema version that this program does not support.
    /// </exception>
    public static async Task<AuditReport> ReadAsync(string path)
    {
        try
        {
            await using var file = File.OpenRead(path);
            var report = await JsonSerializer.DeserializeAsync(file, AuditJson.Default.AuditReport)
                ?? throw new UsageException($"--baseline: {path} holds no report.");
            return report.SchemaVersion.StartsWith("1.", StringComparison.Ordinal)
                ? report
                : throw new UsageException($"--baseline: {path} has schemaVersion {report.SchemaVersion}; this program reads 1.x.");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException("--baseline: " + (e is JsonException ? $"{path} is not a report of this program: " : "") + e.Message);
        }
    }
}

internal sealed class CamelCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase)
    where T : struct, Enum;

internal sealed class UpperSnakeCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseUpper)
    where T : struct, Enum;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuditReport))]
[JsonSerializable(typeof(PageData))]
internal sealed partial class AuditJson : JsonSerializerContext
{
    /// <summary>For people and diff tools: indented, and without escapes for non-ASCII letters.</summary>
    public static AuditJson Indented => field ??= new(new JsonSerializerOptions(Default.Options)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
