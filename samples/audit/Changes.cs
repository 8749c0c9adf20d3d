using System.Text.Json.Serialization;
using KeyRotation.Audit.Reports;

namespace KeyRotation.Audit;

/// <summary>What is different from an earlier audit. Only what both audits looked at can be compared.</summary>
/// <param name="Since">When the earlier audit started.</param>
/// <param name="ParametersChanged">The two audits judged by different rule parameters, so a verdict may differ where a key does not.</param>
/// <param name="PlacesNotInBaseline">Places that the earlier audit did not look at, or not completely: their keys are not compared.</param>
/// <param name="Rotated">Keys whose key material differs from the earlier audit.</param>
internal sealed record Changes(
    DateTimeOffset Since,
    bool ParametersChanged,
    IReadOnlyList<string> PlacesNotInBaseline,
    IReadOnlyList<KeyChange> Keys,
    int Rotated)
{
    /// <summary>ARNs of the keys that were NON_COMPLIANT then. A key that the earlier audit did not judge was not.</summary>
    [JsonIgnore]
    public IReadOnlySet<string> NonCompliantBefore { get; init; } = new HashSet<string>();

    /// <summary>Keys come and go; accounts and Regions must be the same, or "new" has no meaning.</summary>
    /// <param name="places">The names of the places that are audited now.</param>
    /// <returns>How the earlier audit is of something else, or null.</returns>
    public static string? DifferenceOf(AuditReport before, IReadOnlyCollection<string> places, bool isDemonstration)
    {
        if (before.Demonstration != isDemonstration)
            return before.Demonstration ? "it is of the demonstration accounts" : "it is not of the demonstration accounts";
        var earlier = before.Places.Where(place => place.Status != PlaceStatus.NotEnabled).Select(place => place.Name).ToHashSet();
        var (only, missing) = (earlier.Except(places).ToList(), places.Except(earlier).ToList());
        var parts = new List<string>();
        if (only.Count > 0) parts.Add($"it has {string.Join(", ", only)}, which this audit has not");
        if (missing.Count > 0) parts.Add($"it does not have {string.Join(", ", missing)}");
        return parts.Count == 0 ? null : string.Join("; ", parts);
    }

    /// <summary>The report with what changed, and for each key whether it was rotated since. No audit needs another call for it.</summary>
    public static AuditReport Compare(AuditReport before, AuditReport now)
    {
        var old = before.Keys.DistinctBy(key => key.Arn).ToDictionary(key => key.Arn);
        var (compared, complete) = (CompletePlaces(before), CompletePlaces(now));
        var keys = now.Keys.Select(key => key with { RotatedSinceBaseline = IsRotated(old.GetValueOrDefault(key.Arn), key) }).ToList();
        var listed = keys
            .Where(key => old.ContainsKey(key.Arn) || compared.Contains(Place.NameOf(key.AccountId, key.Region)))
            .Select(key => ChangeOf(old.GetValueOrDefault(key.Arn), key));

        // A key that was not listed is gone only where the list is whole.
        var gone = old.Values
            .ExceptBy(keys.Select(key => key.Arn), key => key.Arn)
            .Where(key => complete.Contains(Place.NameOf(key.AccountId, key.Region)))
            .Select(key => ChangeOf(key, null));
        var changes = listed.Concat(gone)
            .OfType<KeyChange>()
            .OrderBy(change => change.Kind)
            .ThenBy(change => change.After)
            .ThenBy(change => change.Arn, StringComparer.Ordinal);
        return now with
        {
            Keys = keys,
            Changes = new(
                before.StartedAt,
                !before.Parameters.ToHashSet().SetEquals(now.Parameters),
                [.. now.Places.Select(place => place.Name).Where(name => !compared.Contains(name))],
                [.. changes],
                keys.Count(key => key.RotatedSinceBaseline == true))
            {
                NonCompliantBefore = before.Keys.Where(key => key.Verdict == KeyVerdict.NonCompliant).Select(key => key.Arn).ToHashSet(),
            },
        };
    }

    private static HashSet<string> CompletePlaces(AuditReport report) =>
        [.. report.Places.Where(place => place.Status != PlaceStatus.Incomplete).Select(place => place.Name)];

    private static bool? IsRotated(KeyRow? before, KeyRow now) =>
        before?.CurrentKeyMaterialId is { } earlier && now.CurrentKeyMaterialId is { } id ? id != earlier : null;

    private static KeyChange? ChangeOf(KeyRow? before, KeyRow? now)
    {
        ChangeKind? kind = (before?.Verdict, now?.Verdict) switch
        {
            (null, _) => ChangeKind.Added,
            (_, null) => ChangeKind.Removed,
            (not KeyVerdict.NonCompliant, KeyVerdict.NonCompliant) => ChangeKind.Worse,
            (KeyVerdict.NonCompliant, KeyVerdict.Compliant or KeyVerdict.NotApplicable) => ChangeKind.Better,
            var (earlier, later) when earlier != later => ChangeKind.OtherVerdict,
            _ => before!.Finding != now!.Finding ? ChangeKind.OtherFinding : null,
        };
        var key = (now ?? before)!;
        return kind is { } known ? new(known, key.Arn, key.Name, before?.Verdict, now?.Verdict, before?.Finding, now?.Finding) : null;
    }
}

internal sealed record KeyChange(
    ChangeKind Kind, string Arn, string Name, KeyVerdict? Before, KeyVerdict? After, string? FindingBefore, string? FindingAfter);

[JsonConverter(typeof(CamelCase<ChangeKind>))]
internal enum ChangeKind
{
    /// <summary>NON_COMPLIANT now, and not before.</summary>
    Worse,

    /// <summary>NON_COMPLIANT before, and no longer.</summary>
    Better,

    Added,
    Removed,
    OtherVerdict,

    /// <summary>The same verdict for another reason, such as another period.</summary>
    OtherFinding,
}
