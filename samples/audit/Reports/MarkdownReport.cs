using System.Text;
using System.Text.RegularExpressions;

namespace KeyRotation.Audit.Reports;

/// <summary>The report for a pull request or a job summary: counts by reason, and the findings.</summary>
internal static partial class MarkdownReport
{
    /// <summary>GitHub allows 65,536 characters in a comment, and 1 MiB in a job summary.</summary>
    private const int MaxLength = 65_536;

    /// <summary>Problems end here, and changes take at most a quarter of this, so that there is room for findings.</summary>
    private const int MaxHead = 16_384;

    public static async Task WriteAsync(AuditReport report, Stream output)
    {
        await using var writer = new StreamWriter(output, leaveOpen: true);
        await writer.WriteAsync(Text(report));
    }

    private static StringBuilder Text(AuditReport report)
    {
        var text = new StringBuilder($"## {Sentences.Headline(report)}\n\n");
        if (report.Demonstration) text.Append($"> **{Sentences.Demonstration}**\n\n");
        Append(text, [.. Sentences.Problems(report)], problem => $"> {Cell(problem)}\n\n", MaxHead, "> ");
        text.Append($"{Sentences.Totals(report)}. {Sentences.Time(report.StartedAt)}, rotation at least every {report.MaxRotationPeriodInDays} days.\n\n");
        if (report.Changes is { } changes) text.Append($"{Cell(SingleLine.Cut(Sentences.Changes(changes), MaxHead / 4))}\n\n");
        text.Append("| verdict | reason | keys |\n|---|---|---:|\n");
        foreach (var (verdict, scenario, count) in Sentences.Reasons(report))
            text.Append($"| {verdict.Name()} | {Audit.Reasons.Of(scenario)} ({scenario}) | {Sentences.Number(count)} |\n");

        var findings = report.Keys
            .Where(key => key.Verdict is KeyVerdict.NonCompliant or KeyVerdict.NotJudged)
            .OrderByDescending(report.Fails)
            .ToList();
        if (findings.Count == 0) return text;
        text.Append("\n| key | account, Region | finding | next step |\n|---|---|---|---|\n");
        Append(text, findings, key => Finding(report, key), MaxLength, "\n");
        return text;
    }

    private static string Finding(AuditReport report, KeyRow key)
    {
        var name = key.Aliases.Count > 0 ? $"{Cell(key.Name)} {key.KeyId}" : key.KeyId;
        var known = key.Verdict == KeyVerdict.NonCompliant && !report.Fails(key) ? " (not counted)" : "";
        return $"| {name} | {key.AccountId} {key.Region} | {Cell(key.Finding)}{known} | {Cell(key.NextStep ?? "")} |\n";
    }

    /// <summary>Appends the lines of the items that fit, and the number of those that do not.</summary>
    private static void Append<T>(StringBuilder text, List<T> items, Func<T, string> lineOf, int maxLength, string prefix)
    {
        const int reserved = 100;
        var shown = 0;
        foreach (var line in items.Select(lineOf))
        {
            if (text.Length + line.Length > maxLength - reserved) break;
            text.Append(line);
            shown++;
        }

        if (shown < items.Count) text.Append($"{prefix}and {Sentences.Number(items.Count - shown)} more, in the other reports.\n\n");
    }

    /// <summary>The text as one line in which nothing is markup, a mention or a link.</summary>
    private static string Cell(string text) => Markup().Replace(SingleLine.Of(text), @"\$0")
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace("@", "&#64;", StringComparison.Ordinal);

    [GeneratedRegex(@"[\\`*_{}[\]()#+!|~>&]")]
    private static partial Regex Markup();
}
