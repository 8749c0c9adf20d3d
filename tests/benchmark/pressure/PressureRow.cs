using KeyRotation.Local;

namespace KeyRotation.Benchmark;

/// <summary>What runs under the pressure.</summary>
internal enum Course
{
    /// <summary>One sweep of a new process.</summary>
    Sweep,

    /// <summary>A change event with one throttled call, then four sweeps of the same process without any pressure.</summary>
    SweepsAfterChange,

    /// <summary>A sweep, change events one after the other, and another sweep, all by one process.</summary>
    ChangesBetweenSweeps,

    /// <summary>The audit, as a process of its own.</summary>
    Audit,
}

/// <summary>An account and the pressure that KMS is under there.</summary>
internal sealed record PressureRow(int Keys, string What)
{
    private static readonly string[] KmsOperations = ["ListKeys", "DescribeKey", "GetKeyRotationStatus", "ListAliases", "ListKeyRotations", "ListResourceTags"];

    public Course Course { get; init; }

    public Action<LocalAws> Press { get; init; } = static _ => { };

    /// <summary>The rule's parameters, as JSON.</summary>
    public string? Parameters { get; init; }

    /// <summary>Null is the function's own default.</summary>
    public int? Parallelism { get; init; }

    public string Name => $"{Keys} keys, {What}";

    public static IEnumerable<PressureRow> All =>
    [
        .. For(keys => new(keys, "no pressure"), 10, 40, 250, 300, 1000, 5000),

        new(10, "one throttled call of each operation") { Press = aws => ThrottleOneOfEach(aws) },
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

        new(250, "warm, after a change with 1 throttled call") { Course = Course.SweepsAfterChange },
        new(1000, "warm, after a change with 1 throttled call") { Course = Course.SweepsAfterChange },
        new(250, "changes between sweeps, 1 % throttled") { Course = Course.ChangesBetweenSweeps, Press = aws => ThrottleEvery(aws, 100) },
        Busy(300, 50) with { What = "changes between sweeps, 50 calls a second", Course = Course.ChangesBetweenSweeps },

        new(300, "audit, 1 throttled call") { Course = Course.Audit, Press = aws => Throttle(aws, 1) },
        OncePerKey(250, "audit, each status call throttled once", Fault.Throttling) with { Course = Course.Audit },
        OncePerKey(250, "audit, each status call fails once, 500", Fault.InternalFailure) with { Course = Course.Audit },
        Busy(1000, 200) with { What = "audit, 200 calls a second", Course = Course.Audit },
    ];

    private static PressureRow[] For(Func<int, PressureRow> row, params int[] keys) => [.. keys.Select(row)];

    /// <summary>
    /// KMS lets less through than AWS's published quotas, which are all that the rule knows: something else uses the rest.
    /// </summary>
    private static PressureRow Busy(int keys, int callsPerSecond) => new(keys, $"{callsPerSecond} calls a second")
    {
        Press = aws =>
        {
            foreach (var operation in KmsOperations) aws.Quotas.Set(operation, callsPerSecond);
        },
    };

    private static PressureRow OncePerKey(int keys, string what, Fault fault, string operation = "GetKeyRotationStatus") =>
        new(keys, what) { Press = aws => aws.Faults.AddOncePerKey(operation, fault) };

    /// <summary>The throttled calls are the first ones: a burst meets a bucket that somebody else has emptied.</summary>
    private static void Throttle(LocalAws aws, int times) => aws.Faults.Add("DescribeKey", Fault.Throttling, times);

    private static void ThrottleOneOfEach(LocalAws aws)
    {
        foreach (var operation in KmsOperations) aws.Faults.Add(operation, Fault.Throttling, times: 1);
    }

    private static void ThrottleEvery(LocalAws aws, int every)
    {
        foreach (var operation in KmsOperations) aws.Faults.Add(operation, Fault.Throttling, every: every);
    }
}
