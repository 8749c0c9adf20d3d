namespace KeyRotation.Local;

/// <summary>The faults that the local AWS currently injects.</summary>
internal sealed class Faults
{
    private const string FailedEvaluations = "FailedEvaluations";

    private readonly Lock gate = new();
    private readonly List<Planned> planned = [];

    /// <param name="operation">Name or IAM action of the operation.</param>
    /// <param name="times">How often the fault occurs; null means permanently.</param>
    /// <param name="keyId">Only requests for this key, whether by key ID or by key ARN.</param>
    /// <param name="after">Number of requests that succeed first: n - 1 for a list that fails at page n.</param>
    /// <param name="accountId">Only requests in this account.</param>
    /// <param name="every">The fault occurs at every nth of the matching requests: 100 means every hundredth.</param>
    public void Add(
        string operation, Fault fault, int? times = null, string? keyId = null, int after = 0, string? accountId = null, int every = 1) =>
        Add(new Planned(Operation.NameOf(operation), fault, times, keyId, after, accountId, every));

    /// <summary>The first request for each key, or other resource, gets the fault; all later ones do not.</summary>
    public void AddOncePerKey(string operation, Fault fault, string? accountId = null) =>
        Add(new Planned(Operation.NameOf(operation), fault, null, null, 0, accountId, oncePerKey: true));

    /// <summary>PutEvaluations does not accept the evaluations of this resource, and returns them in FailedEvaluations.</summary>
    public void FailEvaluations(string resourceId, int? times = null) =>
        Add(FailedEvaluations, Fault.AccessDenied, times, resourceId);

    public bool Any
    {
        get
        {
            lock (gate) return planned.Count > 0;
        }
    }

    /// <summary>Removes the faults that were added for exactly this operation, account and key.</summary>
    public void Remove(string operation, string? accountId = null, string? keyId = null)
    {
        lock (gate) planned.RemoveAll(plan => plan.IsFor(Operation.NameOf(operation), accountId, keyId));
    }

    public void Clear()
    {
        lock (gate) planned.Clear();
    }

    /// <summary>Returns the fault for this request, or null, and counts the request.</summary>
    public Fault? Of(string operation, string accountId, string? keyId)
    {
        lock (gate) return planned.Find(plan => plan.Matches(operation, accountId, keyId) && plan.Strikes(keyId))?.Fault;
    }

    /// <summary>Whether PutEvaluations returns this evaluation in FailedEvaluations.</summary>
    public bool Fails(string accountId, string resourceId) => Of(FailedEvaluations, accountId, resourceId) is not null;

    private void Add(Planned plan)
    {
        lock (gate) planned.Add(plan);
    }

    private sealed class Planned(
        string operation,
        Fault fault,
        int? times,
        string? keyId,
        int after,
        string? accountId,
        int every = 1,
        bool oncePerKey = false)
    {
        private readonly HashSet<string> struck = new(StringComparer.Ordinal);
        private int? timesLeft = times;
        private int passesLeft = after;
        private long seen;

        public Fault Fault => fault;

        public bool Matches(string ofOperation, string ofAccount, string? ofKey) =>
            operation == ofOperation && (keyId is null || keyId == ofKey) && (accountId is null || accountId == ofAccount);

        public bool IsFor(string ofOperation, string? ofAccount, string? ofKey) =>
            operation == ofOperation && accountId == ofAccount && keyId == ofKey;

        public bool Strikes(string? ofKey)
        {
            if (passesLeft > 0)
            {
                passesLeft--;
                return false;
            }

            if (timesLeft == 0 || ++seen % every != 0) return false;
            if (oncePerKey && !struck.Add(ofKey ?? "")) return false;
            timesLeft--;
            return true;
        }
    }
}
