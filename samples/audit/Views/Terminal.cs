using Spectre.Console;

namespace KeyRotation.Audit.Views;

/// <summary>A terminal: live progress, then a table for each verdict, what needs work first.</summary>
internal sealed class Terminal(IAnsiConsole console, int maxRows) : IView
{
    private const int MinWidthToKeepNamesWhole = 110;

    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100);

    public Task WatchAsync(AuditRun run, Task running) => console.Progress()
        .HideCompleted(true)
        .Columns(new SpinnerColumn(), new ProgressBarColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
        .StartAsync(async progress =>
        {
            var task = progress.AddTask("Listing keys");
            while (!running.IsCompleted)
            {
                await Task.WhenAny(running, Task.Delay(Refresh));
                var (listed, judged) = (run.Listed, run.Judged);
                task.MaxValue = listed + 1;
                task.Value = judged;
                task.Description = $"{Sentences.Number(judged)} of {Sentences.Number(listed)} keys, "
                    + $"{Sentences.Number((int)(judged / Math.Max(.1, run.Elapsed.TotalSeconds)))} a second, "
                    + $"{Sentences.Number(run.NonCompliant)} NON_COMPLIANT, {run.Finished} of {Sentences.Counted(run.Places.Count, "place")} done";
            }
        });

    public void Say(string sentence) => console.Write(new Text(SingleLine.Of(sentence) + "\n"));

    public void Show(AuditReport report)
    {
        foreach (var verdict in report.Keys.GroupBy(key => key.Verdict).OrderBy(group => group.Key)) Show(verdict.Key, [.. verdict]);
        if (report.Changes is { } changes) Show(changes);

        console.Write(new Text(Sentences.Headline(report) + "\n", new Style(report.Totals.NonCompliant > 0 ? Color.Red : report.Complete ? Color.Green : Color.Yellow, decoration: Decoration.Bold)));
        Say(Sentences.Totals(report));
    }

    private void Show(KeyVerdict verdict, List<KeyRow> keys)
    {
        var style = Colour(verdict);
        var isWide = console.Profile.Width >= MinWidthToKeepNamesWhole;
        var hasNextStep = keys.Exists(key => key.NextStep is not null);
        var table = new Table { Border = TableBorder.Rounded, BorderStyle = style, Expand = true, ShowRowSeparators = hasNextStep }
            .Title(new TableTitle($"{verdict.Name()}: {Sentences.Counted(keys.Count, "key")}", style))
            .AddColumn(new TableColumn("Key") { NoWrap = isWide })
            .AddColumn(new TableColumn("Account and Region") { NoWrap = isWide })
            .AddColumn(new TableColumn(hasNextStep ? "Finding and next step" : "Finding"));
        foreach (var key in keys.Take(maxRows == 0 ? keys.Count : maxRows))
        {
            table.AddRow(
                new Text(key.Aliases is [var alias, ..] ? $"{SingleLine.Of(alias)}\n{key.KeyId}" : key.KeyId),
                new Text($"{key.AccountId}\n{key.Region}"),
                new Text(SingleLine.Of(key.Finding) + (key.NextStep is null ? "" : "\nNext step: " + SingleLine.Of(key.NextStep))));
        }

        if (maxRows > 0 && keys.Count > maxRows)
            table.Caption = new TableTitle($"and {Sentences.Number(keys.Count - maxRows)} more: --rows 0 shows all, --output writes all");
        console.Write(table);
        console.WriteLine();
    }

    private void Show(Changes changes)
    {
        Say(Sentences.Changes(changes));
        foreach (var change in changes.Keys.Take(maxRows == 0 ? changes.Keys.Count : maxRows))
        {
            var style = change.Kind switch { ChangeKind.Worse => Colour(KeyVerdict.NonCompliant), ChangeKind.Better => Colour(KeyVerdict.Compliant), _ => Style.Plain };
            console.Write(new Text($"  {Sentences.Name(change.Kind)}: ", style));
            Say($"{change.Name}: {change.FindingAfter ?? change.FindingBefore}");
        }

        console.WriteLine();
    }

    private static Style Colour(KeyVerdict verdict) => verdict switch
    {
        KeyVerdict.NonCompliant => new Style(Color.Red),
        KeyVerdict.NotJudged => new Style(Color.Yellow),
        KeyVerdict.Compliant => new Style(Color.Green),
        _ => new Style(Color.Grey),
    };
}
