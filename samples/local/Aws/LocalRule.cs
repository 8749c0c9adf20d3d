using System.Collections.Concurrent;

namespace KeyRotation.Local;

/// <summary>What AWS Config holds for one rule.</summary>
internal sealed class LocalRule(string name)
{
    private const int KeptSnapshots = 8;

    private readonly ConcurrentDictionary<(string Type, string Id), HeldResult> held = new();
    private readonly Dictionary<(string Type, string Id), DateTimeOffset> newest = [];
    private readonly ConcurrentDictionary<string, HeldResult[]> snapshots = new();
    private readonly ConcurrentQueue<string> snapshotOrder = new();
    private readonly Lock gate = new();
    private int reports;

    public string Name => name;

    public IReadOnlyCollection<HeldResult> Results => [.. held.Values];

    /// <summary>
    /// How often AWS Config has heard of it: PutEvaluations that were accepted, with evaluations and without; not those in test mode.
    /// </summary>
    public int Reports => reports;

    public void Reported() => Interlocked.Increment(ref reports);

    public HeldResult? Find(string resourceId, string resourceType = "AWS::KMS::Key") => held.GetValueOrDefault((resourceType, resourceId));

    /// <summary>
    /// Newer replaces older, and not the other way round, after a NOT_APPLICABLE neither. That takes the result away; AWS Config cleans such results up at some time of its own.
    /// </summary>
    public void Take(HeldResult result)
    {
        lock (gate)
        {
            var resource = (result.ResourceType, result.ResourceId);
            if (newest.TryGetValue(resource, out var time) && time > result.OrderingTimestamp) return;
            newest[resource] = result.OrderingTimestamp;
            if (result.ComplianceType == "NOT_APPLICABLE")
                held.TryRemove(resource, out _);
            else
                held[resource] = result;
        }
    }

    /// <summary>Pages are cut from what was held when the first one was asked for.</summary>
    public string Snapshot(Func<HeldResult, bool> wanted)
    {
        var results = held.Values.Where(wanted).ToArray();
        Array.Sort(results, (a, b) => string.CompareOrdinal(a.ResourceId, b.ResourceId));
        var id = Guid.NewGuid().ToString("N");
        snapshots[id] = results;
        snapshotOrder.Enqueue(id);
        if (snapshotOrder.Count > KeptSnapshots && snapshotOrder.TryDequeue(out var oldest)) snapshots.TryRemove(oldest, out _);
        return id;
    }

    public HeldResult[]? FindSnapshot(string id) => snapshots.GetValueOrDefault(id);
}

/// <summary>One result of a rule.</summary>
internal sealed record HeldResult(
    string ResourceType, string ResourceId, string ComplianceType, string? Annotation, DateTimeOffset OrderingTimestamp, DateTimeOffset RecordedTime);

/// <summary>One evaluation as it arrived with PutEvaluations.</summary>
/// <param name="Taken">False for one that was returned in FailedEvaluations.</param>
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
    bool Taken);
