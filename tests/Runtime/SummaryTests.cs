using KeyRotation.Tests.Reading;

namespace KeyRotation.Tests.Runtime;

internal sealed class SummaryTests
{
    [Test]
    public void Verdicts_are_counted_by_kind_reason_and_scenario()
    {
        var summary = new Summary();
        foreach (var verdict in (Verdict[])
        [
            new Verdict.Compliant('m', "-"), new Verdict.NotApplicable('b', "-"), new Verdict.NotApplicable('b', "-"), new Verdict.NonCompliant('k', "-", Fix.EnableKeyRotation),
            new Verdict.NonCompliant('l', "-", Fix.EnableKeyRotation), new Verdict.NonCompliant('i', "-", Fix.Wait), new Verdict.Unreadable("-"),
        ])
        {
            summary.Count(verdict);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(summary.Scenarios, Is.EqualTo(new Dictionary<char, int> { ['b'] = 2, ['i'] = 2, ['k'] = 1, ['l'] = 1, ['m'] = 1 }));
            Assert.That(Numbers(summary, Metrics.Compliant, Metrics.NonCompliant, Metrics.NotApplicable), Is.EqualTo((long[])[1, 3, 2]));
            Assert.That(Numbers(summary, Metrics.RotationOff, Metrics.PeriodTooLong, Metrics.UnreadableNonCompliant, Metrics.Unreadable), Is.EqualTo((long[])[1, 1, 1, 1]));
        }
    }

    [Test]
    public void Anything_else_is_counted_by_name()
    {
        var summary = new Summary();
        summary.Count(Metrics.Reported, 41);
        summary.Count(Metrics.Reported);
        Assert.That(Numbers(summary, Metrics.Reported, Metrics.Cleaned), Is.EqualTo((long[])[42, 0]));
    }

    [Test]
    public void A_change_and_a_sweep_are_told_apart()
    {
        var change = Started(Events.Change(Events.Item()).ToJsonString());
        var sweep = Started("""{"notificationCreationTime":"2026-06-15T10:00:00Z","messageType":"ScheduledNotification"}""");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((change.AccountId, change.MessageType, change.IsSweep), Is.EqualTo((Events.AccountId, "Change", false)));
            Assert.That((sweep.MessageType, sweep.IsSweep), Is.EqualTo(("Sweep", true)));
        }
    }

    private static Summary Started(string invokingEvent)
    {
        var summary = new Summary();
        summary.Started(Events.Read(invokingEvent));
        return summary;
    }

    private static IEnumerable<long> Numbers(Summary summary, params string[] metrics) => metrics.Select(metric => summary[metric]);
}
