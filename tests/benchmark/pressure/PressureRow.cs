using KeyRotation.Local;

namespace KeyRotation.Benchmark;

/// <summary>An account, and the load on KMS in that account.</summary>
internal sealed record PressureRow(int Keys, string What)
{
    private static readonly string[] KmsOperations =
        ["ListKeys", "DescribeKey", "GetKeyRotationStatus", "ListAliases", "ListKeyRotations", "ListResourceTags"];

    /// <summary>Runs the audit instead of a sweep.</summary>
    public bool IsAudit { get; init; }

    public Action<LocalAws> Press { get; init; } = static _ => { };

    /// <summary>The rule's parameters, as JSON.</summary>
    public string? Parameters { get; init; }

    /// <summary>Null means the default of the function.</summary>
    public int? Parallelism { get; init; }

    public string Name => $"{Keys} keys, {What}";

    public static IEnumerable<PressureRow> All =>
    [
        .. For(keys => new(keys, "no pressure"), 10, 40, 250, 300, 1000, 5000),

        new(10, "one throttled call per operation")
        {
            Press = aws => OfEach(operation => aws.Faults.Add(operation, Fault.Throttling, times: 1)),
        },
        .. For(keys => new(keys, "1 throttled call") { Press = aws => Throttle(aws, 1) }, 40, 250, 300, 1000, 5000),
        new(300, "4 throttled calls") { Press = aws => Throttle(aws, 4) },
        new(1000, "4 throttled calls") { Press = aws => Throttle(aws, 4) },
        new(300, "50 throttled calls") { Press = aws => Throttle(aws, 50) },
        new(1000, "50 throttled calls") { Press = aws => Throttle(aws, 50) },
        .. For(keys => new(keys, "0.2 % of the calls throttled") { Press = aws => ThrottleEvery(aws, 500) }, 1000, 5000),
        .. For(keys => new(keys, "1 % of the calls throttled") { Press = aws => ThrottleEvery(aws, 100) }, 1000, 5000),
        new(1000, "1 % throttled, unreadableKeys=nonCompliant")
        {
            Press = aws => ThrottleEvery(aws, 100),
            Parameters = """{"unreadableKeys":"nonCompliant"}""",
        },

        OncePerKey(250, "each status call throttled once", Fault.Throttling),
        OncePerKey(1000, "each status call throttled once", Fault.Throttling),
        OncePerKey(250, "each description throttled once", Fault.Throttling, "DescribeKey"),
        OncePerKey(250, "each status call fails once, 500", Fault.InternalFailure),
        OncePerKey(250, "each status call fails once, 500, parallelism 64", Fault.InternalFailure) with { Parallelism = 64 },
        OncePerKey(1000, "each status call fails once, 500, parallelism 256", Fault.InternalFailure) with { Parallelism = 256 },
        OncePerKey(250, "each status call fails once, 503", Fault.ServiceUnavailable),
        OncePerKey(250, "each status call is reset once", Fault.ConnectionReset),

        .. For(keys => Busy(keys, 10), 10, 40, 250),
        .. For(keys => Busy(keys, 50), 250, 1000),
        .. For(keys => Busy(keys, 200), 300, 1000, 5000),
        .. For(keys => Busy(keys, 400), 1000, 5000),
        .. For(keys => Busy(keys, 1000), 1000, 5000),

        new(300, "audit, 1 throttled call") { IsAudit = true, Press = aws => Throttle(aws, 1) },
        OncePerKey(250, "audit, each status call throttled once", Fault.Throttling) with { IsAudit = true },
        OncePerKey(250, "audit, each status call fails once, 500", Fault.InternalFailure) with { IsAudit = true },
        Busy(1000, 200) with { What = "audit, 200 calls per second", IsAudit = true },
    ];

    private static PressureRow[] For(Func<int, PressureRow> row, params int[] keys) => [.. keys.Select(row)];

    /// <summary>
    /// KMS allows fewer calls than the published quotas, the only ones that the rule knows: another caller uses the rest.
    /// </summary>
    private static PressureRow Busy(int keys, int callsPerSecond) => new(keys, $"{callsPerSecond} calls per second")
    {
        Press = aws => OfEach(operation => aws.Quotas.Set(operation, callsPerSecond)),
    };

    private static PressureRow OncePerKey(int keys, string what, Fault fault, string operation = "GetKeyRotationStatus") =>
        new(keys, what) { Press = aws => aws.Faults.AddOncePerKey(operation, fault) };

    /// <summary>The first calls are throttled, as if another caller had used up the quota.</summary>
    private static void Throttle(LocalAws aws, int times) => aws.Faults.Add("DescribeKey", Fault.Throttling, times);

    private static void ThrottleEvery(LocalAws aws, int every) =>
        OfEach(operation => aws.Faults.Add(operation, Fault.Throttling, every: every));

    private static void OfEach(Action<string> press) => Array.ForEach(KmsOperations, press);
}
