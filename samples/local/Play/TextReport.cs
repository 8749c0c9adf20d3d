using System.Globalization;
using Spectre.Console;

namespace KeyRotation.Local;

/// <summary>
/// Output for people: the totals, and either all results or only those that differ and those of your own events. If the output is not a
/// terminal, it has no colors and no progress bar.
/// </summary>
internal sealed class TextReport : IReport
{
    private readonly IAnsiConsole console;
    private readonly bool all;

    public TextReport(bool all)
    {
        this.all = all;
        var plain = Console.IsOutputRedirected;
        var colorless = plain || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = colorless ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = plain ? InteractionSupport.No : InteractionSupport.Detect,
        });
    }

    public async Task<List<Row>> PlayAsync(int samples, Func<Action<Row>, Task<List<Row>>> play)
    {
        var rows = console.Profile.Capabilities.Interactive ? await WithProgressAsync(samples, play) : await play(_ => { });
        foreach (var row in rows.Where(row => all || row.IsOwn || row.Difference is not null)) Show(row);
        var verdicts = rows.Where(row => row.NotChecked is null)
            .CountBy(row => row.Verdict ?? "without a verdict")
            .OrderBy(count => count.Key, StringComparer.Ordinal);
        console.WriteUnwrapped(string.Join(", ", verdicts.Select(count => $"{count.Value} {count.Key}").DefaultIfEmpty("no events")) + ".");
        return rows;
    }

    public void Sweeps(IReadOnlyList<SweepRow> sweeps)
    {
        foreach (var sweep in sweeps)
        {
            console.WriteUnwrapped(
                $"Sweep {sweep.Sweep}: {sweep.Keys} keys, {sweep.KmsCalls} KMS calls, {sweep.PutEvaluationsCalls} PutEvaluations calls, "
                + $"{sweep.Evaluations} evaluations, {Milliseconds(sweep.Duration)} ms.");
            if (sweep.Difference is not null) console.WriteUnwrapped($"Sweep {sweep.Sweep}: {sweep.Difference}.", new Style(Color.Red));
        }

        if (sweeps is [.., { Difference: null, Evaluations: 0 }])
            console.WriteUnwrapped("The second sweep found no changes, so it reported nothing: AWS Config bills per evaluation.");
    }

    public void Totals(Totals totals)
    {
        var own = totals.Own == 0 ? "" : $", {totals.Own} of your own";
        console.WriteUnwrapped(
            $"{totals.AsExpected} as expected, {totals.Differing} not as expected, {totals.NotChecked} not checked{own}, "
            + $"in {totals.Duration.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s."
            + (all || totals.AsExpected == 0 ? "" : " Use --all to see each event."));
    }

    private void Show(Row row)
    {
        console.WriteUnwrapped($"{row.Sample.Name}{(row.IsOwn ? " (your own)" : "")}: {VerdictOf(row)}, {Milliseconds(row.Duration)} ms", StyleOf(row));
        if ((row.NotChecked ?? row.Annotation) is { Length: > 0 } text) console.WriteUnwrapped("  " + text);
        if (row.Note is not null) console.WriteUnwrapped("  " + row.Note);
    }

    private Task<List<Row>> WithProgressAsync(int samples, Func<Action<Row>, Task<List<Row>>> play) => console.Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn())
        .StartAsync(context =>
        {
            var task = context.AddTask("Sending events", maxValue: samples);
            return play(_ => task.Increment(1));
        });

    private static string VerdictOf(Row row) =>
        row.NotChecked is not null ? "not checked"
        : $"{row.Verdict ?? "no verdict"} {row.Code}".TrimEnd() + (row.Difference is null ? "" : $", but {row.Difference}");

    private static Style StyleOf(Row row) => new(row switch
    {
        { Difference: not null } => Color.Red,
        { Verdict: "COMPLIANT" } => Color.Green,
        { Verdict: "NON_COMPLIANT" } => Color.Yellow,
        _ => Color.Default,
    });

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);
}

internal static class UnwrappedLines
{
    /// <summary>
    /// Writes a line without the line breaks that Spectre.Console inserts at the width of the terminal. A line that the terminal wraps is
    /// still copied as one line.
    /// </summary>
    public static void WriteUnwrapped(this IAnsiConsole console, string line, Style? style = null)
    {
        var width = console.Profile.Width;
        console.Profile.Width = ushort.MaxValue;
        console.Write(new Text(Clean(line) + "\n", style));
        console.Profile.Width = width;
    }

    /// <summary>Text from elsewhere must not control the terminal.</summary>
    private static string Clean(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '�' : c));
}
