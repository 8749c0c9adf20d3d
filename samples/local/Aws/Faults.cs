namespace KeyRotation.Local;

/// <summary>The faults that are switched on.</summary>
internal sealed class Faults
{
    private const string FailedEvaluations = "FailedEvaluations";

    private readonly Lock gate = new();
    private readonly List<Planned> planned = [];

    /// <param name="operation">Its name, or its IAM action.</param>
    /// <param name="times">Null means permanently.</param>
    /// <param name="keyId">Only requests about this key, by whatever name the request calls it.</param>
    /// <param name="after">This many requests still succeed: a listing that breaks at page n is after n - 1.</param>
    /// <param name="accountId">Only requests in this account.</param>
    /// <param name="every">A share of the requests: 100 is each hundredth of those that it could strike.</param>
    public void Add(
        string operation, Fault fault, int? times = null, string? keyId = null, int after = 0, string? accountId = null, int every = 1) =>
        Add(new Planned(Operation.NameOf(operation), fault, times, keyId, after, accountId, every));

    /// <summary>Strikes the first request about each key, or each other resource, and spares all later ones about it.</summary>
    public void AddOncePerKey(string operation, Fault fault, string? accountId = null) =>
        Add(new Planned(Operation.NameOf(operation), fault, null, null, 0, accountId, oncePerKey: true));

    /// <summary>PutEvaluations does not take this resource, and returns it in FailedEvaluations.</summary>
    public void FailEvaluations(string resourceId, int? times = null) =>
        Add(FailedEvaluations, Fault.AccessDenied, times, resourceId);

    public bool Any
    {
        get
        {
            lock (gate) return planned.Count > 0;
        }
    }

    /// <summary>Ends the faults that were added for this operation and account, or key.</summary>
    public void Remove(string operation, string? accountId = null, string? keyId = null)
    {
        lock (gate) planned.RemoveAll(plan => plan.IsFor(Operation.NameOf(operation), accountId, keyId));
    }

    public void Clear()
    {
        lock (gate) planned.Clear();
    }

    /// <summary>The fault of this request, which is then one time fewer.</summary>
    public Fault? Of(string operation, string accountId, string? keyId)
    {
        lock (gate) return planned.Find(plan => plan.Matches(operation, accountId, keyId) && plan.Strikes(keyId))?.Fault;
    }

    /// <summary>Whether PutEvaluations returns this evaluation.</summary>
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
