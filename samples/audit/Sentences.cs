using System.Globalization;

namespace KeyRotation.Audit;

/// <summary>The sentences that the terminal and the page have in common.</summary>
internal static class Sentences
{
    public static string Headline(AuditReport report)
    {
        var judged = report.Totals.NonCompliant + report.Totals.Compliant;
        return (report.Totals.NonCompliant, judged) switch
        {
            (0, _) when !report.Complete => "No key was found that does not comply, but this audit is not complete.",
            (0, 0) => "No key here has to rotate.",
            (0, 1) => "The one key that has to rotate does.",
            (0, _) => $"All {Number(judged)} keys that have to rotate do.",
            (1, 1) => $"The one key that has to rotate does not comply{And()}.",
            var (found, _) => $"{Number(found)} of {Number(judged)} keys that have to rotate do not comply{And()}.",
        };

        string And() => report.Complete ? "" : ", and this audit is not complete";
    }

    public static string Scope(AuditReport report)
    {
        var places = report.Places.Where(place => place.Status != PlaceStatus.NotEnabled).ToList();
        return $"{Counted(places.Select(place => place.AccountId).Distinct().Count(), "account")}, {Counted(places.Select(place => place.Region).Distinct().Count(), "Region")}";
    }

    public static string Totals(AuditReport report) =>
        $"{Counted(report.Totals.Keys, "key")} in {Scope(report)}: "
        + string.Join(", ", Enum.GetValues<KeyVerdict>().Select(verdict => $"{Number(report.Totals[verdict])} {verdict.Name()}"));

    public static IEnumerable<string> Problems(AuditReport report)
    {
        foreach (var place in report.Places.Where(place => place is { Status: not PlaceStatus.NotEnabled, Problem: not null }))
            yield return $"{place.AccountId} {place.Region}: {place.Problem}";
        if (report.Totals.NotJudged > 0)
            yield return $"{Counted(report.Totals.NotJudged, "key")} could not be judged"
                + (report.Parameters.ContainsKey("unreadableKeys") ? "." : "; with --unreadable-keys nonCompliant those whose rotation cannot be read count as findings.");
    }

    public static string Changes(Changes changes)
    {
        var counts = changes.Keys.CountBy(change => change.Kind).ToDictionary();
        var parts = Enum.GetValues<ChangeKind>().Where(counts.ContainsKey).Select(kind => $"{Number(counts[kind])} {Name(kind)}").ToList();
        return $"Since {Time(changes.Since)}: {(parts.Count == 0 ? "nothing changed" : string.Join(", ", parts))}."
            + (changes.ParametersChanged ? " The rule parameters differ, so verdicts may have changed with them." : "")
            + (changes.PlacesNotInBaseline.Count == 0 ? "" : $" Not compared, because the earlier audit does not have it whole: {string.Join(", ", changes.PlacesNotInBaseline)}.");
    }

    public static string Name(ChangeKind kind) => kind switch
    {
        ChangeKind.Worse => "newly NON_COMPLIANT",
        ChangeKind.Better => "no longer NON_COMPLIANT",
        ChangeKind.Added => "new",
        ChangeKind.Removed => "gone",
        ChangeKind.OtherVerdict => "with another verdict",
        _ => "with another reason",
    };

    public static string Counted(int number, string thing) => $"{Number(number)} {thing}{(number == 1 ? "" : "s")}";

    public static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
