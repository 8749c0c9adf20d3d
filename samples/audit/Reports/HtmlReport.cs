using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace KeyRotation.Audit.Reports;

/// <summary>
/// One self-contained page. Its Content Security Policy (CSP) lets the browser load nothing, and run and apply only the page's own script
/// and style, identified by their hashes.
/// </summary>
internal static partial class HtmlReport
{
    private const int MaxChangesListed = 200;
    private const int MaxChangesOpen = 10;

    public static async Task WriteAsync(AuditReport report, Stream output)
    {
        var (css, js) = (Part("page.css"), Part("page.js"));
        var values = new Dictionary<string, string>
        {
            ["csp"] = $"default-src 'none'; script-src '{Hash(js)}'; style-src '{Hash(css)}'; base-uri 'none'; form-action 'none'",
            ["css"] = css,
            ["js"] = js,
            ["title"] = Html.Text($"KMS key rotation audit, {Sentences.Time(report.StartedAt)}"),
            ["headline"] = Html.Text(Sentences.Headline(report)),
            ["scope"] = Html.Text($"{Sentences.Time(report.StartedAt)} · {Sentences.Scope(report)} · rotation at least every {report.MaxRotationPeriodInDays} days"),
            ["notices"] = Notices(report),
            ["tiles"] = Tiles(report),
            ["changes"] = report.Changes is { } changes ? Changes(changes) : "",
            ["charts"] = Svg.Rows(Charts.VerdictsByPlace(report), "places")
                + Svg.Columns(Charts.RotationPeriods(report), "periods")
                + Svg.Columns(Charts.NextRotations(report), "waits")
                + (Charts.MaterialAges(report) is { } ages ? Svg.Columns(ages, "ages") : ""),
            ["evidence"] = Evidence(report),
            ["about"] = About(report),
            ["data"] = PageData.Of(report.Keys),
        };
        await using var text = new StreamWriter(output, leaveOpen: true);
        await text.WriteAsync(Placeholder().Replace(Part("page.html"), match => values[match.Groups[1].Value]));
    }

    private static string Notices(AuditReport report)
    {
        var demonstration = Html.Text(Sentences.Demonstration["Demonstration:".Length..]);
        var problems = string.Concat(Sentences.Problems(report).Select(problem => $"<li>{Html.Text(problem)}</li>"));
        var title = report.Complete ? "Note." : "This audit is not complete.";
        return (report.Demonstration ? $"<p class=\"notice\"><strong>Demonstration:</strong>{demonstration}</p>" : "")
            + (problems.Length > 0 ? $"<div class=\"notice\"><strong>{title}</strong><ul>{problems}</ul></div>" : "");
    }

    private static string Tiles(AuditReport report)
    {
        var (totals, judged) = (report.Totals, report.Totals.NonCompliant + report.Totals.Compliant);
        var share = judged == 0 ? "–" : $"{Math.Floor(100.0 * totals.Compliant / judged):0} %";
        return (report.Complete
                ? Tile("", "Share that complies", share, $"of {Sentences.Number(judged)} keys that have to rotate")
                : Tile(KeyVerdict.NotJudged.Name(), "Share that complies", "not known", $"{share} of the {Sentences.Number(judged)} keys judged; the audit is not complete"))
            + Verdict(KeyVerdict.NonCompliant, "need work")
            + (totals.NotJudged > 0 ? Verdict(KeyVerdict.NotJudged, "could not be read") : "")
            + (Unseen(report) is { } unseen ? Tile(KeyVerdict.NotJudged.Name(), "Not audited", unseen.Number, unseen.Meaning) : "")
            + Verdict(KeyVerdict.Compliant, "rotate often enough")
            + Verdict(KeyVerdict.NotApplicable, "need not or cannot rotate");

        string Verdict(KeyVerdict verdict, string meaning) =>
            Tile(verdict.Name(), verdict.Name(), Sentences.Number(totals[verdict]), meaning);

        static string Tile(string className, string name, string value, string meaning) =>
            $"<div class=\"{className}\"><dt>{name}</dt><dd>{value}<small>{meaning}</small></dd></div>\n";
    }

    /// <summary>Keys that were listed but not judged, or that could not be listed.</summary>
    private static (string Number, string Meaning)? Unseen(AuditReport report)
    {
        var unlisted = report.Places.Count(place => place.Status == PlaceStatus.Incomplete);
        return (report.KeysLeft, unlisted) switch
        {
            (0, 0) => null,
            (0, _) => ("?", $"keys of {Sentences.Counted(unlisted, "place")} that could not be listed to the end"),
            _ => (Sentences.Number(report.KeysLeft), "keys were listed and not judged"),
        };
    }

    private static string Changes(Changes changes)
    {
        var kinds = string.Concat(changes.Keys.GroupBy(change => change.Kind, (kind, all) => Kind(kind, [.. all])));
        return $"<section aria-labelledby=\"changes-title\"><h2 id=\"changes-title\">What changed</h2><div class=\"changes\">"
            + $"<p>{Html.Text(Sentences.Changes(changes))}</p>{kinds}</div></section>";
    }

    private static string Kind(ChangeKind kind, List<KeyChange> changes)
    {
        var title = Html.Text($"{Sentences.Counted(changes.Count, "key")} {Sentences.Name(kind)}");
        var items = string.Concat(changes.Take(MaxChangesListed).Select(change =>
            $"<li>{Html.Text($"{change.Name} ({change.Arn}): {change.FindingAfter ?? change.FindingBefore}")}</li>"));
        var rest = changes.Count - MaxChangesListed;
        return $"<details{(changes.Count <= MaxChangesOpen ? " open" : "")}><summary>{title}</summary><ul>{items}"
            + (rest > 0 ? $"<li>{Html.Text($"and {Sentences.Number(rest)} more, in the JSON report")}</li>" : "")
            + "</ul></details>";
    }

    private static string Evidence(AuditReport report) =>
        string.Concat(Sentences.Evidence(report).Select(item => $"<dt>{Html.Text(item.Name)}</dt><dd>{Html.Text(item.Value)}</dd>\n"));

    private static string About(AuditReport report)
    {
        var reasons = string.Concat(Sentences.Reasons(report).Select(reason =>
            $"<tr><td>{reason.Verdict.Name()}</td><td>{Html.Text(Reasons.Of(reason.Scenario))}</td><td>{reason.Scenario}</td><td class=\"number\">{Sentences.Number(reason.Count)}</td></tr>"));
        var places = string.Concat(report.Places.Select(place =>
            $"<tr><td>{Html.Text(place.AccountId)}</td><td>{Html.Text(place.Region)}</td><td class=\"number\">{Sentences.Number(place.KeysListed)}</td><td>{Html.Text(Status(place))}</td></tr>"));
        var letters = string.Concat(Reasons.All.Select(reason => $"<li><b>{reason.Key}</b> {Html.Text(reason.Value)}</li>"));
        return $"""
            <p>{Html.Text(Sentences.Procedure(report))}</p>
            <h3>Keys by reason</h3>
            <table><thead><tr><th scope="col">Verdict</th><th scope="col">Reason</th><th scope="col">Scenario</th><th scope="col" class="number">Keys</th></tr></thead><tbody>{reasons}</tbody></table>
            <h3>Accounts and Regions</h3>
            <table><thead><tr><th scope="col">Account</th><th scope="col">Region</th><th scope="col" class="number">Keys</th><th scope="col">Audit</th></tr></thead><tbody>{places}</tbody></table>
            <h3>The letters of the scenarios</h3>
            <ul class="letters">{letters}</ul>
            """;
    }

    private static string Status(Place place) => place.Status switch
    {
        PlaceStatus.Complete => "complete" + (place.Problem is null ? "" : $": {place.Problem}"),
        PlaceStatus.NotEnabled => $"not enabled: {place.Problem}",
        _ => $"incomplete: {place.Problem}",
    };

    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Part(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Placeholder();
}
