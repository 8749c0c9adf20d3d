namespace KeyRotation;

/// <summary>
/// Lets a number of requests a second pass, evenly. It has no timer and so costs nothing between requests, which
/// System.Threading.RateLimiting would: its buckets are refilled by a timer that wakes a function that waits for its next event.
/// </summary>
internal sealed class Pace(double perSecond, TimeProvider clock)
{
    // A late wake-up may be made good for within this time, or the rate given would never be reached. It is given from the start: the first keys
    // that a function judges do not wait for one another.
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private readonly TimeSpan interval = TimeSpan.FromSeconds(1 / perSecond);
    private readonly long start = clock.GetTimestamp();
    private TimeSpan next = -Burst;

    public Task WaitAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (gate)
        {
            var now = clock.GetElapsedTime(start);
            if (next < now - Burst) next = now - Burst;
            wait = next - now;
            next += interval;
        }

        return wait <= TimeSpan.Zero ? Task.CompletedTask : Task.Delay(wait, clock, cancellationToken);
    }
}
