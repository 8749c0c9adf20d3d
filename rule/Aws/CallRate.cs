namespace KeyRotation.Aws;

/// <summary>
/// The number of calls per second that an operation may make now. The share of throttled calls decides: additive increase, multiplicative
/// decrease.
/// </summary>
/// <remarks>
/// The figures were chosen by simulation and measured with <c>tests/benchmark -- pressure</c>: quotas of 10 to 1,000 calls per second,
/// and calls throttled at random. A decrease must help: if other callers use up the quota, a slower sweep is throttled as often, and only
/// takes longer.
/// </remarks>
/// <param name="PerSecond">The rate now.</param>
/// <param name="Max">The rate while nothing is throttled.</param>
internal sealed record CallRate(double PerSecond, double Max)
{
    /// <summary>The lowest rate. At a lower one, calls that KMS would accept wait longer than necessary.</summary>
    public const double Min = 1;

    /// <summary>Each period in which calls are answered adds a twentieth to the rate.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(0.5);

    /// <summary>Fewer responses say little about the share, unless they took as long as <see cref="Patience"/>.</summary>
    public const int EnoughResponses = 20;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const double Increase = 1.05;
    private const double Decrease = 0.6;

    /// <summary>The share of throttled calls above which the quota counts as reached.</summary>
    private const double Tolerated = 0.05;

    /// <summary>A share of answered calls so small that the rate is certainly too high.</summary>
    private const double Hopeless = 0.25;

    /// <summary>A decrease has helped if the share of answered calls is a fifth larger than before.</summary>
    private const double Helps = 1.2;

    /// <summary>The rate before the last decrease, and the share of calls answered at that rate.</summary>
    private (double PerSecond, double Answered)? Before { get; init; }

    /// <summary>The rate stays the same until this time, because a decrease did not help.</summary>
    private TimeSpan StaysUntil { get; init; }

    /// <summary>Whether this many responses in this time are enough to learn from.</summary>
    public static bool IsEnough(int calls, TimeSpan elapsed) =>
        calls > 0 && elapsed >= Period && (calls >= EnoughResponses || elapsed >= Patience);

    /// <summary>The rate after calls were answered.</summary>
    /// <param name="calls">Calls that were answered, including throttled calls.</param>
    /// <param name="throttled">How many of them were throttled.</param>
    /// <param name="elapsed">The time that they took.</param>
    /// <param name="now">The time since a fixed moment.</param>
    public CallRate After(int calls, int throttled, TimeSpan elapsed, TimeSpan now)
    {
        var answered = (calls - throttled) / (double)calls;
        if (answered >= 1 - Tolerated)
            return this with { PerSecond = Math.Min(Max, PerSecond * Math.Pow(Increase, elapsed / Period)), Before = null };
        if (answered >= Hopeless && Before is { } before && answered < Helps * before.Answered)
            return this with { PerSecond = before.PerSecond, Before = null, StaysUntil = now + Patience };
        if (answered >= Hopeless && now < StaysUntil)
            return this with { Before = null };

        // Callers that wait between two attempts send fewer calls than the rate allows. A decrease then starts from the rate that was sent.
        var sent = calls >= EnoughResponses ? Math.Min(PerSecond, calls / elapsed.TotalSeconds) : PerSecond;
        return this with { PerSecond = Math.Max(Min, Decrease * sent), Before = (PerSecond, answered) };
    }
}
