using KeyRotation.Core;
using KeyRotation.Reading;
using KeyRotation.Sweeping;

namespace KeyRotation.Runtime;

/// <summary>What one invocation did, in numbers.</summary>
internal sealed class Summary
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, long> counts = [];
    private readonly SortedDictionary<char, int> scenarios = [];

    public string RuleName { get; set; } = "-";

    public string? AccountId { get; private set; }

    public string? MessageType { get; private set; }

    public bool IsSweep { get; private set; }

    /// <summary>The sweep saw every key of the account, and could judge some. Without that its counts of verdicts are not the account's.</summary>
    public bool IsWhole { get; set; }

    /// <summary>The key of a change event.</summary>
    public string? KeyId { get; set; }

    public IReadOnlyDictionary<char, int> Scenarios => scenarios;

    public long this[string metric]
    {
        get
        {
            lock (gate) return counts.GetValueOrDefault(metric);
        }
    }

    public void Started(Invocation invocation)
    {
        AccountId = invocation.Place.AccountId;
        MessageType = invocation.Notification.GetType().Name;
        IsSweep = invocation.Notification is Notification.Sweep;
    }

    public void Count(Verdict verdict)
    {
        var metric = verdict switch
        {
            Verdict.Compliant => Metrics.Compliant,
            Verdict.NonCompliant => Metrics.NonCompliant,
            Verdict.NotApplicable => Metrics.NotApplicable,
            _ => Metrics.Unreadable,
        };

        lock (gate)
        {
            Add(metric, 1);
            scenarios[verdict.Scenario] = scenarios.GetValueOrDefault(verdict.Scenario) + 1;
            if (verdict is Verdict.NonCompliant) Add(verdict.Scenario switch { 'k' => Metrics.RotationOff, 'l' => Metrics.PeriodTooLong, _ => Metrics.UnreadableNonCompliant }, 1);
        }
    }

    public void Count(string metric, long number = 1)
    {
        lock (gate) Add(metric, number);
    }

    private void Add(string metric, long number) => counts[metric] = counts.GetValueOrDefault(metric) + number;
}
