using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace KeyRotation.Tests.Aws;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[NonParallelizable]
internal sealed class RateLimiterTests
{
    private readonly FakeTimeProvider clock = new();

    /// <summary>
    /// Uses the real clock, and no other test runs at the same time: timers are coarser than the time between two calls, and callers run in
    /// parallel.
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
    [TestCase(IamActions.ListKeys, 100, 500)]
    [TestCase("kms:ListAliases", 100, 500)]
    [TestCase("kms:GetKeyLastUsage", 100, 5)]
    [TestCase(IamActions.PutEvaluations, 50, 1000, Description = "no published quota: successive events do not wait")]
    public void Operation_has_a_share_of_its_quota(string operation, int quotaPercent, int mostPerSecond) =>
        Assert.That(new RateLimits(quotaPercent, clock)[operation].PerSecond, Is.EqualTo(0.93 * mostPerSecond));

    [Test]
    public void Idle_time_does_not_accumulate()
    {
        var limiter = new RateLimiter(100, clock);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.That(Enumerable.Range(0, 100).Count(_ => limiter.WaitAsync(CancellationToken.None).IsCompleted), Is.EqualTo(3));
    }

    [Test]
    public async Task Waits_only_for_the_rest_of_a_call()
    {
        var limiter = new RateLimiter(10, clock);
        await limiter.WaitAsync(CancellationToken.None);
        clock.Advance(TimeSpan.FromMilliseconds(50));
        var waiting = limiter.WaitAsync(CancellationToken.None);
        clock.Advance(TimeSpan.FromMilliseconds(50));
        Assert.That(waiting.IsCompleted, Is.False, "at most 9.3 calls per second");
        clock.Advance(TimeSpan.FromMilliseconds(10));
        await waiting.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Test]
    public async Task Next_caller_takes_the_place_of_a_canceled_one()
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
    public void All_operations_of_an_account_are_reset_together()
    {
        var limits = new RateLimits(50, clock);
        var full = limits[IamActions.DescribeKey].PerSecond;
        for (var i = 0; i < 19; i++) limits[IamActions.DescribeKey].Answered(isThrottled: true);
        clock.Advance(TimeSpan.FromSeconds(1));
        limits[IamActions.DescribeKey].Answered(isThrottled: true);
        Assert.That(limits[IamActions.DescribeKey].PerSecond, Is.LessThan(full));

        limits.Reset();

        Assert.That(limits[IamActions.DescribeKey].PerSecond, Is.EqualTo(full));
    }

    [Test]
    public void Throttling_slows_the_limiter_until_its_reset()
    {
        var limiter = new RateLimiter(100, clock);
        var full = limiter.PerSecond;
        for (var i = 0; i < 19; i++) limiter.Answered(isThrottled: true);
        clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.That(limiter.PerSecond, Is.EqualTo(full), "19 responses are too few");
        limiter.Answered(isThrottled: true);
        var first = limiter.PerSecond;
        Assert.That(first, Is.LessThan(0.6 * full));

        clock.Advance(TimeSpan.FromSeconds(0.2));
        for (var i = 0; i < 20; i++) limiter.Answered(isThrottled: true);
        Assert.That(limiter.PerSecond, Is.EqualTo(first), "0.2 seconds are too short");
        clock.Advance(TimeSpan.FromSeconds(0.3));
        limiter.Answered(isThrottled: true);
        Assert.That(limiter.PerSecond, Is.EqualTo(0.6 * first).Within(1e-9), "more calls were sent than the rate allows");

        limiter.Reset();
        Assert.That(limiter.PerSecond, Is.EqualTo(full));
    }
}
