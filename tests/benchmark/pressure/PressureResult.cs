using System.Globalization;
using System.Text;
using KeyRotation.Local;

namespace KeyRotation.Benchmark;

/// <summary>The result of one sweep or of one run of the audit.</summary>
/// <param name="NotJudged">The number of keys that have no verdict, but should have one.</param>
/// <param name="Wrong">The number of keys with a wrong verdict.</param>
/// <param name="Seconds">The total duration, including stack lookups and reporting.</param>
/// <param name="Least">The minimum duration of the KMS calls under the quotas, in seconds.</param>
internal sealed record PressureResult(string Name, int NotJudged, int Wrong, double Seconds, double Least, Traffic Traffic, string Problem)
{
    private static readonly CompositeFormat Line = CompositeFormat.Parse("{0,22} {1,8} {2,7} {3,6} {4,6} {5,9} {6,9} {7,8}  {8,-48} {9,-14} {10}");

    public static readonly string Header = string.Format(
        CultureInfo.InvariantCulture,
        Line,
        "keys not judged, wrong",
        "seconds",
        "in KMS",
        "min.",
        "ratio",
        "KMS calls",
        "throttled",
        "settled",
        "calls in the busiest second/allowed",
        "problem",
        "row");

    /// <summary>
    /// There is no ratio to a minimum below one second: it would show how fast a process starts, not how well it uses its rate.
    /// </summary>
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
/// <param name="Seconds">The time from the first call to the last.</param>
/// <param name="Throttled">The share of calls that KMS throttled.</param>
/// <param name="ThrottledOnceSettled">
/// The same, without the first 10 seconds, in which the program finds its rate; null if there were no later calls.
/// </param>
/// <param name="Busiest">
/// For each operation, the number of calls in its busiest second, and the allowed number: a share of the quota that AWS publishes.
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
