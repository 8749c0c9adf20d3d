using System.Text.RegularExpressions;

namespace KeyRotation.Audit.Reports;

/// <summary>For a pull request or a job summary: what fails, and how many of what. It stays far below GitHub's megabyte.</summary>
internal static partial class MarkdownReport
{
    private const int MaxFindings = 200;

    public static async Task WriteAsync(AuditReport report, Stream output)
    {
        await using var text = new StreamWriter(output, leaveOpen: true);
        text.NewLine = "\n";
        await text.WriteLineAsync($"## {Sentences.Headline(report)}\n");
        if (report.Demonstration) await text.WriteLineAsync($"> **{Sentences.Demonstration}**\n");
        foreach (var problem in Sentences.Problems(report)) await text.WriteLineAsync($"> {Cell(problem)}\n");
        await text.WriteLineAsync($"{Sentences.Totals(report)}. {Sentences.Time(report.StartedAt)}, rotation at least every {report.MaxRotationPeriodInDays} days.\n");
        if (report.Changes is { } changes) await text.WriteLineAsync($"{Cell(Sentences.Changes(changes))}\n");
        await text.WriteLineAsync("| verdict | reason | keys |\n|---|---|---:|");
        foreach (var (verdict, scenario, count) in Sentences.Reasons(report))
            await text.WriteLineAsync($"| {verdict.Name()} | {Audit.Reasons.Of(scenario)} ({scenario}) | {Sentences.Number(count)} |");

        var findings = report.Keys
            .Where(key => key.Verdict is KeyVerdict.NonCompliant or KeyVerdict.NotJudged)
            .OrderByDescending(report.Fails)
            .ToList();
        if (findings.Count == 0) return;
        await text.WriteLineAsync("\n| key | account, Region | finding | next step |\n|---|---|---|---|");
        foreach (var key in findings.Take(MaxFindings))
        {
            var name = key.Aliases.Count > 0 ? $"{Cell(key.Name)} {key.KeyId}" : key.KeyId;
            var known = key.Verdict == KeyVerdict.NonCompliant && !report.Fails(key) ? " (not counted)" : "";
            await text.WriteLineAsync($"| {name} | {key.AccountId} {key.Region} | {Cell(key.Finding)}{known} | {Cell(key.NextStep ?? "")} |");
        }

        if (findings.Count > MaxFindings) await text.WriteLineAsync($"\nand {Sentences.Number(findings.Count - MaxFindings)} more, in the other reports.");
    }

    /// <summary>One line, in which nothing is markup, a mention or a link.</summary>
    private static string Cell(string text) => Markup().Replace(SingleLine.Of(text), @"\$0")
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace("@", "&#64;", StringComparison.Ordinal);

    [GeneratedRegex(@"[\\`*_{}[\]()#+!|~>&]")]
    private static partial Regex Markup();
}
