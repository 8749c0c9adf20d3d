namespace KeyRotation.Audit.Reports;

/// <summary>The data of the page's charts. Each chart has groups of keys, and each group counts its keys by verdict.</summary>
internal static class Charts
{
    private const int MaxPlaces = 15;

    private static readonly (string Label, int Last)[] Periods =
        [("up to 90", 90), ("91–180", 180), ("181–365", 365), ("366–730", 730), ("over 730", int.MaxValue)];

    private static readonly (string Label, int Last)[] Waits =
        [("30 days", 30), ("31–90", 90), ("91–180", 180), ("181–365", 365), ("over a year", int.MaxValue)];

    public static Chart VerdictsByPlace(AuditReport report)
    {
        var keys = report.Keys.ToLookup(key => Place.NameOf(key.AccountId, key.Region));
        var places = keys.Select(place => place.Key)
            .Union(report.Places.Where(place => place.Status == PlaceStatus.Incomplete).Select(place => place.Name))
            .Select(name => new ChartGroup(name, Totals.Of(keys[name])))
            .OrderByDescending(place => place.Totals.NonCompliant)
            .ThenByDescending(place => place.Totals.Keys)
            .ThenBy(place => place.Label, StringComparer.Ordinal)
            .ToList();
        if (places.Count > MaxPlaces)
        {
            var rest = places[(MaxPlaces - 1)..];
            places = [.. places[..(MaxPlaces - 1)], new($"{rest.Count} more", Totals.Of(rest.SelectMany(place => keys[place.Label])))];
        }

        return new("Verdicts by account and Region", "NOT_APPLICABLE are keys that KMS cannot rotate, that AWS rotates itself, or that are exempt.", places);
    }

    public static Chart RotationPeriods(AuditReport report)
    {
        var judged = report.Keys
            .Where(key => key is { Verdict: KeyVerdict.Compliant } or { Verdict: KeyVerdict.NonCompliant, Scenario: 'k' or 'l' or 'p' })
            .ToList();
        return new(
            "Rotation periods, in days",
            $"Keys that have to rotate; at most {report.MaxRotationPeriodInDays} days are allowed.",
            [
                new("off", Totals.Of(judged.Where(key => key.RotationPeriodInDays is null))),
                .. ByDays(Periods, judged, key => key.RotationPeriodInDays),
            ]);
    }

    public static Chart NextRotations(AuditReport report) => new(
        "Time to the next rotation",
        "Keys that rotate, by when KMS makes their next key material.",
        ByDays(Waits, report.Keys, key => (key.NextRotationDate - report.FinishedAt)?.TotalDays));

    /// <summary>Null if no rotations were read.</summary>
    public static Chart? MaterialAges(AuditReport report) => report.Keys.All(key => key.MaterialDate is null) ? null : new(
        "Age of key material, in days",
        "Keys whose rotations were read, by their last rotation, or, if there was none, by their creation.",
        ByDays(Periods, report.Keys, key => (report.FinishedAt - key.MaterialDate)?.Days));

    /// <summary>Counts the keys that have a number of days, each in the first range that includes it.</summary>
    private static ChartGroup[] ByDays((string Label, int Last)[] ranges, IEnumerable<KeyRow> keys, Func<KeyRow, double?> days)
    {
        var byRange = keys.Where(key => days(key) is not null).ToLookup(key => ranges.First(range => days(key) <= range.Last).Label);
        return Array.ConvertAll(ranges, range => new ChartGroup(range.Label, Totals.Of(byRange[range.Label])));
    }
}

internal sealed record Chart(string Title, string Explanation, IReadOnlyList<ChartGroup> Groups)
{
    public int Max => Groups.Select(group => group.Totals.Keys).Append(1).Max();

    public IEnumerable<KeyVerdict> Verdicts =>
        Enum.GetValues<KeyVerdict>().Where(verdict => Groups.Any(group => group.Totals[verdict] > 0));
}

internal sealed record ChartGroup(string Label, Totals Totals);
