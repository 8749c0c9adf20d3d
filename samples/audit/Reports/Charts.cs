namespace KeyRotation.Audit.Reports;

/// <summary>What the page's charts count. Each chart is groups of keys, and each group is keys by verdict.</summary>
internal static class Charts
{
    private const int MaxPlaces = 15;

    private static readonly (string Label, int From, int To)[] Periods =
        [("up to 90", 0, 90), ("91–180", 91, 180), ("181–365", 181, 365), ("366–730", 366, 730), ("over 730", 731, int.MaxValue)];

    private static readonly (string Label, int From, int To)[] Waits =
        [("30 days", int.MinValue, 30), ("31–90", 31, 90), ("91–180", 91, 180), ("181–365", 181, 365), ("over a year", 366, int.MaxValue)];

    public static Chart VerdictsByPlace(AuditReport report)
    {
        var places = report.Keys
            .GroupBy(key => (key.AccountId, key.Region))
            .Select(keys => Group(Place.NameOf(keys.Key.AccountId, keys.Key.Region), keys))
            .UnionBy(report.Places.Where(place => place.Status == PlaceStatus.Incomplete).Select(place => Group(place.Name, [])), group => group.Label)
            .OrderByDescending(place => place[KeyVerdict.NonCompliant]).ThenByDescending(place => place.Total).ThenBy(place => place.Label, StringComparer.Ordinal)
            .ToList();
        if (places.Count > MaxPlaces)
        {
            var rest = places[(MaxPlaces - 1)..];
            places = [.. places[..(MaxPlaces - 1)], new($"{rest.Count} more", [.. Enum.GetValues<KeyVerdict>().Select(verdict => rest.Sum(place => place[verdict]))])];
        }

        return new("Verdicts by account and Region", "NOT_APPLICABLE are keys that KMS cannot rotate, that AWS rotates itself, or that are exempt.", places);
    }

    public static Chart RotationPeriods(AuditReport report)
    {
        var judged = report.Keys.Where(key => key is { Verdict: KeyVerdict.Compliant } or { Verdict: KeyVerdict.NonCompliant, Scenario: 'k' or 'l' or 'p' }).ToList();
        return new(
            "Rotation periods, in days",
            $"Keys that have to rotate; at most {report.MaxRotationPeriodInDays} days are allowed.",
            [
                Group("off", judged.Where(key => key.RotationPeriodInDays is null)),
                .. Periods.Select(period => Group(period.Label, judged.Where(key => key.RotationPeriodInDays is { } days && days >= period.From && days <= period.To))),
            ]);
    }

    public static Chart NextRotations(AuditReport report)
    {
        var waits = report.Keys.Where(key => key.NextRotationDate is not null).Select(key => (Key: key, Days: (int)Math.Ceiling((key.NextRotationDate!.Value - report.FinishedAt).TotalDays))).ToList();
        return new(
            "Time to the next rotation",
            "Keys that rotate, by when KMS makes their next key material.",
            [.. Waits.Select(wait => Group(wait.Label, waits.Where(key => key.Days >= wait.From && key.Days <= wait.To).Select(key => key.Key)))]);
    }

    /// <summary>Null where no rotations were read.</summary>
    public static Chart? MaterialAges(AuditReport report)
    {
        var ages = report.Keys.Where(key => key.MaterialDate is not null).Select(key => (Key: key, Days: (int)Math.Floor((report.FinishedAt - key.MaterialDate!.Value).TotalDays))).ToList();
        return ages.Count == 0 ? null : new(
            "Age of key material, in days",
            "Keys whose rotations were read, by their last rotation, or where there was none by their creation.",
            [.. Periods.Select((period, index) => Group(period.Label, ages.Where(key => (index == 0 || key.Days >= period.From) && key.Days <= period.To).Select(key => key.Key)))]);
    }

    private static ChartGroup Group(string label, IEnumerable<KeyRow> keys)
    {
        var counts = keys.CountBy(key => key.Verdict).ToDictionary();
        return new(label, [.. Enum.GetValues<KeyVerdict>().Select(verdict => counts.GetValueOrDefault(verdict))]);
    }
}

internal sealed record Chart(string Title, string Explanation, IReadOnlyList<ChartGroup> Groups)
{
    public int Max => Math.Max(1, Groups.Count == 0 ? 0 : Groups.Max(group => group.Total));

    public IEnumerable<KeyVerdict> Verdicts => Enum.GetValues<KeyVerdict>().Where(verdict => Groups.Any(group => group[verdict] > 0));
}

/// <param name="Counts">By the order of <see cref="KeyVerdict"/>.</param>
internal sealed record ChartGroup(string Label, IReadOnlyList<int> Counts)
{
    public int Total => Counts.Sum();

    public int this[KeyVerdict verdict] => Counts[(int)verdict];
}
