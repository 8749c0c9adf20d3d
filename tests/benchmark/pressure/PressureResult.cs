using System.Globalization;
using System.Text;
using KeyRotation.Local;

namespace KeyRotation.Benchmark;

/// <summary>What came of one sweep, or of one run of the audit.</summary>
/// <param name="NotJudged">Keys without the verdict that they should have.</param>
/// <param name="Wrong">Keys with another verdict than they should have.</param>
/// <param name="Seconds">All of it, the looking for stacks and the reporting too.</param>
/// <param name="Least">The seconds that the quotas make the KMS calls last.</param>
internal sealed record PressureResult(string Name, int NotJudged, int Wrong, double Seconds, double Least, Traffic Traffic, string Problem)
{
    private static readonly CompositeFormat Line = CompositeFormat.Parse("{0,22} {1,8} {2,7} {3,6} {4,6} {5,9} {6,9} {7,8}  {8,-48} {9,-14} {10}");

    public static readonly string Header = string.Format(
        CultureInfo.InvariantCulture,
        Line,
        "keys not judged, wrong",
        "seconds",
        "of KMS",
        "least",
        "ratio",
        "KMS calls",
        "throttled",
        "settled",
        "most in any second, of the share",
        "problem",
        "row");

    /// <summary>A ratio to less than a second says how fast a process starts, not how well it keeps to a rate.</summary>
    public override string ToString() => string.Format(
        CultureInfo.InvariantCulture,
        Line,
        $"{NotJudged}, {Wrong}",
        $"{Seconds:0.0}",
        $"{Traffic.Seconds:0.0}",
        $"{Least:0.0}",
        Least < 1 ? "-" : $"{Traffic.Seconds / Least:0.00}",
        Traffic.Calls,
        $"{Traffic.Throttled * 100:0.0} %",
        Traffic.ThrottledOnceSettled is { } settled ? $"{settled * 100:0.0} %" : "-",
        Traffic.Busiest,
        Problem,
        Name);
}

/// <summary>The KMS calls of one run.</summary>
/// <param name="Seconds">From the first of them to the last.</param>
/// <param name="Throttled">The share of them that KMS refused.</param>
/// <param name="ThrottledOnceSettled">
/// The same after the first seconds, in which a rate has to be found; null where there were none after these.
/// </param>
/// <param name="Busiest">
/// For each operation, the calls of its busiest second and the share of AWS's published quota that they should keep to.
/// </param>
internal sealed record Traffic(int Calls, double Seconds, double Throttled, double? ThrottledOnceSettled, string Busiest)
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    private static readonly (string Operation, string Name)[] Names =
    [
        ("ListKeys", "list"),
        ("ListAliases", "alias"),
        ("DescribeKey", "describe"),
        ("GetKeyRotationStatus", "status"),
        ("ListKeyRotations", "rotations"),
        ("ListResourceTags", "tags"),
    ];

    public static Traffic Of(CallLog log, double share)
    {
        var calls = log.All.Where(call => Quotas.Published.ContainsKey(call.Operation)).ToList();
        var start = calls.Count == 0 ? default : calls.Min(call => call.Arrived);
        var later = calls.FindAll(call => call.Arrived - start >= Settled);
        var busiest = Names
            .Select(each => (each.Name, Most: log.MostInAnySecond(each.Operation), Allowed: share * Quotas.Published[each.Operation]))
            .Where(each => each.Most > 0)
            .Select(each => $"{each.Name} {each.Most}/{each.Allowed}{(each.Most > each.Allowed ? "!" : "")}");
        var seconds = calls.Count == 0 ? 0 : (calls.Max(call => call.Arrived) - start).TotalSeconds;
        return new(calls.Count, seconds, ShareOf(calls) ?? 0, ShareOf(later), string.Join(' ', busiest));
    }

    private static double? ShareOf(List<LoggedCall> calls) =>
        calls.Count == 0 ? null : (double)calls.Count(call => call.IsThrottled) / calls.Count;
}
