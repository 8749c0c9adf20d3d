using System.Globalization;
using KeyRotation.Local;

namespace KeyRotation.Benchmark;

/// <summary>What came of one sweep, of one run of the audit, or of some change events.</summary>
/// <param name="NotJudged">Keys without the verdict that they should have.</param>
/// <param name="Wrong">Keys with another verdict than they should have.</param>
/// <param name="Seconds">All of it, the looking for stacks and the reporting too.</param>
/// <param name="Least">The seconds that the quotas make the KMS calls last.</param>
internal sealed record PressureResult(string Name, int NotJudged, int Wrong, double Seconds, double Least, Traffic Traffic, string Problem)
{
    public static readonly string Header = Line(
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
    public override string ToString() => Line(
        $"{NotJudged}, {Wrong}",
        Text($"{Seconds:0.0}"),
        Text($"{Traffic.Seconds:0.0}"),
        Text($"{Least:0.0}"),
        Least < 1 ? "-" : Text($"{Traffic.Seconds / Least:0.00}"),
        Text($"{Traffic.Calls}"),
        Text($"{Traffic.Throttled * 100:0.0} %"),
        Traffic.ThrottledOnceSettled is { } settled ? Text($"{settled * 100:0.0} %") : "-",
        Traffic.Busiest,
        Problem,
        Name);

    private static string Line(
        string judged,
        string seconds,
        string ofKms,
        string least,
        string ratio,
        string calls,
        string throttled,
        string settled,
        string busiest,
        string problem,
        string name) =>
        $"{judged,22} {seconds,8} {ofKms,7} {least,6} {ratio,6} {calls,9} {throttled,9} {settled,8}  {busiest,-48} {problem,-14} {name}";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
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
