using System.Globalization;
using System.Text.RegularExpressions;
using KeyRotation.Local;
using Microsoft.Extensions.Time.Testing;

namespace KeyRotation.Tests.Sweeping;

/// <summary>Before Lambda ends the function, it stops asking, reports what it knows, and says what is missing.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.Children)]
internal sealed class DeadlineTests
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);

    [TestCase(3, 2.4)]
    [TestCase(60, 48)]
    [TestCase(900, 880)]
    public async Task What_is_known_in_time_is_reported_and_the_number_of_the_others_is_told(int seconds, double stopsAskingAt)
    {
        await using var rule = await RuleInProcess.StartAsync(clock: clock);
        rule.Account.Put(Enumerable.Range(0, 10).Select(_ => LocalKey.Symmetric()));
        foreach (var slow in rule.Account.Listing.Take(3)) rule.Aws.Faults.Add("GetKeyRotationStatus", Fault.Timeout, keyId: slow);

        var sweep = rule.SweepAsync(time: TimeSpan.FromSeconds(seconds));
        await Wait.UntilAsync(() => rule.Aws.Calls["GetKeyRotationStatus"] == 10);
        clock.Advance(TimeSpan.FromSeconds(stopsAskingAt - 0.01));
        await Task.Delay(200);
        Assert.That(sweep.IsCompleted, Is.False, "not before its time");
        clock.Advance(TimeSpan.FromSeconds(0.02));
        var ending = await sweep;

        var left = ending.Tally.KeysLeft;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Problems, Is.EqualTo([ProblemNumber.OutOfTime]));
            Assert.That(ending.Message, Is.EqualTo(
                $"KR13: Time ran out with {left} of 10 keys left; what is known is reported, and the next sweep starts at other keys. "
                + "Raise SweepParallelism or SweepQuotaPercent of the function's stack, or its Timeout where that is below 900 seconds."));
            Assert.That(left, Is.InRange(3, 9));
            Assert.That(Truth.HeldBy(rule.Account), Has.Count.EqualTo(10 - left).And.SubsetOf(Truth.Of(rule.Account)));
        }
    }

    /// <summary>The second of them would wait for longer than the function lives.</summary>
    [Test]
    public async Task What_waits_for_its_stack_is_reported_without_it()
    {
        await using var rule = await RuleInProcess.StartAsync(clock: clock, stackLookupsPerSecond: 0.001);
        rule.Account.Put(Enumerable.Range(0, 20).Select(_ => LocalKey.Symmetric()));

        var sweep = rule.SweepAsync(time: Time);
        await Wait.UntilAsync(() => rule.Aws.Calls["GetKeyRotationStatus"] == 20 && rule.Aws.Calls["DescribeStackResources"] == 1);
        await Task.Delay(200);
        Assert.That(sweep.IsCompleted, Is.False);
        clock.Advance(Time * 0.9);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((await sweep.WaitAsync(TimeSpan.FromSeconds(30))).Succeeded);
            Assert.That(Truth.HeldBy(rule.Account), Is.EquivalentTo(Truth.Of(rule.Account)));
        }
    }

    /// <summary>
    /// The machine stalls, and the time to stop asking and the time to stop pass together: what was not handed over is told.
    /// </summary>
    [TestCase(99)]
    [TestCase(0)]
    public async Task A_finding_that_still_waits_for_its_stack_at_the_very_end_is_left(int others)
    {
        await using var rule = await RuleInProcess.StartAsync(clock: clock, stackLookupsPerSecond: 0.001);
        rule.Account.Put(Enumerable.Range(0, others).Select(_ => LocalKey.Symmetric(rotates: true)));
        rule.Account.Put(Enumerable.Range(0, 20).Select(_ => LocalKey.Symmetric()));
        rule.Aws.Faults.Add("DescribeStackResources", Fault.Timeout);

        var sweep = rule.SweepAsync(time: TimeSpan.FromSeconds(3));
        await Wait.UntilAsync(() => rule.Aws.Calls["GetKeyRotationStatus"] == others + 20 && rule.Aws.Calls["DescribeStackResources"] == 1);
        await Task.Delay(300);
        clock.Advance(TimeSpan.FromSeconds(2.9));
        var ending = await sweep;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Succeeded, Is.False);
            Assert.That(ending.Problems, Does.Contain(ProblemNumber.OutOfTime), $"{ending}");
            Assert.That(ending.Message, Does.Not.Contain("Nothing has changed"));
            Assert.That(ending.Tally.KeysLeft, Is.InRange(1, 20), "the machine can go on between the two times");
            Assert.That(ending.Tally.KeysLeft + ending.Tally.Reported + Rejected(ending.Message), Is.EqualTo(others + 20), "every key is accounted for");
            Assert.That(Truth.HeldBy(rule.Account), Is.SubsetOf(Truth.Of(rule.Account)));
        }
    }

    private static int Rejected(string message) =>
        Regex.Match(message, "did not accept ([0-9]+) of the evaluations") is { Success: true } match
            ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : 0;

    /// <summary>Steps of a day must not be nearly whole rounds.</summary>
    [TestCase(60)]
    [TestCase(12 * 60)]
    [TestCase(24 * 60)]
    [TestCase(17)]
    public async Task Whatever_the_frequency_a_few_starts_are_spread_over_the_account(int minutes)
    {
        await using var rule = await RuleInProcess.StartAsync(parallelism: 1, clock: clock);
        rule.Account.Put(Enumerable.Range(0, 256).Select(
            number => LocalKey.Symmetric(rotates: true) with { KeyId = $"{number:x2}000000-0000-4000-8000-000000000000" }));
        var covered = new HashSet<string?>();
        for (var sweep = 0; sweep < 7; sweep++)
        {
            rule.Aws.Calls.Clear();
            await rule.SweepAsync();
            clock.Advance(TimeSpan.FromMinutes(minutes));
            covered.UnionWith(Described(rule).Take(104));
        }

        Assert.That(covered, Has.Count.EqualTo(256), "seven sweeps, each of which has time for two fifths of the account");
    }

    /// <summary>A sweep that is retried must not start where it did.</summary>
    [Test]
    public async Task Sweeps_start_at_other_keys_each_minute()
    {
        await using var rule = await RuleInProcess.StartAsync(parallelism: 1, clock: clock);
        rule.Account.Put(Enumerable.Range(0, 64).Select(_ => LocalKey.Symmetric(rotates: true)));
        var first = new List<string?>();
        for (var minute = 0; minute < 4; minute++)
        {
            rule.Aws.Calls.Clear();
            await rule.SweepAsync();
            clock.Advance(TimeSpan.FromMinutes(1));

            // Which comes very first is a matter of how much of the page has been read by then.
            first.Add(Described(rule).ElementAt(8));
        }

        Assert.That(first, Is.Unique);
    }

    private static IEnumerable<string?> Described(RuleInProcess rule) =>
        rule.Aws.Calls.All.Where(call => call.Operation == "DescribeKey").Select(call => call.ResourceId);

    [Test]
    public async Task No_result_is_withdrawn_for_a_key_that_had_no_turn()
    {
        await using var rule = await RuleInProcess.StartAsync(clock: clock);
        rule.Account.Put([LocalKey.Symmetric(rotates: true), LocalKey.Symmetric(rotates: true)]);
        await rule.SweepAsync();
        var held = Truth.HeldBy(rule.Account);

        // About a bucket KMS has nothing to say, so nothing but the keys that are left speaks for it.
        var now = clock.GetUtcNow();
        rule.Account.Rule(ConfigEvents.RuleName).Take(new("AWS::S3::Bucket", "a-bucket", "COMPLIANT", null, now, now));
        rule.Aws.Faults.Add("DescribeKey", Fault.Timeout);
        rule.Aws.Calls.Clear();

        var sweep = rule.SweepAsync(time: Time, creationTime: clock.GetUtcNow().AddHours(1));
        await Wait.UntilAsync(() => rule.Aws.Calls["DescribeKey"] == 2);
        clock.Advance(Time * 0.9);
        var ending = await sweep;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Problems, Is.EqualTo([ProblemNumber.OutOfTime]));
            Assert.That(Truth.HeldBy(rule.Account), Is.EquivalentTo(held.Append(KeyValuePair.Create("a-bucket", "COMPLIANT"))));
        }
    }

    [TestCase("ListKeys", "GetComplianceDetailsByConfigRule", 54, @"^KR15: .*\(time ran out\)")]
    [TestCase("GetComplianceDetailsByConfigRule", "GetKeyRotationStatus", 54, @"^KR16: .*\(time ran out\)")]
    [TestCase("PutEvaluations", "GetKeyRotationStatus", 59.5, @"^KR12: AWS Config did not accept 1 of the evaluations \(PutEvaluations: There was no answer in time\)")]
    public async Task A_call_that_is_not_answered_in_time_is_named(string operation, string meanwhile, double seconds, string message)
    {
        await using var rule = await RuleInProcess.StartAsync(clock: clock);
        rule.Account.Put(LocalKey.Symmetric());
        rule.Aws.Faults.Add(operation, Fault.Timeout);

        var sweep = rule.SweepAsync(time: Time);
        await Wait.UntilAsync(() => rule.Aws.Calls[operation] == 1 && rule.Aws.Calls[meanwhile] == 1);
        clock.Advance(TimeSpan.FromSeconds(seconds));

        Assert.That((await sweep).Message, Does.Match(message));
    }

    [Test]
    public async Task A_change_event_that_does_not_end_in_time_is_told()
    {
        await using var rule = await RuleInProcess.StartAsync(clock: clock);
        var key = rule.Account.Put(LocalKey.Symmetric());
        rule.Aws.Faults.Add("GetKeyRotationStatus", Fault.Timeout);

        var change = rule.HandleAsync(ConfigEvents.Change(rule.Account, key), Time);
        await Wait.UntilAsync(() => rule.Aws.Calls["GetKeyRotationStatus"] == 1);
        clock.Advance(Time - TimeSpan.FromSeconds(0.5));

        using (Assert.EnterMultipleScope())
        {
            Assert.That((await change).Problems, Is.EqualTo([ProblemNumber.OutOfTime]));
            Assert.That(Truth.HeldBy(rule.Account), Is.Empty);
        }
    }

    [Test]
    public async Task Sweeps_that_are_all_too_short_cover_the_account_together()
    {
        await using var rule = await RuleInProcess.StartAsync(parallelism: 4, clock: clock);
        rule.Account.Put(Enumerable.Range(0, 120).Select(_ => LocalKey.Symmetric(rotates: true)));
        var truth = Truth.Of(rule.Account);
        var sweeps = 0;

        // Each has time for about a third of the keys.
        while (sweeps++ < 20 && Truth.HeldBy(rule.Account).Count < truth.Count)
        {
            rule.Aws.Calls.Clear();
            var sweep = rule.SweepAsync(time: Time, creationTime: clock.GetUtcNow());
            await Wait.UntilAsync(() => rule.Aws.Calls["DescribeKey"] >= 40 || sweep.IsCompleted);
            clock.Advance(Time * 0.9);
            await sweep;
            clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.That(Truth.HeldBy(rule.Account), Is.EquivalentTo(truth), $"after {sweeps} sweeps");
    }
}
