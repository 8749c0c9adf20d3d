using KeyRotation.Local;
using Microsoft.Extensions.Time.Testing;

namespace KeyRotation.Tests.Sweeping;

[Parallelizable(ParallelScope.Children)]
internal sealed class SweepTests
{
    // 100 is the batch of PutEvaluations, and KMS's own page where none is asked for; 1000 is the page that is asked for.
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(99)]
    [TestCase(100)]
    [TestCase(101)]
    [TestCase(250)]
    [TestCase(1001)]
    public async Task Every_key_is_judged_and_reported(int count)
    {
        await using var rule = await RuleInProcess.StartAsync();
        rule.Account.Put(Enumerable.Range(0, count).Select(number => LocalKey.Symmetric(rotates: number % 50 != 0)));

        var ending = await rule.SweepAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Succeeded, $"{ending}");
            Assert.That(Truth.HeldBy(rule.Account), Is.EquivalentTo(Truth.Of(rule.Account)));
            Assert.That(rule.Aws.Calls["ListKeys"], Is.EqualTo(Math.Max(1, (count + 999) / 1000)));
            Assert.That(rule.Aws.Calls["PutEvaluations"], Is.EqualTo(Math.Max(1, (count + 99) / 100)), "of no key too");
            Assert.That(ending.Tally.KeysListed, Is.EqualTo(count));
            Assert.That(ending.Tally.Reported, Is.EqualTo(count));
        }
    }

    [Test]
    public async Task An_account_with_keys_of_every_kind_is_judged_with_two_calls_a_customer_key_and_one_an_AWS_managed_key()
    {
        await using var rule = await RuleInProcess.StartAsync(Accounts.Generated());

        var ending = await rule.SweepAsync();

        var calls = rule.Aws.Calls.All.Where(call => call.Operation != "DescribeStackResources").ToLookup(call => call.ResourceId);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Succeeded, $"{ending}");
            Assert.That(Truth.HeldBy(rule.Account), Is.EquivalentTo(Truth.Of(rule.Account)));
            foreach (var key in rule.Account.Keys)
            {
                var needed = Truth.Of(key) is null ? ["DescribeKey"] : new[] { "DescribeKey", "GetKeyRotationStatus" };
                Assert.That(calls[key.KeyId].Select(call => call.Operation), Is.EquivalentTo(needed), $"{key}");
            }
        }
    }

    [Test]
    public async Task Tags_are_read_only_of_a_key_that_would_otherwise_be_found_NON_COMPLIANT()
    {
        await using var rule = await RuleInProcess.StartAsync(Accounts.Generated());

        var ending = await rule.SweepAsync("""{"exemptTagKey":"exempt"}""");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Succeeded, $"{ending}");
            Assert.That(
                rule.Aws.Calls.All.Where(call => call.Operation == "ListResourceTags").Select(call => call.ResourceId),
                Is.EquivalentTo(Truth.Of(rule.Account).Where(row => row.Value == "NON_COMPLIANT").Select(row => row.Key)));
        }
    }

    [Test]
    public async Task The_second_sweep_of_an_unchanged_account_sends_no_evaluation_and_says_so()
    {
        await using var rule = await RuleInProcess.StartAsync(Accounts.Generated());
        await rule.SweepAsync();
        var sent = rule.Aws.Evaluations.Count;
        rule.Aws.Calls.Clear();

        var ending = await rule.SweepAsync(creationTime: DateTimeOffset.UtcNow.AddHours(1));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Succeeded, $"{ending}");
            Assert.That(rule.Aws.Calls["PutEvaluations"], Is.EqualTo(1));
            Assert.That(rule.Aws.Evaluations, Has.Count.EqualTo(sent));
            Assert.That(rule.Aws.Calls["DescribeStackResources"], Is.Zero);
            Assert.That(ending.Tally.Unchanged, Is.EqualTo(250));
            Assert.That(ending.Tally.Reported, Is.Zero);
        }
    }

    [Test]
    public async Task Every_result_is_of_the_time_of_the_notification()
    {
        var time = new DateTimeOffset(2026, 6, 15, 10, 0, 0, TimeSpan.Zero);
        await using var rule = await RuleInProcess.StartAsync(LocalKey.Symmetric(rotates: true), LocalKey.Symmetric());
        rule.Account.Rule(ConfigEvents.RuleName).Take(new("AWS::KMS::Key", "0a1b2c3d-0000-4000-8000-000000000001", "COMPLIANT", null, time.AddDays(-1), time.AddDays(-1)));

        await rule.SweepAsync(creationTime: time);

        Assert.That(rule.Aws.Evaluations.Select(evaluation => evaluation.OrderingTimestamp), Is.EqualTo(Enumerable.Repeat(time, 3)));
    }

    [Test]
    public async Task A_sweep_asks_for_the_stacks_of_fifty_keys_and_the_next_ones_for_the_others()
    {
        await using var rule = await RuleInProcess.StartAsync();
        rule.Account.Put(Enumerable.Range(0, 120).Select(_ => LocalKey.Symmetric() with { Stack = new("payments", "Key") }));

        var (mostAsked, sent) = (0, 0);
        foreach (var named in (int[])[50, 100, 120, 120, 120])
        {
            rule.Aws.Calls.Clear();
            sent = rule.Aws.Evaluations.Count;
            var ending = await rule.SweepAsync(creationTime: DateTimeOffset.UtcNow);

            mostAsked = Math.Max(mostAsked, rule.Aws.Calls["DescribeStackResources"]);
            var annotations = rule.Account.Results(ConfigEvents.RuleName).Select(result => result.Annotation).ToList();
            using (Assert.EnterMultipleScope())
            {
                Assert.That(ending.Succeeded, $"{ending}");
                Assert.That(annotations, Has.Count.EqualTo(120));
                Assert.That(
                    annotations.Count(annotation => annotation == "Rotation is off; required at least every 365 days. Fix: set EnableKeyRotation: true and RotationPeriodInDays: 365 on Key in CloudFormation stack payments."),
                    Is.InRange(named - 5, named), "a lookup is one short try");
            }
        }

        Assert.That(mostAsked, Is.EqualTo(50));
        Assert.That(rule.Aws.Calls["DescribeStackResources"], Is.Zero, "once all are named");
        Assert.That(rule.Aws.Evaluations, Has.Count.EqualTo(sent), "once all are named");
    }

    [TestCase(0, 0, true, ExpectedResult = true)]
    [TestCase(2, 0, true, ExpectedResult = true)]
    [TestCase(2, 1, true, ExpectedResult = true)]
    [TestCase(2, 2, true, ExpectedResult = false)]
    [TestCase(2, 0, false, ExpectedResult = false)]
    public async Task<bool> An_account_is_seen_whole_when_it_was_listed_and_one_key_could_be_judged(int keys, int unreadable, bool isListed)
    {
        await using var rule = await RuleInProcess.StartAsync([.. Enumerable.Range(0, keys).Select(_ => LocalKey.Symmetric())]);
        foreach (var key in rule.Account.Listing.Take(unreadable)) rule.Aws.Faults.Add("GetKeyRotationStatus", Fault.AccessDenied, keyId: key);
        if (!isListed) rule.Aws.Faults.Add("ListKeys", Fault.AccessDenied);

        return (await rule.SweepAsync()).Tally.IsWhole;
    }

    [Test]
    public async Task A_sweep_asks_CloudFormation_at_its_pace_and_a_change_at_once()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var rule = await RuleInProcess.StartAsync(clock: clock, stackLookupsPerSecond: 5);
        rule.Account.Put(Enumerable.Range(0, 20).Select(_ => LocalKey.Symmetric()));

        foreach (var key in rule.Account.Keys.Take(3)) await rule.HandleAsync(ConfigEvents.Change(rule.Account, key));
        Assert.That(rule.Aws.Calls["DescribeStackResources"], Is.EqualTo(3));

        rule.Aws.Calls.Clear();
        var sweep = rule.SweepAsync("{\"report\":\"all\"}", time: TimeSpan.FromMinutes(5));
        for (var asked = 1; asked <= 20; asked++)
        {
            await Wait.UntilAsync(() => rule.Aws.Calls["DescribeStackResources"] >= asked);
            await Task.Delay(50);
            Assert.That(rule.Aws.Calls["DescribeStackResources"], Is.EqualTo(asked), "one in a fifth of a second");
            clock.Advance(TimeSpan.FromSeconds(0.25));
        }

        Assert.That((await sweep.WaitAsync(TimeSpan.FromSeconds(30))).Succeeded);
        Assert.That(rule.Aws.Calls["DescribeStackResources"], Is.EqualTo(20));
    }

    [Test]
    public async Task Report_all_sends_every_customer_key_each_time()
    {
        await using var rule = await RuleInProcess.StartAsync(Accounts.Generated(120));
        var customer = rule.Account.Keys.Where(key => key.KeyManager == "CUSTOMER").Select(key => key.KeyId).ToList();

        for (var sweep = 1; sweep <= 2; sweep++)
        {
            var ending = await rule.SweepAsync("""{"report":"all"}""");

            using (Assert.EnterMultipleScope())
            {
                Assert.That(ending.Succeeded, $"{ending}");
                Assert.That(
                    rule.Aws.Evaluations.Skip(customer.Count * (sweep - 1)).Select(evaluation => evaluation.ResourceId),
                    Is.EquivalentTo(customer));
                Assert.That(Truth.HeldBy(rule.Account), Is.EquivalentTo(Truth.Of(rule.Account)));
            }
        }
    }

    [Test]
    public async Task An_exemption_that_has_expired_since_the_last_sweep_is_found()
    {
        const string parameters = """{"exemptTagKey":"rotation-exempt"}""";
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var rule = await RuleInProcess.StartAsync(clock: clock);
        var key = rule.Account.Put(LocalKey.Symmetric() with { Tags = new Dictionary<string, string> { ["rotation-exempt"] = $"{clock.GetUtcNow():yyyy-MM-dd} migration" } });
        var whileExempt = await rule.SweepAsync(parameters);
        var heldWhileExempt = Truth.HeldBy(rule.Account);
        clock.Advance(TimeSpan.FromDays(1));

        var afterwards = await rule.SweepAsync(parameters, creationTime: clock.GetUtcNow());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(whileExempt.Succeeded && afterwards.Succeeded, $"{whileExempt}, {afterwards}");
            Assert.That(heldWhileExempt, Is.Empty);
            Assert.That(rule.Account.Rule(ConfigEvents.RuleName).Find(key.KeyId)?.Annotation, Does.Contain("Its exemption by tag rotation-exempt ended on"));
        }
    }

    [Test]
    public async Task A_key_that_became_exempt_loses_its_result()
    {
        var key = LocalKey.Symmetric();
        await using var rule = await RuleInProcess.StartAsync(key);
        await rule.SweepAsync();

        await rule.SweepAsync($$"""{"exemptKeyIds":"{{key.KeyId}}"}""", creationTime: DateTimeOffset.UtcNow.AddHours(1));

        Assert.That(Truth.HeldBy(rule.Account), Is.Empty);
    }

    [Test]
    public async Task A_key_that_goes_between_listing_and_describing_loses_its_result()
    {
        var gone = LocalKey.Symmetric(rotates: true);
        await using var rule = await RuleInProcess.StartAsync(gone, LocalKey.Symmetric());
        await rule.SweepAsync();
        rule.Aws.Faults.Add("DescribeKey", Fault.NotFound, keyId: gone.KeyId);

        var ending = await rule.SweepAsync(creationTime: DateTimeOffset.UtcNow.AddHours(1));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Succeeded, $"{ending}");
            Assert.That(Truth.HeldBy(rule.Account), Does.Not.ContainKey(gone.KeyId).And.Count.EqualTo(1));
        }
    }

    // Of these numbers, other tools have lost every key behind the first denied one, or called the denied ones compliant.
    [Test]
    public async Task Keys_that_cannot_be_read_are_named_and_the_others_are_reported(
        [Values("2/5", "2/7", "3/10")] string deniedOfAll, [Values("DescribeKey", "GetKeyRotationStatus", "ListResourceTags")] string operation)
    {
        var (denied, all) = (deniedOfAll[0] - '0', int.Parse(deniedOfAll[2..], provider: null));
        await using var rule = await RuleInProcess.StartAsync([.. Enumerable.Range(0, all).Select(_ => LocalKey.Symmetric())]);
        var deniedKeys = rule.Account.Listing.Where((_, number) => number % 2 == 0).Take(denied).ToList();
        foreach (var keyId in deniedKeys) rule.Aws.Faults.Add(operation, Fault.AccessDenied, keyId: keyId);

        var ending = await rule.SweepAsync("""{"exemptTagKey":"exempt"}""");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Problems, Is.EqualTo([ProblemNumber.KeysNotJudged]));
            Assert.That(ending.Message, Does.StartWith($"KR11: {denied} of {all} keys could not be judged"));
            foreach (var keyId in deniedKeys) Assert.That(ending.Message, Does.Contain(keyId));
            Assert.That(
                Truth.HeldBy(rule.Account),
                Is.EquivalentTo(Truth.Of(rule.Account.Keys.Where(key => !deniedKeys.Contains(key.KeyId)))));
            Assert.That(ending.Tally.Verdicts.Unreadable, Is.EqualTo(denied));
        }
    }

    [Test]
    public async Task A_key_that_cannot_be_read_keeps_the_result_that_it_has()
    {
        var key = LocalKey.Symmetric(rotates: true);
        await using var rule = await RuleInProcess.StartAsync(key);
        await rule.SweepAsync();
        rule.Aws.Faults.Add("GetKeyRotationStatus", Fault.AccessDenied);

        var ending = await rule.SweepAsync(creationTime: DateTimeOffset.UtcNow.AddHours(1));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Problems, Is.EqualTo([ProblemNumber.KeysNotJudged]));
            Assert.That(ending.Message, Does.StartWith("KR11: 1 of 1 keys could not be judged"), "it is not judged a second time as one that nobody listed");
            Assert.That(ending.Tally.Verdicts.Unreadable, Is.EqualTo(1));
            Assert.That(Truth.HeldBy(rule.Account)[key.KeyId], Is.EqualTo("COMPLIANT"));
            Assert.That(rule.Aws.Evaluations, Has.Count.EqualTo(1));
        }
    }

    [Test]
    public async Task Five_keys_are_named_and_the_rest_is_counted()
    {
        await using var rule = await RuleInProcess.StartAsync([.. Enumerable.Range(0, 12).Select(_ => LocalKey.Symmetric())]);
        rule.Aws.Faults.Add("DescribeKey", Fault.AccessDenied);

        var ending = await rule.SweepAsync();

        Assert.That(ending.Message, Does.StartWith("KR11: 12 of 12 keys").And.Contain(" and 7 more."));
    }

    [Test]
    public async Task The_summary_counts_what_was_done()
    {
        var stale = new HeldResult("AWS::KMS::Key", Guid.NewGuid().ToString(), "COMPLIANT", "old", DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow);
        var unreadable = LocalKey.Symmetric();
        await using var rule = await RuleInProcess.StartAsync(
            unreadable, LocalKey.Symmetric(), LocalKey.Symmetric(rotates: true), LocalKey.Symmetric(rotates: true, periodInDays: 400),
            LocalKey.AwsManaged(), LocalKey.Hmac());
        rule.Account.Rule(ConfigEvents.RuleName).Take(stale);
        rule.Aws.Faults.Add("GetKeyRotationStatus", Fault.AccessDenied, keyId: unreadable.KeyId);

        var tally = (await rule.SweepAsync()).Tally;

        var counts = tally.Verdicts;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(counts.Scenarios, Is.EqualTo("bciklm".ToDictionary(scenario => scenario, _ => 1)));
            Assert.That((tally.KeysListed, tally.KeysLeft), Is.EqualTo((6, 0)));
            Assert.That((counts.Compliant, counts.NonCompliant, counts.NotApplicable, counts.Unreadable), Is.EqualTo((1, 2, 2, 1)));
            Assert.That((tally.Reported, tally.Unchanged, tally.Withdrawn), Is.EqualTo((4, 2, 1)));
        }
    }
}
