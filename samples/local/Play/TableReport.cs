using System.Globalization;
using Spectre.Console;

namespace KeyRotation.Local;

/// <summary>A table for people. Away from a terminal it is plain text: no colours, no progress, and wide enough not to be folded.</summary>
internal sealed class TableReport : IReport
{
    private const int RedirectedWidth = 220;

    private readonly IAnsiConsole console;

    public TableReport()
    {
        var plain = Console.IsOutputRedirected;
        var colourless = plain || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = colourless ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = plain ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (plain) console.Profile.Width = RedirectedWidth;
    }

    public async Task<List<Row>> PlayAsync(int samples, Func<Action<Row>, Task<List<Row>>> play)
    {
        var rows = console.Profile.Capabilities.Interactive ? await WithProgressAsync(samples, play) : await play(_ => { });
        var table = new Table().Border(TableBorder.Simple).AddColumns("Sample", "Key", "Verdict", "Annotation");
        table.AddColumn(new TableColumn("ms").RightAligned());
        foreach (var row in rows)
        {
            table.AddRow(
                new Text(Clean(row.Sample.Name)),
                new Text(Short(row.Sample.Event.KeyId)),
                new Text(VerdictOf(row), StyleOf(row)),
                new Text(Clean(row.NotChecked ?? row.Annotation ?? "")),
                new Text(row.Duration.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture)));
        }

        console.Write(table);
        foreach (var row in rows.Where(row => row.Note is not null)) console.WriteLine(Clean($"{row.Sample.Name}: {row.Note}"));
        foreach (var row in rows.Where(row => row.Difference is not null))
            console.Write(new Text(Clean($"{row.Sample.Name}: {row.Verdict?.Name() ?? "no verdict"} {row.Code}, but {row.Difference}.\n"), new Style(Color.Red)));
        return rows;
    }

    public void Sweeps(IReadOnlyList<SweepRow> sweeps)
    {
        if (sweeps.Count == 0) return;
        var table = new Table().Border(TableBorder.Simple).AddColumns("Sweep", "Keys", "KMS calls", "PutEvaluations calls", "Evaluations", "ms");
        foreach (var column in table.Columns) column.RightAligned();
        foreach (var sweep in sweeps)
        {
            table.AddRow([.. new double[] { sweep.Sweep, sweep.Keys, sweep.KmsCalls, sweep.PutEvaluationsCalls, sweep.Evaluations, Math.Round(sweep.Duration.TotalMilliseconds) }
                .Select(number => number.ToString(CultureInfo.InvariantCulture))]);
        }

        console.Write(table);
        foreach (var sweep in sweeps.Where(sweep => sweep.Difference is not null))
            console.Write(new Text(Clean($"Sweep {sweep.Sweep}: {sweep.Difference}.\n"), new Style(Color.Red)));
        if (sweeps[^1] is { Difference: null, Evaluations: 0 })
            console.WriteLine("The second sweep found nothing new, so it reported nothing: AWS Config bills by evaluation.");
    }

    public void Totals(Totals totals) => console.WriteLine(
        $"{totals.AsExpected} as expected, {totals.Differing} not as expected, {totals.NotChecked} not checked, in {totals.Duration.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s.");

    private Task<List<Row>> WithProgressAsync(int samples, Func<Action<Row>, Task<List<Row>>> play) => console.Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn())
        .StartAsync(context =>
        {
            var task = context.AddTask("Playing events", maxValue: samples);
            return play(_ => task.Increment(1));
        });

    private static string VerdictOf(Row row) =>
        row.NotChecked is not null ? "not checked" : $"{row.Verdict?.Name() ?? "none"} {row.Code}".TrimEnd() + (row.Difference is null ? "" : " !");

    private static Style StyleOf(Row row) => new(row switch
    {
        { Difference: not null } => Color.Red,
        { Verdict: Verdicts.Compliant } => Color.Green,
        { Verdict: Verdicts.NonCompliant } => Color.Yellow,
        _ => Color.Default,
    });

    private static string Short(string? keyId)
    {
        var clean = Clean(keyId ?? "");
        return clean.Length > 13 ? clean[..12] + "…" : clean;
    }

    /// <summary>What stands in an event must not steer the terminal.</summary>
    private static string Clean(string text) => string.Concat(text.Select(c => char.IsControl(c) && c != '\n' ? '�' : c));
}
