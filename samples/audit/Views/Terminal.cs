using KeyRotation.Local;
using Spectre.Console;

namespace KeyRotation.Audit.Views;

/// <summary>
/// A terminal: live progress, then counts by reason, and findings last, so that they are just above the prompt. Lines are not broken, so
/// that a command that the terminal wraps is still copied as one line.
/// </summary>
internal sealed class Terminal(IAnsiConsole console, int maxRows) : IView
{
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

    public void Say(string sentence) => Write(sentence);

    public void Show(AuditReport report)
    {
        foreach (var (verdict, scenario, count) in Sentences.Reasons(report).Reverse())
            Write($"{count,7:N0}  {verdict.Name(),-14}  {Reasons.Of(scenario)} ({scenario})", StyleOf(verdict));
        if (report.Changes is { } changes) Show(changes);
        foreach (var verdict in new[] { KeyVerdict.NotJudged, KeyVerdict.NonCompliant })
            Show(verdict, [.. report.Keys.Where(key => key.Verdict == verdict)]);

        Write("");
        Write(Sentences.Totals(report));
        var color = report.Totals.NonCompliant > 0 ? Color.Red : report.Complete ? Color.Green : Color.Yellow;
        Write(Sentences.Headline(report), new Style(color, decoration: Decoration.Bold));
    }

    private void Show(KeyVerdict verdict, List<KeyRow> keys)
    {
        if (keys.Count == 0) return;
        var shown = maxRows == 0 ? keys.Count : Math.Min(maxRows, keys.Count);
        Write("");
        Write(verdict.Name() + (shown == keys.Count ? "" : $": {Sentences.Number(shown)} of {Sentences.Number(keys.Count)}; --rows 0 shows all, --output writes all"), StyleOf(verdict));
        foreach (var key in keys.Take(shown))
        {
            Write((key.Aliases is [var alias, ..] ? alias + "  " : "") + $"{key.KeyId}  {key.AccountId} {key.Region}", new Style(decoration: Decoration.Bold));
            Write("  " + key.Finding);
            if (key.NextStep is null) continue;

            // A command starts at the first column of its own line.
            var command = key.NextStep.IndexOf("aws kms ", StringComparison.Ordinal);
            if (command != 0) Write("  " + (command < 0 ? key.NextStep : key.NextStep[..command].TrimEnd()));
            if (command >= 0) Write(key.NextStep[command..]);
        }
    }

    private void Show(Changes changes)
    {
        Write("");
        foreach (var change in changes.Keys.Take(maxRows == 0 ? changes.Keys.Count : maxRows))
        {
            Write($"{Sentences.Name(change.Kind)}: {change.Name}: {change.FindingAfter ?? change.FindingBefore}", change.Kind switch
            {
                ChangeKind.Worse => StyleOf(KeyVerdict.NonCompliant),
                ChangeKind.Better => StyleOf(KeyVerdict.Compliant),
                _ => Style.Plain,
            });
        }

        Write(Sentences.Changes(changes));
    }

    private void Write(string line, Style? style = null) => console.WriteUnwrapped(SingleLine.Of(line), style);

    private static Style StyleOf(KeyVerdict verdict) => verdict switch
    {
        KeyVerdict.NonCompliant => new Style(Color.Red),
        KeyVerdict.NotJudged => new Style(Color.Yellow),
        KeyVerdict.Compliant => new Style(Color.Green),
        _ => new Style(Color.Grey),
    };
}
