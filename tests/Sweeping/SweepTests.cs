using KeyRotation.Local;
using Microsoft.Extensions.Time.Testing;

namespace KeyRotation.Tests.Sweeping;

[Parallelizable(ParallelScope.Children)]
internal sealed class SweepTests
{
    // PutEvaluations accepts 100 evaluations per call, and 100 is also the default page size of ListKeys. The sweep requests pages of 1000.
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(99)]
    [TestCase(100)]
    [TestCase(101)]
    [TestCase(250)]
    [TestCase(1001)]
    public async Task Every_key_is_evaluated_and_reported(int count)
    {
        await using var rule = await RuleInProcess.StartAsync();
        rule.Account.Put(Enumerable.Range(0, count).Select(number => LocalKey.Symmetric(rotates: number % 50 != 0)));

        var ending = await rule.SweepAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Succeeded, $"{ending}");
            Assert.That(Truth.HeldBy(rule.Account), Is.EquivalentTo(Truth.Of(rule.Account)));
            Assert.That(rule.Aws.Calls["ListKeys"], Is.EqualTo(Math.Max(1, (count + 999) / 1000)));
            Assert.That(rule.Aws.Calls["PutEvaluations"], Is.EqualTo(Math.Max(1, (count + 99) / 100)), "one call even without keys");
            Assert.That(ending.Tally.KeysListed, Is.EqualTo(count));
            Assert.That(ending.Tally.Reported, Is.EqualTo(count));
        }
    }

    [Test]
    public async Task Only_applicable_keys_cost_a_second_call()
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
    public async Task Tags_are_read_only_for_NON_COMPLIANT_keys()
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
    public async Task Second_sweep_sends_only_an_empty_report()
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
    public async Task Results_have_the_time_of_the_notification()
    {
        var time = new DateTimeOffset(2026, 6, 15, 10, 0, 0, TimeSpan.Zero);
        await using var rule = await RuleInProcess.StartAsync(LocalKey.Symmetric(rotates: true), LocalKey.Symmetric());
        rule.Account.Rule(ConfigEvents.RuleName).Take(new("AWS::KMS::Key", "0a1b2c3d-0000-4000-8000-000000000001", "COMPLIANT", null, time.AddDays(-1), time.AddDays(-1)));

        await rule.SweepAsync(creationTime: time);

        Assert.That(rule.Aws.Evaluations.Select(evaluation => evaluation.OrderingTimestamp), Is.EqualTo(Enumerable.Repeat(time, 3)));
    }

    [Test]
    public async Task Each_sweep_looks_up_the_stacks_of_50_more_keys()
    {
        await using var rule = await RuleInProcess.StartAsync();
        rule.Account.Put(Enumerable.Range(0, 120).Select(_ => LocalKey.Symmetric() with { Stack = new("payments", "Key") }));

        var (mostLookups, sent) = (0, 0);
        foreach (var named in (int[])[50, 100, 120, 120, 120])
        {
            rule.Aws.Calls.Clear();
            sent = rule.Aws.Evaluations.Count;
            var ending = await rule.SweepAsync(creationTime: DateTimeOffset.UtcNow);

            mostLookups = Math.Max(mostLookups, rule.Aws.Calls["DescribeStackResources"]);
            var annotations = rule.Account.Results(ConfigEvents.RuleName).Select(result => result.Annotation).ToList();
            using (Assert.EnterMultipleScope())
            {
                Assert.That(ending.Succeeded, $"{ending}");
                Assert.That(annotations, Has.Count.EqualTo(120));
                Assert.That(
                    annotations.Count(annotation => annotation == "Rotation is off; required at least every 365 days. Fix: set EnableKeyRotation: true and RotationPeriodInDays: 365 on Key in CloudFormation stack payments."),
                    Is.InRange(named - 5, named), "a lookup is a single short attempt, which can fail");
            }
        }

        Assert.That(mostLookups, Is.EqualTo(50));
        Assert.That(rule.Aws.Calls["DescribeStackResources"], Is.Zero, "after all stacks are named");
        Assert.That(rule.Aws.Evaluations, Has.Count.EqualTo(sent), "after all stacks are named");
    }

    [TestCase(0, 0, true, ExpectedResult = true)]
    [TestCase(2, 0, true, ExpectedResult = true)]
    [TestCase(2, 1, true, ExpectedResult = true)]
    [TestCase(2, 2, true, ExpectedResult = false)]
    [TestCase(2, 0, false, ExpectedResult = false)]
    public async Task<bool> Tally_is_whole_if_listed_and_not_all_unreadable(int keys, int unreadable, bool isListed)
    {
        await using var rule = await RuleInProcess.StartAsync([.. Enumerable.Range(0, keys).Select(_ => LocalKey.Symmetric())]);
        foreach (var key in rule.Account.Listing.Take(unreadable)) rule.Aws.Faults.Add("GetKeyRotationStatus", Fault.AccessDenied, keyId: key);
        if (!isListed) rule.Aws.Faults.Add("ListKeys", Fault.AccessDenied);

        return (await rule.SweepAsync()).Tally.IsComplete;
    }

    [Test]
    public async Task Only_sweeps_limit_the_rate_of_stack_lookups()
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
            Assert.That(rule.Aws.Calls["DescribeStackResources"], Is.EqualTo(asked), "one every 0.2 seconds");
            clock.Advance(TimeSpan.FromSeconds(0.25));
        }

        Assert.That((await sweep.WaitAsync(TimeSpan.FromSeconds(30))).Succeeded);
        Assert.That(rule.Aws.Calls["DescribeStackResources"], Is.EqualTo(20));
    }

    [Test]
    public async Task Report_all_sends_every_customer_key_each_sweep()
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
    public async Task Expired_exemption_is_found_by_the_next_sweep()
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
    public async Task Newly_exempt_key_loses_its_result()
    {
        var key = LocalKey.Symmetric();
        await using var rule = await RuleInProcess.StartAsync(key);
        await rule.SweepAsync();

        await rule.SweepAsync($$"""{"exemptKeyIds":"{{key.KeyId}}"}""", creationTime: DateTimeOffset.UtcNow.AddHours(1));

        Assert.That(Truth.HeldBy(rule.Account), Is.Empty);
    }

    [Test]
    public async Task Key_deleted_during_the_sweep_loses_its_result()
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

    // With these numbers of keys, other tools skipped every key after the first denied one, or reported denied keys as compliant.
    [Test]
    public async Task Unreadable_keys_are_named_and_others_reported(
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
    public async Task Unreadable_key_keeps_its_result()
    {
        var key = LocalKey.Symmetric(rotates: true);
        await using var rule = await RuleInProcess.StartAsync(key);
        await rule.SweepAsync();
        rule.Aws.Faults.Add("GetKeyRotationStatus", Fault.AccessDenied);

        var ending = await rule.SweepAsync(creationTime: DateTimeOffset.UtcNow.AddHours(1));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Problems, Is.EqualTo([ProblemNumber.KeysNotJudged]));
            Assert.That(
                ending.Message,
                Does.StartWith("KR11: 1 of 1 keys could not be judged"),
                "the key must not be evaluated again as an unlisted key");
            Assert.That(ending.Tally.Verdicts.Unreadable, Is.EqualTo(1));
            Assert.That(Truth.HeldBy(rule.Account)[key.KeyId], Is.EqualTo("COMPLIANT"));
            Assert.That(rule.Aws.Evaluations, Has.Count.EqualTo(1));
        }
    }

    [Test]
    public async Task First_five_keys_are_named_and_the_rest_counted()
    {
        await using var rule = await RuleInProcess.StartAsync([.. Enumerable.Range(0, 12).Select(_ => LocalKey.Symmetric())]);
        rule.Aws.Faults.Add("DescribeKey", Fault.AccessDenied);

        var ending = await rule.SweepAsync();

        Assert.That(ending.Message, Does.StartWith("KR11: 12 of 12 keys").And.Contain(" and 7 more."));
    }

    [Test]
    public async Task Tally_counts_every_outcome()
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
