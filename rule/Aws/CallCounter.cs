using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace KeyRotation.Aws;

/// <summary>Counts every request that is sent to AWS, including retries.</summary>
internal sealed class CallCounter
{
    private readonly ConcurrentDictionary<string, long> calls = new();
    private long throttled;

    public CallCounts Counts => new(calls.ToImmutableSortedDictionary(StringComparer.Ordinal), Interlocked.Read(ref throttled));

    /// <param name="operation">Its IAM action.</param>
    public void Sent(string operation) => calls.AddOrUpdate(operation, 1, (_, count) => count + 1);

    public void Throttled() => Interlocked.Increment(ref throttled);
}

/// <summary>Requests that were sent, by IAM action, and how many of them AWS throttled.</summary>
internal sealed record CallCounts(ImmutableSortedDictionary<string, long> Calls, long Throttled)
{
    /// <summary>All requests of a service.</summary>
    /// <param name="prefix">Such as <c>kms:</c>.</param>
    public long Of(string prefix) => Calls.Where(call => call.Key.StartsWith(prefix, StringComparison.Ordinal)).Sum(call => call.Value);

    /// <summary>The requests since an earlier count.</summary>
    public CallCounts Since(CallCounts earlier) => new(
        Calls.Select(call => KeyValuePair.Create(call.Key, call.Value - earlier.Calls.GetValueOrDefault(call.Key)))
            .Where(call => call.Value > 0).ToImmutableSortedDictionary(StringComparer.Ordinal),
        Throttled - earlier.Throttled);
}
