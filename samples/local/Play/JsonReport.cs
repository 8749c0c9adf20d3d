using System.Text.Json;
using System.Text.Json.Serialization;

namespace KeyRotation.Local;

/// <summary>One JSON object a line, for programs.</summary>
internal sealed class JsonReport(TextWriter output) : IReport
{
    public Task<List<Row>> PlayAsync(int samples, Func<Action<Row>, Task<List<Row>>> play) => play(row => Write(
        new SampleLine(
            row.Sample.Name,
            row.Sample.Event.KeyId,
            row.Sample.Expected?.Name(),
            row.Verdict?.Name(),
            row.Code,
            row.Annotation,
            Math.Round(row.Duration.TotalMilliseconds, 1),
            row.Difference,
            row.NotChecked,
            row.Note),
        ReportJson.Default.SampleLine));

    public void Sweeps(IReadOnlyList<SweepRow> sweeps)
    {
        foreach (var sweep in sweeps)
        {
            Write(
                new SweepLine(sweep.Sweep, sweep.Keys, sweep.KmsCalls, sweep.PutEvaluationsCalls, sweep.Evaluations, Math.Round(sweep.Duration.TotalMilliseconds, 1), sweep.Difference),
                ReportJson.Default.SweepLine);
        }
    }

    public void Totals(Totals totals) => Write(
        new TotalsLine(totals.AsExpected, totals.Differing, totals.NotChecked, totals.Own, Math.Round(totals.Duration.TotalMilliseconds)),
        ReportJson.Default.TotalsLine);

    private void Write<T>(T line, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) => output.WriteLine(JsonSerializer.Serialize(line, type));
}

internal sealed record SampleLine(
    string Sample, string? KeyId, string? Expected, string? Verdict, string? Code, string? Annotation, double Milliseconds, string? Difference, string? NotChecked, string? Notes);

internal sealed record SweepLine(int Sweep, int Keys, int KmsCalls, int PutEvaluationsCalls, int Evaluations, double Milliseconds, string? Difference);

internal sealed record TotalsLine(int AsExpected, int Differing, int NotChecked, int Own, double Milliseconds);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SampleLine))]
[JsonSerializable(typeof(SweepLine))]
[JsonSerializable(typeof(TotalsLine))]
internal sealed partial class ReportJson : JsonSerializerContext;
