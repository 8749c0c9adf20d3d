using System.Collections.Concurrent;

namespace KeyRotation.Local;

/// <summary>One request, with or without a response.</summary>
/// <param name="ResourceId">The ID of the requested key, the ARN of the requested role, or null.</param>
/// <param name="Error">The AWS error code, or the name of a fault without an error code; null if the request succeeded.</param>
/// <param name="Arrived">When the request arrived, on the clock of the local AWS, so that the times of calls can be compared.</param>
/// <param name="SignedAt">The second in which the caller signed the request, which a delay in transit does not change.</param>
internal sealed record LoggedCall(
    string Operation, string AccountId, string Region, string? ResourceId, string? Error, TimeSpan Arrived = default, string SignedAt = "")
{
    public bool IsThrottled => Error == "ThrottlingException";
}

/// <summary>All authenticated, well-formed requests, in the order of their responses.</summary>
internal sealed class CallLog
{
    private readonly ConcurrentDictionary<string, int> counts = new(StringComparer.Ordinal);
    private ConcurrentQueue<LoggedCall> calls = new();

    public IReadOnlyCollection<LoggedCall> All => calls;

    /// <summary>Called for each request before its response is sent, so that a test can change the account during a sweep.</summary>
    public Action<LoggedCall>? Added { get; set; }

    /// <summary>The number of requests, by operation name.</summary>
    public IReadOnlyDictionary<string, int> Counts => counts;

    /// <param name="operation">Name or IAM action of the operation.</param>
    public int this[string operation] => counts.GetValueOrDefault(Operation.NameOf(operation));

    /// <summary>The number of requests for an operation, optionally for one key or in one account only.</summary>
    public int Count(string operation, string? keyId = null, string? accountId = null) =>
        Of(operation).Count(call => (keyId is null || call.ResourceId == keyId) && (accountId is null || call.AccountId == accountId));

    /// <summary>
    /// The largest number of calls that arrived within one second, including failed ones. The second can start at any time, and excludes
    /// its end.
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

    /// <summary>The largest number of calls that the caller signed within one second of its clock, including failed ones.</summary>
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
