using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace KeyRotation.Tests.Aws;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[NonParallelizable]
internal sealed class RateLimiterTests
{
    private readonly FakeTimeProvider clock = new();

    /// <summary>
    /// On the real clock, with nothing beside it: timers are coarser than the time between two calls, and callers run at the same time.
    /// </summary>
    [TestCase(5, 12)]
    [TestCase(100, 250)]
    [TestCase(1000, 2500)]
    public async Task No_second_has_more_calls_than_the_limit(int perSecond, int calls)
    {
        var limiter = new RateLimiter(perSecond, TimeProvider.System);
        var start = TimeProvider.System.GetTimestamp();
        var times = new ConcurrentQueue<double>();
        await Task.WhenAll(Enumerable.Range(0, 32).Select(async _ =>
        {
            while (times.Count < calls)
            {
                await limiter.WaitAsync(CancellationToken.None);
                times.Enqueue(TimeProvider.System.GetElapsedTime(start).TotalSeconds);
                limiter.Answered(isThrottled: false);
            }
        }));

        var sorted = times.Order().ToArray();
        var most = sorted.Select((time, first) => Array.FindLastIndex(sorted, other => other < time + 1) - first + 1).Max();
        Assert.That(most, Is.LessThanOrEqualTo(perSecond));
    }

    [TestCase(IamActions.GetKeyRotationStatus, 50, 500)]
    [TestCase(IamActions.ListKeyRotations, 100, 100)]
    [TestCase(IamActions.PutEvaluations, 50, 1000, Description = "without a published quota, so that events in a row do not wait")]
    public void An_operation_has_a_share_of_its_quota(string operation, int quotaPercent, int mostPerSecond) =>
        Assert.That(new RateLimits(quotaPercent, clock)[operation].PerSecond, Is.EqualTo(0.93 * mostPerSecond));

    [Test]
    public void Idle_time_is_not_saved_up()
    {
        var limiter = new RateLimiter(100, clock);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.That(Enumerable.Range(0, 100).Count(_ => limiter.WaitAsync(CancellationToken.None).IsCompleted), Is.EqualTo(3));
    }

    [Test]
    public async Task A_caller_can_stop_waiting_and_the_next_one_takes_its_place()
    {
        using var stop = new CancellationTokenSource();
        var limiter = new RateLimiter(1, clock);
        await limiter.WaitAsync(CancellationToken.None);
        var waiting = limiter.WaitAsync(stop.Token);
        var next = limiter.WaitAsync(CancellationToken.None);
        await stop.CancelAsync();
        await Assert.ThatAsync(() => waiting, Throws.InstanceOf<OperationCanceledException>());
        clock.Advance(TimeSpan.FromSeconds(1.1));
        await next.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Test]
    public void Throttled_answers_slow_it_down_until_it_forgets()
    {
        var limiter = new RateLimiter(100, clock);
        var full = limiter.PerSecond;
        for (var i = 0; i < 19; i++) limiter.Answered(isThrottled: true);
        clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.That(limiter.PerSecond, Is.EqualTo(full), "nineteen answers are few");
        limiter.Answered(isThrottled: true);
        Assert.That(limiter.PerSecond, Is.LessThan(0.6 * full));
        limiter.Reset();
        Assert.That(limiter.PerSecond, Is.EqualTo(full));
    }
}
