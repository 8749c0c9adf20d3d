using System.Globalization;

namespace KeyRotation.Audit;

/// <summary>
/// Sentences that the terminal, the page and the other reports share. Each describes what the audit found, not what it was meant to cover.
/// </summary>
internal static class Sentences
{
    public const string Demonstration = "Demonstration: these accounts and keys are made up, and none of them is in AWS. --profile NAME audits one of your accounts.";

    /// <summary>
    /// A message about an exception, safe to show. Problem numbers are left out, because only the documents of the rule explain them.
    /// </summary>
    public static string MessageOf(Exception exception) => exception is ProblemException problem
        ? string.Join(' ', problem.Problems.Select(found => found.Message))
        : AwsFailure.MessageOf(exception);

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
        + string.Join(", ", Enum.GetValues<KeyVerdict>().Select(verdict => $"{Number(report.Totals[verdict])} {verdict.Name()}"))
        + (report.KeysLeft == 0 ? "" : $"; {Number(report.KeysLeft)} listed and not judged");

    /// <summary>
    /// Counts the keys by verdict and scenario, in the order of <see cref="KeyVerdict"/>, and the most frequent scenario first.
    /// </summary>
    public static IEnumerable<(KeyVerdict Verdict, char Scenario, int Count)> Reasons(AuditReport report) => report.Keys
        .CountBy(key => (key.Verdict, key.Scenario))
        .OrderBy(count => count.Key.Verdict).ThenByDescending(count => count.Value).ThenBy(count => count.Key.Scenario)
        .Select(count => (count.Key.Verdict, count.Key.Scenario, count.Value));

    /// <summary>What the audit did with the keys, according to the data in the report.</summary>
    public static string Procedure(AuditReport report)
    {
        var unlisted = report.Places.Count(place => place.Status == PlaceStatus.Incomplete);
        var asked = report.Keys.Count(key => key.RotationEnabled is not null);
        return $"{Counted(report.Places.Sum(place => place.KeysListed), "key")} listed, {Number(report.Totals.Keys)} judged"
            + (report.KeysLeft == 0 ? "" : $", {Number(report.KeysLeft)} left")
            + $". The rotation status of {Number(asked)} was read"
            + (report.Totals.NotJudged == 0 ? "" : $" and that of {Number(report.Totals.NotJudged)} could not be")
            + "; DescribeKey was enough for the others."
            + (unlisted == 0 ? "" : $" Listing or judging the keys stopped early in {Number(unlisted)} of {Number(report.Places.Count)} accounts and Regions.")
            + " The verdicts come from the code that the AWS Config rule runs. Nothing was written to AWS.";
    }

    public static IEnumerable<string> Problems(AuditReport report)
    {
        foreach (var place in report.Places.Where(place => place is { Status: not PlaceStatus.NotEnabled, Problem: not null }))
            yield return $"{place.AccountId} {place.Region}: {place.Problem}";
        foreach (var note in report.Evidence?.Notes ?? []) yield return note;
        if (report.Totals.NotJudged > 0)
            yield return $"{Counted(report.Totals.NotJudged, "key")} could not be judged"
                + (report.Parameters.ContainsKey("unreadableKeys") ? "." : "; with --unreadable-keys nonCompliant those whose rotation cannot be read count as findings.");
    }

    public static string Changes(Changes changes)
    {
        var counts = changes.Keys.CountBy(change => change.Kind).ToDictionary();
        var parts = Enum.GetValues<ChangeKind>().Where(counts.ContainsKey).Select(kind => $"{Number(counts[kind])} {Name(kind)}").ToList();
        return $"Since {Time(changes.Since)}: {(parts.Count == 0 ? "nothing changed" : string.Join(", ", parts))}."
            + (changes.Rotated == 0 ? "" : $" {Counted(changes.Rotated, "key")} rotated since then: the key material changed.")
            + (changes.ParametersChanged ? " The rule parameters differ, so verdicts may have changed with them." : "")
            + (changes.PlacesNotInBaseline.Count == 0 ? "" : $" Not compared, because the earlier audit did not cover it completely: {string.Join(", ", changes.PlacesNotInBaseline)}.");
    }

    public static string Name(ChangeKind kind) => kind switch
    {
        ChangeKind.Worse => "newly NON_COMPLIANT",
        ChangeKind.Better => "no longer NON_COMPLIANT",
        ChangeKind.Added => "new",
        ChangeKind.Removed => "gone",
        ChangeKind.OtherVerdict => "with a different verdict",
        _ => "with a different reason",
    };

    /// <summary>The evidence as names and values. The page shows all of it.</summary>
    public static IEnumerable<(string Name, string Value)> Evidence(AuditReport report)
    {
        yield return ("When", $"{Time(report.StartedAt)} to {Time(report.FinishedAt)}");
        if (report.Evidence is not { } evidence) yield break;
        yield return ("Who", evidence.CallerArn ?? (report.Demonstration ? "nobody: made-up accounts" : "not known"));
        if (evidence.RolesAssumed.Count > 0) yield return ("Roles assumed", string.Join(", ", evidence.RolesAssumed));
        yield return ("Endpoint", evidence.EndpointUrl ?? (report.Demonstration ? "a stand-in for AWS on this machine" : "AWS's own"));
        foreach (var status in new[] { PlaceStatus.Complete, PlaceStatus.Incomplete, PlaceStatus.NotEnabled })
        {
            var places = report.Places.Where(place => place.Status == status).GroupBy(place => place.AccountId)
                .Select(account => $"{account.Key}: {string.Join(", ", account.Select(place => place.Region))}").ToList();
            if (places.Count > 0) yield return (NameOf(status), string.Join("; ", places));
        }

        yield return ("With", $"audit {report.ProgramVersion}{(evidence.Commit is { } commit ? $", commit {commit}" : "")}; {string.Join(", ", evidence.Packages.Select(package => $"{package.Key} {package.Value}"))}");
        yield return ("Parameters", string.Join(", ", evidence.EffectiveParameters.Select(parameter => $"{parameter.Key}={parameter.Value}")));
        yield return ("Calls", string.Join(", ", evidence.Calls.Select(call => $"{call.Key} {Number((int)call.Value)}")));
        var standard = evidence.Standard;
        yield return ("Standard", $"{standard.Name}, \u201c{standard.Recommendation}\u201d: {string.Join(", ", standard.Numbers.Select(number => $"{number.Value} in {number.Key}"))}");
        yield return ("Differences", string.Join(" ", standard.Differences));
    }

    /// <summary>The most important evidence as labels, for formats with little space.</summary>
    public static IEnumerable<string> Labels(AuditReport report)
    {
        if (report.Demonstration) yield return "demonstration";
        yield return report.Complete ? "complete" : "incomplete";
        yield return $"started:{report.StartedAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}";
        if (report.Evidence?.CallerArn is { } caller) yield return $"caller:{caller}";
        foreach (var role in report.Evidence?.RolesAssumed ?? []) yield return $"role:{role}";
        if (report.Evidence?.Commit is { } commit) yield return $"commit:{commit}";
        foreach (var (name, value) in report.Evidence?.EffectiveParameters ?? new Dictionary<string, string>()) yield return $"{name}:{value}";
    }

    private static string NameOf(PlaceStatus status) => status switch
    {
        PlaceStatus.Complete => "Covered",
        PlaceStatus.Incomplete => "Covered in part",
        _ => "Not enabled",
    };

    public static string Counted(int number, string thing) => $"{Number(number)} {thing}{(number == 1 ? "" : "s")}";

    public static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
