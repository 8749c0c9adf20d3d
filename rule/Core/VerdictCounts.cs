using System.Collections.Immutable;

namespace KeyRotation.Core;

/// <summary>The number of keys by verdict and by scenario.</summary>
internal sealed record VerdictCounts
{
    public static readonly VerdictCounts None = new();

    public int Compliant { get; private init; }
    public int NonCompliant { get; private init; }
    public int NotApplicable { get; private init; }

    /// <summary>Keys that could not be judged.</summary>
    public int Unreadable { get; private init; }

    public ImmutableSortedDictionary<char, int> Scenarios { get; private init; } = ImmutableSortedDictionary<char, int>.Empty;

    /// <summary>The reasons of NON_COMPLIANT: scenarios k, l, n with p, and i.</summary>
    public int RotationOff => Scenarios.GetValueOrDefault('k');
    public int PeriodTooLong => Scenarios.GetValueOrDefault('l');
    public int KeyMaterialTooOld => Scenarios.GetValueOrDefault('n') + Scenarios.GetValueOrDefault('p');
    public int UnreadableNonCompliant => NonCompliant - RotationOff - PeriodTooLong - KeyMaterialTooOld;

    public VerdictCounts Plus(Verdict verdict)
    {
        var counts = this with { Scenarios = Scenarios.SetItem(verdict.Scenario, Scenarios.GetValueOrDefault(verdict.Scenario) + 1) };
        return verdict switch
        {
            Verdict.Compliant => counts with { Compliant = Compliant + 1 },
            Verdict.NonCompliant => counts with { NonCompliant = NonCompliant + 1 },
            Verdict.NotApplicable => counts with { NotApplicable = NotApplicable + 1 },
            _ => counts with { Unreadable = Unreadable + 1 },
        };
    }
}
