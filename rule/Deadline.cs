namespace KeyRotation;

/// <summary>
/// The end of an invocation's time. Enough time is left to fail with a reason before Lambda ends the function. A sweep stops calling KMS
/// earlier, so that there is time to report.
/// </summary>
internal sealed class Deadline(TimeSpan remaining, TimeProvider clock) : IDisposable
{
    private readonly CancellationTokenSource stop = new(Positive(remaining - Shorter(remaining / 10, TimeSpan.FromSeconds(1))), clock);
    private readonly CancellationTokenSource stopAsking = new(Positive(remaining - ReportingTime(remaining)), clock);

    public CancellationToken Stop => stop.Token;

    public CancellationToken StopAsking => stopAsking.Token;

    public static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    public void Dispose()
    {
        stop.Dispose();
        stopAsking.Dispose();
    }

    /// <summary>A fifth of the time, at most 20 seconds: a batch takes a fraction of one, and the wait between attempts is short.</summary>
    private static TimeSpan ReportingTime(TimeSpan time) => Shorter(time / 5, TimeSpan.FromSeconds(20));

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;
}
