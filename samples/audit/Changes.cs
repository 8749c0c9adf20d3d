using System.Text.Json.Serialization;

namespace KeyRotation.Audit;

/// <summary>What is different from an earlier audit. Only what both audits looked at can be compared.</summary>
/// <param name="Since">When the earlier audit started.</param>
/// <param name="ParametersChanged">The two audits judged by different rule parameters, so a verdict may differ where a key does not.</param>
/// <param name="PlacesNotInBaseline">Places that the earlier audit did not look at, or not completely: their keys count as not compared.</param>
internal sealed record Changes(DateTimeOffset Since, bool ParametersChanged, IReadOnlyList<string> PlacesNotInBaseline, IReadOnlyList<KeyChange> Keys)
{
    /// <summary>Keys whose key material is another one than in the earlier audit.</summary>
    public int Rotated { get; init; }

    /// <summary>ARNs of the keys that were NON_COMPLIANT then.</summary>
    [JsonIgnore]
    public IReadOnlySet<string> NonCompliantBefore { get; init; } = new HashSet<string>();

    /// <summary>A key that the earlier audit did not judge was not.</summary>
    public bool WasNonCompliant(string arn) => NonCompliantBefore.Contains(arn);

    /// <summary>Keys come and go; accounts and Regions must be the same, or "new" has no meaning.</summary>
    /// <param name="places">The names of the places that are audited now.</param>
    /// <returns>How the earlier audit is of something else, or null.</returns>
    public static string? DifferenceOf(AuditReport before, IReadOnlyCollection<string> places, bool isDemonstration)
    {
        if (before.Demonstration != isDemonstration) return before.Demonstration ? "it is of the demonstration accounts" : "it is not of the demonstration accounts";
        var earlier = before.Places.Where(place => place.Status != PlaceStatus.NotEnabled).Select(place => place.Name).ToHashSet();
        var (only, missing) = (earlier.Except(places).ToList(), places.Except(earlier).ToList());
        var parts = new List<string>();
        if (only.Count > 0) parts.Add($"it has {string.Join(", ", only)}, which this audit has not");
        if (missing.Count > 0) parts.Add($"it does not have {string.Join(", ", missing)}");
        return parts.Count == 0 ? null : string.Join("; ", parts);
    }

    /// <summary>The report with what changed, and for each key whether it was rotated since. Both audits cost no call more for it.</summary>
    public static AuditReport Compare(AuditReport before, AuditReport now)
    {
        var old = before.Keys.DistinctBy(key => key.Arn).ToDictionary(key => key.Arn, key => key.CurrentKeyMaterialId);
        var keys = now.Keys.Select(key => key.CurrentKeyMaterialId is { } id && old.GetValueOrDefault(key.Arn) is { } earlier ? key with { RotatedSinceBaseline = id != earlier } : key).ToList();
        return now with { Keys = keys, Changes = Between(before, now) with { Rotated = keys.Count(key => key.RotatedSinceBaseline == true) } };
    }

    public static Changes Between(AuditReport before, AuditReport now)
    {
        var compared = CompletePlaces(before);
        var complete = CompletePlaces(now);
        var old = before.Keys.DistinctBy(key => key.Arn).ToDictionary(key => key.Arn);
        var changes = new List<KeyChange>();
        foreach (var key in now.Keys)
        {
            if (old.Remove(key.Arn, out var earlier))
            {
                if (Kind(earlier, key) is { } kind) changes.Add(new(kind, key.Arn, key.Name, earlier.Verdict, key.Verdict, earlier.Finding, key.Finding));
            }
            else if (compared.Contains(Place.NameOf(key.AccountId, key.Region)))
            {
                changes.Add(new(ChangeKind.Added, key.Arn, key.Name, null, key.Verdict, null, key.Finding));
            }
        }

        // A key that was not listed is gone only where the list is whole.
        changes.AddRange(old.Values
            .Where(key => complete.Contains(Place.NameOf(key.AccountId, key.Region)))
            .Select(key => new KeyChange(ChangeKind.Removed, key.Arn, key.Name, key.Verdict, null, key.Finding, null)));

        return new(
            before.StartedAt,
            !before.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal).SequenceEqual(now.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal)),
            [.. now.Places.Select(place => place.Name).Where(name => !compared.Contains(name))],
            [.. changes.OrderBy(change => change.Kind).ThenBy(change => change.After).ThenBy(change => change.Arn, StringComparer.Ordinal)])
        {
            NonCompliantBefore = before.Keys.Where(key => key.Verdict == KeyVerdict.NonCompliant).Select(key => key.Arn).ToHashSet(),
        };
    }

    private static HashSet<string> CompletePlaces(AuditReport report) =>
        [.. report.Places.Where(place => place.Status != PlaceStatus.Incomplete).Select(place => place.Name)];

    private static ChangeKind? Kind(KeyRow before, KeyRow now) => (before.Verdict, now.Verdict) switch
    {
        (not KeyVerdict.NonCompliant, KeyVerdict.NonCompliant) => ChangeKind.Worse,
        (KeyVerdict.NonCompliant, KeyVerdict.Compliant or KeyVerdict.NotApplicable) => ChangeKind.Better,
        var (a, b) when a != b => ChangeKind.OtherVerdict,
        _ => before.Finding != now.Finding ? ChangeKind.OtherFinding : null,
    };
}

internal sealed record KeyChange(
    ChangeKind Kind, string Arn, string Name, KeyVerdict? Before, KeyVerdict? After, string? FindingBefore, string? FindingAfter);

internal enum ChangeKind
{
    /// <summary>NON_COMPLIANT now, and not before.</summary>
    [JsonStringEnumMemberName("worse")]
    Worse,

    /// <summary>NON_COMPLIANT before, and no longer.</summary>
    [JsonStringEnumMemberName("better")]
    Better,

    [JsonStringEnumMemberName("added")]
    Added,

    [JsonStringEnumMemberName("removed")]
    Removed,

    [JsonStringEnumMemberName("otherVerdict")]
    OtherVerdict,

    /// <summary>The same verdict for another reason, such as another period.</summary>
    [JsonStringEnumMemberName("otherFinding")]
    OtherFinding,
}
