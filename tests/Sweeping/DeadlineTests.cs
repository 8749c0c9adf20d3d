using System.Globalization;
using System.Text.RegularExpressions;
using KeyRotation.Local;
using Microsoft.Extensions.Time.Testing;

namespace KeyRotation.Tests.Sweeping;

/// <summary>Near its timeout, the function stops calling KMS, reports the results that it has, and names what is missing.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.Children)]
internal sealed class DeadlineTests
{
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);

    [TestCase(3, 2.4)]
    [TestCase(60, 48)]
    [TestCase(900, 880)]
    public async Task Sweep_reports_its_results_and_counts_the_keys_left(int seconds, double stopsAskingAt)
    {
        await using var rule = await RuleInProcess.StartAsync(clock: clock);
        rule.Account.Put(Enumerable.Range(0, 10).Select(_ => LocalKey.Symmetric()));
        foreach (var slow in rule.Account.Listing.Take(3)) rule.Aws.Faults.Add("GetKeyRotationStatus", Fault.Timeout, keyId: slow);

        var sweep = rule.SweepAsync(time: TimeSpan.FromSeconds(seconds));
        await Wait.UntilAsync(() => rule.Aws.Calls["GetKeyRotationStatus"] == 10);
        clock.Advance(TimeSpan.FromSeconds(stopsAskingAt - 0.01));
        await Task.Delay(200);
        Assert.That(sweep.IsCompleted, Is.False, "the sweep must not end early");
        clock.Advance(TimeSpan.FromSeconds(0.02));
        var ending = await sweep;

        var left = ending.Tally.KeysLeft;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Problems, Is.EqualTo([ProblemNumber.OutOfTime]));
            Assert.That(ending.Message, Is.EqualTo(
                $"KR13: Time ran out with {left} of 10 keys left. Known results are reported, and the next sweep starts with other keys. "
                + "Raise SweepParallelism or SweepQuotaPercent in the function's stack, or Timeout if it is below 900 seconds."));
            Assert.That(left, Is.InRange(3, 9));
            Assert.That(Truth.HeldBy(rule.Account), Has.Count.EqualTo(10 - left).And.SubsetOf(Truth.Of(rule.Account)));
        }
    }

    /// <summary>At this rate, the second stack lookup would wait longer than the function's timeout.</summary>
    [Test]
    public async Task Pending_stack_lookup_does_not_block_the_report()
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
    /// Simulates a machine that stalls until both deadlines have passed: the one for calls to KMS and the one for the whole sweep. A key
    /// whose evaluation was not passed on by then counts as left.
    /// </summary>
    [TestCase(99)]
    [TestCase(0)]
    public async Task Key_awaiting_its_stack_at_the_deadline_is_left(int others)
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
            Assert.That(ending.Tally.KeysLeft, Is.InRange(1, 20), "some evaluations can be passed on between the two deadlines");
            Assert.That(ending.Tally.KeysLeft + ending.Tally.Reported + Rejected(ending.Message), Is.EqualTo(others + 20), "every key is accounted for");
            Assert.That(Truth.HeldBy(rule.Account), Is.SubsetOf(Truth.Of(rule.Account)));
        }
    }

    private static int Rejected(string message) =>
        Regex.Match(message, "did not accept ([0-9]+) of the evaluations") is { Success: true } match
            ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
            : 0;

    /// <summary>
    /// If the offset moved by almost a full circle between two sweeps, for example in a day, all sweeps would start near the same key.
    /// </summary>
    [TestCase(60)]
    [TestCase(12 * 60)]
    [TestCase(24 * 60)]
    [TestCase(17)]
    public async Task Starts_spread_over_all_keys_at_any_frequency(int minutes)
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

        Assert.That(covered, Has.Count.EqualTo(256), "seven sweeps, each with time for two fifths of the keys");
    }

    /// <summary>A retried sweep must not start at the same key.</summary>
    [Test]
    public async Task Sweep_starts_at_another_key_each_minute()
    {
        await using var rule = await RuleInProcess.StartAsync(parallelism: 1, clock: clock);
        rule.Account.Put(Enumerable.Range(0, 64).Select(_ => LocalKey.Symmetric(rotates: true)));
        var first = new List<string?>();
        for (var minute = 0; minute < 4; minute++)
        {
            rule.Aws.Calls.Clear();
            await rule.SweepAsync();
            clock.Advance(TimeSpan.FromMinutes(1));

            // Not the very first key: that depends on how much of the ListKeys page was read before the first call.
            first.Add(Described(rule).ElementAt(8));
        }

        Assert.That(first, Is.Unique);
    }

    private static IEnumerable<string?> Described(RuleInProcess rule) =>
        rule.Aws.Calls.All.Where(call => call.Operation == "DescribeKey").Select(call => call.ResourceId);

    [Test]
    public async Task Nothing_is_withdrawn_while_keys_are_left()
    {
        await using var rule = await RuleInProcess.StartAsync(clock: clock);
        rule.Account.Put([LocalKey.Symmetric(rotates: true), LocalKey.Symmetric(rotates: true)]);
        await rule.SweepAsync();
        var held = Truth.HeldBy(rule.Account);

        // KMS is not called for a bucket, so only the keys that are left keep its result from being withdrawn.
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
    [TestCase("PutEvaluations", "GetKeyRotationStatus", 59.5, @"^KR12: AWS Config did not accept 1 of the evaluations \(PutEvaluations: There was no response in time\)")]
    public async Task Call_without_a_response_in_time_is_named(string operation, string meanwhile, double seconds, string message)
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
    public async Task Sweep_out_of_time_names_the_call_that_failed()
    {
        await using var rule = await RuleInProcess.StartAsync(clock: clock);
        var key = rule.Account.Put(LocalKey.Symmetric());
        rule.Aws.Faults.Add("GetKeyRotationStatus", Fault.Throttling);

        var sweep = rule.SweepAsync(time: Time);
        await Wait.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(10));
            return rule.Aws.Calls["GetKeyRotationStatus"] >= 2;
        });
        clock.Advance(TimeSpan.FromSeconds(54));

        Assert.That(
            (await sweep).Message,
            Does.Contain($"The last call that waited: key {key.KeyId}, GetKeyRotationStatus: AWS returned ThrottlingException"));
    }

    [Test]
    public async Task Change_event_out_of_time_fails_with_KR13()
    {
        await using var rule = await RuleInProcess.StartAsync(clock: clock);
        var key = rule.Account.Put(LocalKey.Symmetric());
        rule.Aws.Faults.Add("GetKeyRotationStatus", Fault.Timeout);

        var change = rule.HandleAsync(ConfigEvents.Change(rule.Account, key), Time);
        await Wait.UntilAsync(() => rule.Aws.Calls["GetKeyRotationStatus"] == 1);
        clock.Advance(Time - TimeSpan.FromSeconds(0.5));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                (await change).Message,
                Is.EqualTo(
                    $"KR13: Time ran out before key {key.KeyId} was reported. "
                    + "Raise Timeout in the function's stack if it is below 900 seconds."));
            Assert.That(Truth.HeldBy(rule.Account), Is.Empty);
        }
    }

    [Test]
    public async Task Short_sweeps_together_cover_the_account()
    {
        await using var rule = await RuleInProcess.StartAsync(parallelism: 4, clock: clock);
        rule.Account.Put(Enumerable.Range(0, 120).Select(_ => LocalKey.Symmetric(rotates: true)));
        var truth = Truth.Of(rule.Account);
        var sweeps = 0;

        // Each sweep has time for about a third of the keys.
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
