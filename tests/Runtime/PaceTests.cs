using Microsoft.Extensions.Time.Testing;

namespace KeyRotation.Tests.Runtime;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PaceTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider clock = new();

    [Test]
    public void The_first_passes_at_once_and_the_next_waits_for_its_turn()
    {
        var pace = new Pace(1, clock);
        var first = pace.WaitAsync(CancellationToken.None);
        var second = pace.WaitAsync(CancellationToken.None);
        var third = pace.WaitAsync(CancellationToken.None);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((first.IsCompleted, second.IsCompleted, third.IsCompleted), Is.EqualTo((true, false, false)));
            clock.Advance(Second);
            Assert.That((second.IsCompleted, third.IsCompleted), Is.EqualTo((true, false)));
            clock.Advance(Second);
            Assert.That(third.IsCompleted, Is.True);
        }
    }

    [Test]
    public void No_more_pass_than_the_rate_however_many_ask_and_not_many_fewer()
    {
        var pace = new Pace(100, clock);
        var tasks = Enumerable.Range(0, 1000).Select(_ => pace.WaitAsync(CancellationToken.None)).ToList();
        for (var i = 0; i < 500; i++) clock.Advance(TimeSpan.FromMilliseconds(10));
        Assert.That(tasks.Count(task => task.IsCompleted), Is.InRange(499, 511));
    }

    [Test]
    public void A_tenth_of_a_second_is_given_in_advance()
    {
        var pace = new Pace(100, clock);
        Assert.That(Enumerable.Range(0, 1000).Count(_ => pace.WaitAsync(CancellationToken.None).IsCompleted), Is.EqualTo(11));
    }

    [Test]
    public void An_idle_time_gives_no_more_than_a_tenth_of_a_second_of_it_back()
    {
        var pace = new Pace(100, clock);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.That(Enumerable.Range(0, 1000).Count(_ => pace.WaitAsync(CancellationToken.None).IsCompleted), Is.EqualTo(11));
    }

    [Test]
    public void Whoever_waits_can_be_told_to_stop()
    {
        using var stop = new CancellationTokenSource();
        var pace = new Pace(1, clock);
        Assert.That(pace.WaitAsync(stop.Token).IsCompleted, Is.True);
        var waiting = pace.WaitAsync(stop.Token);
        stop.Cancel();
        Assert.That(async () => await waiting, Throws.InstanceOf<OperationCanceledException>());
    }
}
