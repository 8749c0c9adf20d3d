namespace KeyRotation.Audit.Views;

/// <summary>Plain lines without escape sequences: one per key, with its fields separated by tabs and findings last.</summary>
internal sealed class Lines(TextWriter output) : IView
{
    public Task WatchAsync(AuditRun run, Task running) => running;

    public void Say(string sentence) => output.WriteLine(SingleLine.Of(sentence));

    public void Show(AuditReport report)
    {
        foreach (var key in report.Keys.Reverse())
        {
            string[] fields =
            [
                key.Verdict.Name(), key.AccountId, key.Region, key.KeyId, key.Aliases is [var alias, ..] ? alias : "-",
                key.Scenario.ToString(), key.Finding, key.NextStep ?? "-",
            ];
            output.WriteLine(string.Join('\t', fields.Select(SingleLine.Of)));
        }

        if (report.Changes is { } changes)
        {
            foreach (var change in changes.Keys)
                Say($"Changed: {Sentences.Name(change.Kind)}: {change.Name} ({change.Arn}): {change.FindingAfter ?? change.FindingBefore}");
            Say(Sentences.Changes(changes));
        }

        foreach (var (verdict, scenario, count) in Sentences.Reasons(report).Reverse()) Say($"{count} {verdict.Name()}: {Reasons.Of(scenario)} ({scenario})");
        Say(Sentences.Totals(report));
        Say(Sentences.Headline(report));
    }
}
