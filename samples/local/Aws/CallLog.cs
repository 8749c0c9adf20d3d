using System.Collections.Concurrent;

namespace KeyRotation.Local;

/// <summary>One request that was answered, or was left without an answer.</summary>
/// <param name="ResourceId">The key that it is about, or null.</param>
/// <param name="Error">AWS's error code, or null where it succeeded.</param>
/// <param name="Arrived">When the request came in, on the local AWS's clock: times of two calls can be compared.</param>
/// <param name="SignedAt">The second in which the caller signed it, which no delay on the way changes.</param>
internal sealed record LoggedCall(
    string Operation, string AccountId, string Region, string? ResourceId, string? Error, TimeSpan Arrived = default, string SignedAt = "")
{
    public bool IsThrottled => Error == "ThrottlingException";
}

/// <summary>Every authenticated request, in the order of its answer.</summary>
internal sealed class CallLog
{
    private readonly ConcurrentDictionary<string, int> counts = new(StringComparer.Ordinal);
    private ConcurrentQueue<LoggedCall> calls = new();

    public IReadOnlyCollection<LoggedCall> All => calls;

    /// <summary>Called with each, before its answer is sent: a test changes the account in the middle of a sweep.</summary>
    public Action<LoggedCall>? Added { get; set; }

    /// <summary>By operation name.</summary>
    public IReadOnlyDictionary<string, int> Counts => counts;

    /// <param name="operation">Its name, or its IAM action.</param>
    public int this[string operation] => counts.GetValueOrDefault(Operation.NameOf(operation));

    /// <summary>How often an operation was called about one key, or in one account.</summary>
    public int Count(string operation, string? keyId = null, string? accountId = null) =>
        Of(operation).Count(call => (keyId is null || call.ResourceId == keyId) && (accountId is null || call.AccountId == accountId));

    /// <summary>
    /// The largest number of calls that arrived within any one second, refused ones too. A second may start at any time, and its end is not
    /// in it.
    /// </summary>
    public int MostInAnySecond(string operation)
    {
        var arrivals = Of(operation).Select(call => call.Arrived).Order().ToArray();
        var (most, first) = (0, 0);
        for (var last = 0; last < arrivals.Length; last++)
        {
            while (arrivals[last] - arrivals[first] >= TimeSpan.FromSeconds(1)) first++;
            most = Math.Max(most, last - first + 1);
        }

        return most;
    }

    /// <summary>The largest number of calls that the caller signed within one second of its clock, refused ones too.</summary>
    public int MostSignedInASecond(string operation) => Of(operation).CountBy(call => call.SignedAt).Max(second => second.Value);

    public void Clear()
    {
        counts.Clear();
        calls = new();
    }

    public void Add(LoggedCall call)
    {
        counts.AddOrUpdate(call.Operation, 1, (_, count) => count + 1);
        calls.Enqueue(call);
        Added?.Invoke(call);
    }

    private IEnumerable<LoggedCall> Of(string operation) => calls.Where(call => call.Operation == Operation.NameOf(operation));
}
