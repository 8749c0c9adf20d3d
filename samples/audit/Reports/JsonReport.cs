using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KeyRotation.Audit.Reports;

/// <summary>The whole report for programs, and for --baseline. audit.schema.json describes it.</summary>
internal static class JsonReport
{
    public static Task WriteAsync(AuditReport report, Stream output) =>
        JsonSerializer.SerializeAsync(output, report, AuditJson.Indented.AuditReport);

    /// <exception cref="BaselineException">The file is not a report, or one of a version that this program does not know.</exception>
    public static async Task<AuditReport> ReadAsync(Stream input, string path)
    {
        try
        {
            var report = await JsonSerializer.DeserializeAsync(input, AuditJson.Default.AuditReport)
                ?? throw new BaselineException($"{path} holds no report.");
            return report.SchemaVersion.StartsWith("1.", StringComparison.Ordinal)
                ? report
                : throw new BaselineException($"{path} has schemaVersion {report.SchemaVersion}; this program reads 1.x.");
        }
        catch (JsonException e)
        {
            throw new BaselineException($"{path} is not a report of this program: {e.Message}");
        }
    }
}

internal sealed class BaselineException(string message) : Exception(message);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuditReport))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class AuditJson : JsonSerializerContext
{
    /// <summary>For people and diff tools: indented, and letters of other languages as they are.</summary>
    public static AuditJson Indented => field ??= new(new JsonSerializerOptions(Default.Options)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
