namespace KeyRotation.Local;

/// <summary>The faults that are switched on.</summary>
internal sealed class Faults
{
    private readonly Lock gate = new();
    private readonly List<Planned> planned = [];
    private volatile bool any;

    /// <param name="operation">Its name, or its IAM action.</param>
    /// <param name="times">Null is for good.</param>
    /// <param name="keyId">Only requests about this key, by whatever name the request calls it.</param>
    /// <param name="after">So many requests still succeed: a listing that breaks at page n is after n - 1.</param>
    /// <param name="accountId">Only requests in this account.</param>
    public void Add(string operation, Fault fault, int? times = null, string? keyId = null, int after = 0, string? accountId = null) =>
        Add(new Planned(Operation.NameOf(operation), fault, times, keyId, after, accountId));

    /// <summary>PutEvaluations returns this resource in FailedEvaluations.</summary>
    public void FailEvaluations(string resourceId, int? times = null) => Add(new Planned("FailedEvaluations", null, times, resourceId, 0, null));

    public bool Any => any;

    public void Clear()
    {
        lock (gate)
        {
            planned.Clear();
            any = false;
        }
    }

    /// <summary>The fault of this request, which is then one time fewer.</summary>
    public Fault? Of(string operation, string accountId, string? keyId) => any ? Next(operation, accountId, keyId)?.Fault : null;

    public bool FailsEvaluation(string accountId, string resourceId) => any && Next("FailedEvaluations", accountId, resourceId) is not null;

    private void Add(Planned plan)
    {
        lock (gate)
        {
            planned.Add(plan);
            any = true;
        }
    }

    private Planned? Next(string operation, string accountId, string? keyId)
    {
        lock (gate)
        {
            return planned.Find(plan => plan.Matches(operation, accountId, keyId) && plan.Strikes());
        }
    }

    private sealed class Planned(string operation, Fault? fault, int? times, string? keyId, int after, string? accountId)
    {
        private int? timesLeft = times;
        private int passesLeft = after;

        public Fault? Fault => fault;

        public bool Matches(string ofOperation, string ofAccount, string? ofKey) =>
            operation == ofOperation && (keyId is null || keyId == ofKey) && (accountId is null || accountId == ofAccount);

        public bool Strikes()
        {
            if (passesLeft > 0)
            {
                passesLeft--;
                return false;
            }

            if (timesLeft == 0) return false;
            timesLeft--;
            return true;
        }
    }
}
