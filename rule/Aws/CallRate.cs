namespace KeyRotation.Aws;

/// <summary>
/// How many calls a second an operation may make now: additive increase, multiplicative decrease, by the share of throttled calls.
/// </summary>
/// <remarks>
/// The figures were chosen by simulation and measured with <c>tests/benchmark -- pressure</c>: quotas of 10 to 1,000 calls a second, and
/// calls throttled at random. A decrease must help: if other callers use up the quota, a slower sweep is throttled as often, and only takes
/// longer.
/// </remarks>
/// <param name="PerSecond">The rate now.</param>
/// <param name="Max">The rate while nothing is throttled.</param>
internal sealed record CallRate(double PerSecond, double Max)
{
    /// <summary>The lowest rate: slower than this, a call that KMS would answer waits longer than it has to.</summary>
    public const double Min = 1;

    /// <summary>Each period in which calls are answered adds a twentieth to the rate.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(0.5);

    /// <summary>Fewer responses say little about the share, unless they took <see cref="Patience"/>.</summary>
    public const int FewAnswers = 20;

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const double Increase = 1.05;
    private const double Decrease = 0.6;

    /// <summary>The share of throttled calls at which a quota counts as reached.</summary>
    private const double Tolerated = 0.05;

    /// <summary>A share of answered calls so small that the rate is certainly too high.</summary>
    private const double Hopeless = 0.25;

    /// <summary>A decrease has helped when the share of answered calls is a fifth larger than before.</summary>
    private const double Helps = 1.2;

    /// <summary>The rate before the last decrease, and the share of calls that were answered then.</summary>
    private (double PerSecond, double Answered)? Before { get; init; }

    /// <summary>The rate stays until then, because a decrease did not help.</summary>
    private TimeSpan StaysUntil { get; init; }

    /// <summary>Whether this many responses in this time are enough to learn from.</summary>
    public static bool IsEnough(int calls, TimeSpan elapsed) =>
        calls > 0 && elapsed >= Period && (calls >= FewAnswers || elapsed >= Patience);

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

        // Callers that wait between two tries send fewer calls than they may: then a decrease starts from the rate that they sent.
        var sent = calls >= FewAnswers ? Math.Min(PerSecond, calls / elapsed.TotalSeconds) : PerSecond;
        return this with { PerSecond = Math.Max(Min, Decrease * sent), Before = (PerSecond, answered) };
    }
}
