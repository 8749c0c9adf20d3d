using System.Collections.Concurrent;

namespace KeyRotation.Local;

/// <summary>One request that was answered, or was left without an answer.</summary>
/// <param name="ResourceId">The key that it is about, where it is about one.</param>
/// <param name="Error">AWS's error code, or null where it succeeded.</param>
internal sealed record LoggedCall(string Operation, string AccountId, string Region, string? ResourceId, string? Error);

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
    public int Count(string operation, string? keyId = null, string? accountId = null) => calls.Count(call =>
        call.Operation == Operation.NameOf(operation) && (keyId is null || call.ResourceId == keyId) && (accountId is null || call.AccountId == accountId));

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
}
