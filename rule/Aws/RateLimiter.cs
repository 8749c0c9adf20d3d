namespace KeyRotation.Aws;

/// <summary>
/// Limits the calls of one operation in one account and Region. All callers wait here in one queue, so that a throttled call slows down
/// those that follow, and calls are sent strictly in order.
/// </summary>
/// <remarks>
/// System.Threading.RateLimiting refills with a timer, which would wake a function that waits for its next event, and does not support a
/// changing rate.
/// </remarks>
#pragma warning disable CA1001 // Types that own disposable fields should be disposable: only WaitAsync of the SemaphoreSlim is called.
internal sealed class RateLimiter
#pragma warning restore CA1001
{
    // A call may arrive later than it was sent. Less than the share is sent, 0.96 in all, so that no second at AWS has more.
    private const double Sent = 0.93;
    private const double Burst = 0.03;

    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly Lock gate = new();
    private readonly TimeProvider clock;
    private readonly long start;
    private readonly CallRate fastest;
    private CallRate rate;
    private TimeSpan filled;
    private double tokens;
    private TimeSpan learned;
    private int calls;
    private int throttled;

    /// <param name="perSecond">The maximum number of calls in any one second.</param>
    public RateLimiter(double perSecond, TimeProvider clock)
    {
        this.clock = clock;
        start = clock.GetTimestamp();
        rate = fastest = new(Sent * perSecond, Sent * perSecond);
        tokens = MaxTokens;
    }

    /// <summary>The number of calls per second that may be made now.</summary>
    public double PerSecond => rate.PerSecond;

    private double MaxTokens => Math.Max(1, rate.PerSecond * Burst / Sent);

    /// <summary>Waits for this caller's turn.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            while (TryTake() is { } wait) await Task.Delay(wait, clock, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Called when AWS has responded to a call.</summary>
    public void Answered(bool isThrottled)
    {
        lock (gate)
        {
            calls++;
            if (isThrottled) throttled++;
            var now = clock.GetElapsedTime(start);
            if (!CallRate.IsEnough(calls, now - learned)) return;
            rate = rate.After(calls, throttled, now - learned, now);
            (learned, calls, throttled) = (now, 0, 0);
        }
    }

    /// <summary>Returns to the full rate: how often earlier calls were throttled says nothing about the next invocation.</summary>
    public void Reset()
    {
        lock (gate)
        {
            rate = fastest;
            (learned, calls, throttled) = (clock.GetElapsedTime(start), 0, 0);
        }
    }

    /// <summary>Null if the call may be made; otherwise how long it must wait, which is never less than a timer can wait.</summary>
    private TimeSpan? TryTake()
    {
        lock (gate)
        {
            var now = clock.GetElapsedTime(start);
            tokens = Math.Min(MaxTokens, tokens + ((now - filled).TotalSeconds * rate.PerSecond));
            filled = now;

            // Floating-point sums can fall just short of a whole call.
            if (tokens < 1 - 1e-9) return TimeSpan.FromMilliseconds(Math.Max(1, 1000 * (1 - tokens) / rate.PerSecond));
            tokens--;
            return null;
        }
    }
}
