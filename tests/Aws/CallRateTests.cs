namespace KeyRotation.Tests.Aws;

internal sealed class CallRateTests
{
    private static readonly CallRate Full = new(500, 500);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [TestCase(20, 0.5, ExpectedResult = true)]
    [TestCase(20, 0.49, ExpectedResult = false)]
    [TestCase(19, 4.99, ExpectedResult = false)]
    [TestCase(1, 5, ExpectedResult = true)]
    [TestCase(0, 60, ExpectedResult = false)]
    public bool Rate_adapts_only_after_enough_responses(int calls, double seconds) =>
        CallRate.IsEnough(calls, TimeSpan.FromSeconds(seconds));

    [TestCase(100, 5, ExpectedResult = 500)]
    [TestCase(100, 6, ExpectedResult = 60)]
    [TestCase(500, 250, ExpectedResult = 300)]
    [TestCase(1000, 1000, ExpectedResult = 300)]
    [TestCase(19, 10, ExpectedResult = 300)]
    public double Throttled_share_decreases_the_rate_that_was_sent(int calls, int throttled) =>
        Full.After(calls, throttled, Second, Second).PerSecond;

    [Test]
    public void Half_second_without_throttling_adds_five_percent()
    {
        var slow = new CallRate(100, 500);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(slow.After(50, 0, Second / 2, Second).PerSecond, Is.EqualTo(105).Within(1e-9));
            Assert.That(slow.After(100, 0, Second, Second).PerSecond, Is.EqualTo(110.25).Within(1e-9));
            Assert.That(slow.After(100, 0, TimeSpan.FromMinutes(10), Second).PerSecond, Is.EqualTo(500));
        }
    }

    [Test]
    public void Rate_never_falls_below_one_per_second()
    {
        var rate = Full;
        for (var i = 0; i < 50; i++) rate = rate.After(5, 5, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5 * i));
        Assert.That(rate.PerSecond, Is.EqualTo(CallRate.Min));
    }

    /// <summary>Half of all calls are throttled at any rate, because other callers use up the quota.</summary>
    [Test]
    public void Decrease_that_does_not_help_is_reverted()
    {
        var fallen = Full.After(250, 125, Second, Second);
        var back = fallen.After(150, 75, Second / 2, 1.5 * Second);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(fallen.PerSecond, Is.EqualTo(150));
            Assert.That(back.PerSecond, Is.EqualTo(500));
            Assert.That(back.After(250, 125, Second / 2, 6.4 * Second).PerSecond, Is.EqualTo(500), "no decrease for five seconds");
            Assert.That(back.After(250, 125, Second / 2, 6.5 * Second).PerSecond, Is.EqualTo(300), "then a decrease is tried again");
        }
    }

    [Test]
    public void Decrease_that_helps_continues()
    {
        var fallen = Full.After(250, 150, Second / 2, Second);
        var again = fallen.After(150, 75, Second / 2, 1.5 * Second);
        Assert.That((fallen.PerSecond, again.PerSecond), Is.EqualTo((300, 180)));
    }

    [Test]
    public void Rate_keeps_falling_while_hardly_a_call_succeeds()
    {
        var fallen = Full.After(250, 200, Second / 2, Second);
        var again = fallen.After(150, 120, Second / 2, 1.5 * Second);
        Assert.That((fallen.PerSecond, again.PerSecond), Is.EqualTo((300, 180)));
    }

    /// <summary>Within 20 seconds, the rate is near the quota, and fewer than 5% of the calls are throttled from then on.</summary>
    [TestCase(10)]
    [TestCase(50)]
    [TestCase(200)]
    [TestCase(400)]
    public void Rate_settles_near_the_quota(int quota)
    {
        var rate = Full;
        var now = TimeSpan.Zero;
        var (sent, throttled) = (0.0, 0.0);
        for (var settling = true; now < TimeSpan.FromSeconds(120); settling = now < TimeSpan.FromSeconds(20))
        {
            var elapsed = TimeSpan.FromSeconds(Math.Max(0.5, CallRate.EnoughResponses / rate.PerSecond));
            now += elapsed;
            var calls = (int)Math.Ceiling(rate.PerSecond * elapsed.TotalSeconds);
            var over = Math.Max(0, calls - (int)(quota * elapsed.TotalSeconds));
            if (!settling) (sent, throttled) = (sent + calls, throttled + over);
            rate = rate.After(calls, over, elapsed, now);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(throttled / sent, Is.LessThan(0.05));
            Assert.That((sent - throttled) / 100, Is.GreaterThan(0.8 * quota));
        }
    }
}
