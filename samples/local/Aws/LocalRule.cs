using System.Collections.Concurrent;

namespace KeyRotation.Local;

/// <summary>The results that AWS Config holds for one rule.</summary>
internal sealed class LocalRule(string name)
{
    private const string NotApplicable = "NOT_APPLICABLE";

    private readonly ConcurrentDictionary<(string Type, string Id), HeldResult> newest = new();
    private readonly ConcurrentDictionary<string, HeldResult[]> snapshots = new();

    public string Name => name;

    public IReadOnlyCollection<HeldResult> Results => [.. newest.Values.Where(result => result.ComplianceType != NotApplicable)];

    public HeldResult? Find(string resourceId) =>
        newest.GetValueOrDefault(("AWS::KMS::Key", resourceId)) is { ComplianceType: not NotApplicable } held ? held : null;

    /// <summary>
    /// A newer evaluation replaces an older one, never the reverse, even after NOT_APPLICABLE. NOT_APPLICABLE removes the result
    /// immediately; AWS Config removes such results at an unspecified time.
    /// </summary>
    public void Take(HeldResult result) => newest.AddOrUpdate(
        (result.ResourceType, result.ResourceId),
        result,
        (_, known) => known.OrderingTimestamp > result.OrderingTimestamp ? known : result);

    /// <summary>All pages are taken from the results at the time of the first request.</summary>
    public string Snapshot(Func<HeldResult, bool> wanted)
    {
        var id = Guid.NewGuid().ToString("N");
        snapshots[id] = [.. Results.Where(wanted).OrderBy(result => result.ResourceId, StringComparer.Ordinal)];
        return id;
    }

    public HeldResult[]? FindSnapshot(string id) => snapshots.GetValueOrDefault(id);
}

internal sealed record HeldResult(
    string ResourceType,
    string ResourceId,
    string ComplianceType,
    string? Annotation,
    DateTimeOffset OrderingTimestamp,
    DateTimeOffset RecordedTime);

/// <summary>One evaluation, as PutEvaluations received it.</summary>
/// <param name="Accepted">False if it was returned in FailedEvaluations.</param>
internal sealed record ReceivedEvaluation(
    string AccountId,
    string Region,
    string ResultToken,
    bool TestMode,
    string ResourceType,
    string ResourceId,
    string ComplianceType,
    string? Annotation,
    DateTimeOffset OrderingTimestamp,
    bool Accepted);
