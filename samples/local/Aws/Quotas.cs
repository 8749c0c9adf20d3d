using System.Collections.Concurrent;

namespace KeyRotation.Local;

/// <summary>
/// The request quotas of each account and Region, in requests per second, by operation. Requests above a quota are throttled. AWS Config,
/// CloudFormation and STS publish none, so they have none unless a test sets one.
/// Source: AWS KMS Developer Guide, Request quotas.
/// </summary>
internal sealed class Quotas(TimeProvider clock)
{
    /// <summary>The quotas that AWS publishes.</summary>
    public static readonly IReadOnlyDictionary<string, double> Published = new Dictionary<string, double>
    {
        ["ListKeys"] = 500,
        ["DescribeKey"] = 2000,
        ["GetKeyRotationStatus"] = 1000,
        ["ListKeyRotations"] = 100,
        ["GetKeyLastUsage"] = 5,
        ["ListResourceTags"] = 2000,
        ["ListAliases"] = 500,
    };

    private readonly ConcurrentDictionary<string, double> perSecond = new(Published);
    private readonly ConcurrentDictionary<(LocalAccount Account, string Operation), Bucket> buckets = new();
    private long throttled;

    /// <summary>The number of requests that were throttled.</summary>
    public long Throttled => Interlocked.Read(ref throttled);

    /// <summary>Sets the quota that applies. The rule does not know about it: it knows only the published quotas.</summary>
    /// <param name="requestsPerSecond">Null removes the quota.</param>
    public void Set(string operation, double? requestsPerSecond)
    {
        var name = Operation.NameOf(operation);
        if (requestsPerSecond is { } quota) perSecond[name] = quota;
        else perSecond.TryRemove(name, out _);
        foreach (var key in buckets.Keys.Where(key => key.Operation == name)) buckets.TryRemove(key, out _);
    }

    /// <summary>Requests per second; null means no quota.</summary>
    public double? Of(string operation) => perSecond.TryGetValue(Operation.NameOf(operation), out var quota) ? quota : null;

    public bool TryTake(LocalAccount account, string operation)
    {
        if (Of(operation) is not { } quota) return true;
        if (buckets.GetOrAdd((account, operation), _ => new Bucket(quota, clock)).TryTake()) return true;
        Interlocked.Increment(ref throttled);
        return false;
    }

    /// <summary>A token bucket that holds at most the requests of one second, and fills at a constant rate.</summary>
    private sealed class Bucket(double perSecond, TimeProvider clock)
    {
        private readonly Lock gate = new();
        private double tokens = Math.Max(perSecond, 1);
        private long filled = clock.GetTimestamp();

        public bool TryTake()
        {
            lock (gate)
            {
                var now = clock.GetTimestamp();
                tokens = Math.Min(Math.Max(perSecond, 1), tokens + (clock.GetElapsedTime(filled, now).TotalSeconds * perSecond));
                filled = now;
                if (tokens < 1) return false;
                tokens--;
                return true;
            }
        }
    }
}
