using System.Text.Json.Nodes;

namespace KeyRotation.Local;

/// <summary>Output for programs: one JSON object per line.</summary>
internal sealed class JsonReport(TextWriter output) : IReport
{
    public Task<List<Row>> PlayAsync(int samples, Func<Action<Row>, Task<List<Row>>> play) => play(row => Write(new()
    {
        ["sample"] = row.Sample.Name,
        ["keyId"] = row.Sample.Event.KeyId,
        ["expected"] = row.Sample.Expected,
        ["verdict"] = row.Verdict,
        ["code"] = row.Code,
        ["annotation"] = row.Annotation,
        ["milliseconds"] = Math.Round(row.Duration.TotalMilliseconds, 1),
        ["difference"] = row.Difference,
        ["notChecked"] = row.NotChecked,
        ["notes"] = row.Note,
    }));

    public void Sweeps(IReadOnlyList<SweepRow> sweeps)
    {
        foreach (var sweep in sweeps)
        {
            Write(new()
            {
                ["sweep"] = sweep.Sweep,
                ["keys"] = sweep.Keys,
                ["kmsCalls"] = sweep.KmsCalls,
                ["putEvaluationsCalls"] = sweep.PutEvaluationsCalls,
                ["evaluations"] = sweep.Evaluations,
                ["milliseconds"] = Math.Round(sweep.Duration.TotalMilliseconds, 1),
                ["difference"] = sweep.Difference,
            });
        }
    }

    public void Totals(Totals totals) => Write(new()
    {
        ["asExpected"] = totals.AsExpected,
        ["differing"] = totals.Differing,
        ["notChecked"] = totals.NotChecked,
        ["own"] = totals.Own,
        ["milliseconds"] = Math.Round(totals.Duration.TotalMilliseconds),
    });

    private void Write(JsonObject line) => output.WriteLine(line.ToJsonString());
}
