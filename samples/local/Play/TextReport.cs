using System.Globalization;
using Spectre.Console;

namespace KeyRotation.Local;

/// <summary>
/// For people: totals, and only what differs from what is expected, or everything. Away from a terminal without colours and progress.
/// </summary>
internal sealed class TextReport : IReport
{
    private readonly IAnsiConsole console;
    private readonly bool all;

    public TextReport(bool all)
    {
        this.all = all;
        var plain = Console.IsOutputRedirected;
        var colourless = plain || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = colourless ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
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
        console.WriteWhole(string.Join(", ", verdicts.Select(count => $"{count.Value} {count.Key}").DefaultIfEmpty("no event")) + ".");
        return rows;
    }

    public void Sweeps(IReadOnlyList<SweepRow> sweeps)
    {
        foreach (var sweep in sweeps)
        {
            console.WriteWhole(
                $"Sweep {sweep.Sweep}: {sweep.Keys} keys, {sweep.KmsCalls} KMS calls, {sweep.PutEvaluationsCalls} PutEvaluations calls, "
                + $"{sweep.Evaluations} evaluations, {Milliseconds(sweep.Duration)} ms.");
            if (sweep.Difference is not null) console.WriteWhole($"Sweep {sweep.Sweep}: {sweep.Difference}.", new Style(Color.Red));
        }

        if (sweeps is [.., { Difference: null, Evaluations: 0 }])
            console.WriteWhole("The second sweep found nothing new, so it reported nothing: AWS Config bills by evaluation.");
    }

    public void Totals(Totals totals)
    {
        var own = totals.Own == 0 ? "" : $", {totals.Own} of your own";
        console.WriteWhole(
            $"{totals.AsExpected} as expected, {totals.Differing} not as expected, {totals.NotChecked} not checked{own}, "
            + $"in {totals.Duration.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s."
            + (all || totals.AsExpected == 0 ? "" : " --all shows each."));
    }

    private void Show(Row row)
    {
        console.WriteWhole($"{row.Sample.Name}{(row.IsOwn ? " (your own)" : "")}: {VerdictOf(row)}, {Milliseconds(row.Duration)} ms", StyleOf(row));
        if ((row.NotChecked ?? row.Annotation) is { Length: > 0 } text) console.WriteWhole("  " + text);
        if (row.Note is not null) console.WriteWhole("  " + row.Note);
    }

    private Task<List<Row>> WithProgressAsync(int samples, Func<Action<Row>, Task<List<Row>>> play) => console.Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn())
        .StartAsync(context =>
        {
            var task = context.AddTask("Playing events", maxValue: samples);
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

internal static class WholeLines
{
    /// <summary>
    /// A line as it is, without a break of Spectre's at the width of the terminal: what the terminal itself folds is still copied as one.
    /// </summary>
    public static void WriteWhole(this IAnsiConsole console, string line, Style? style = null)
    {
        var width = console.Profile.Width;
        console.Profile.Width = ushort.MaxValue;
        console.Write(new Text(Clean(line) + "\n", style));
        console.Profile.Width = width;
    }

    /// <summary>What others wrote must not steer the terminal.</summary>
    private static string Clean(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '�' : c));
}
