using System.Text.Json.Serialization;
using KeyRotation.Audit.Reports;

namespace KeyRotation.Audit;

/// <summary>The differences from an earlier audit. Only what both audits covered can be compared.</summary>
/// <param name="Since">The start of the earlier audit.</param>
/// <param name="ParametersChanged">
/// Whether the two audits used different rule parameters, so that verdicts can differ for keys that did not change.
/// </param>
/// <param name="PlacesNotInBaseline">
/// Accounts and Regions that the earlier audit did not completely cover: keys there do not count as new.
/// </param>
/// <param name="Rotated">The number of keys whose key material differs from the earlier audit.</param>
internal sealed record Changes(
    DateTimeOffset Since,
    bool ParametersChanged,
    IReadOnlyList<string> PlacesNotInBaseline,
    IReadOnlyList<KeyChange> Keys,
    int Rotated)
{
    /// <summary>The ARNs of the keys that were NON_COMPLIANT in the earlier audit, without those that it could not judge.</summary>
    [JsonIgnore]
    public IReadOnlySet<string> NonCompliantBefore { get; init; } = new HashSet<string>();

    /// <summary>Both audits must cover the same accounts and Regions, or "new" would have no meaning. Their keys can differ.</summary>
    /// <param name="places">The names of the accounts and Regions of this audit.</param>
    /// <returns>How the scope of the earlier audit differs, or null.</returns>
    public static string? DifferenceOf(AuditReport before, IReadOnlyCollection<string> places, bool isDemonstration)
    {
        if (before.Demonstration != isDemonstration)
            return before.Demonstration ? "it is a demonstration" : "it is not a demonstration";
        var earlier = before.Places.Where(place => place.Status != PlaceStatus.NotEnabled).Select(place => place.Name).ToHashSet();
        var (only, missing) = (earlier.Except(places).ToList(), places.Except(earlier).ToList());
        var parts = new List<string>();
        if (only.Count > 0) parts.Add($"it has {string.Join(", ", only)}, which this audit does not have");
        if (missing.Count > 0) parts.Add($"it does not have {string.Join(", ", missing)}");
        return parts.Count == 0 ? null : string.Join("; ", parts);
    }

    /// <summary>
    /// Adds to a report what changed, and whether each key was rotated since the earlier audit. This needs no further calls to AWS.
    /// </summary>
    public static AuditReport Compare(AuditReport before, AuditReport now)
    {
        var old = before.Keys.DistinctBy(key => key.Arn).ToDictionary(key => key.Arn);
        var (compared, complete) = (CompletePlaces(before), CompletePlaces(now));
        var keys = now.Keys.Select(key => key with { RotatedSinceBaseline = IsRotated(old.GetValueOrDefault(key.Arn), key) }).ToList();
        var listed = keys
            .Where(key => old.ContainsKey(key.Arn) || compared.Contains(Place.NameOf(key.AccountId, key.Region)))
            .Select(key => ChangeOf(old.GetValueOrDefault(key.Arn), key));

        // A key that is not in the list counts as gone only if the list is complete.
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
    /// <summary>NON_COMPLIANT now, but not before.</summary>
    Worse,

    /// <summary>NON_COMPLIANT before; COMPLIANT or NOT_APPLICABLE now.</summary>
    Better,

    Added,
    Removed,
    OtherVerdict,

    /// <summary>The same verdict with a different finding, such as a different rotation period.</summary>
    OtherFinding,
}
