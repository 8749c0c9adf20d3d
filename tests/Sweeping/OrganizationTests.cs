using KeyRotation.Local;

namespace KeyRotation.Tests.Sweeping;

/// <summary>One function evaluates the keys of other accounts, with a role in each of them.</summary>
[Parallelizable(ParallelScope.Children)]
internal sealed class OrganizationTests
{
    private const string Role = "audit/KeyRotation";
    private const string Parameters = $$"""{"executionRoleName":"{{Role}}"}""";

    [Test]
    public async Task Accounts_with_the_same_key_IDs_stay_separate()
    {
        await using var rule = await RuleInProcess.StartAsync();
        var members = new[] { Member(rule), Member(rule, "444455556666") };
        for (var number = 0; number < 20; number++)
        {
            var key = members[0].Put(LocalKey.Symmetric(rotates: number % 2 == 0));
            members[1].Put(key with { KeyRotationEnabled = number % 3 == 0 });
        }

        for (var sweep = 0; sweep < 2; sweep++)
        {
            // One at a time, as Lambda invokes an instance of a function: a sweep closes all connections when it ends.
            foreach (var member in members)
                Assert.That((await rule.SweepAsync(Parameters, member, DateTimeOffset.UtcNow.AddHours(sweep))).Succeeded);
        }

        using (Assert.EnterMultipleScope())
        {
            foreach (var member in members) Assert.That(Truth.HeldBy(member), Is.EquivalentTo(Truth.Of(member)), member.Id);
            Assert.That(
                rule.Aws.Calls.All.Where(call => call.AccountId == rule.Account.Id).Select(call => call.Operation),
                Is.EqualTo(["AssumeRole", "AssumeRole"]));
        }
    }

    [TestCase(60, 1)]
    [TestCase(15, 2)]
    public async Task Credentials_expiring_during_a_sweep_are_renewed(int minutes, int times)
    {
        await using var rule = await RuleInProcess.StartAsync();
        var member = Member(rule, lasts: TimeSpan.FromMinutes(minutes));
        var key = member.Put(LocalKey.Symmetric());
        var time = TimeSpan.FromMinutes(15);
        Ending[] endings =
        [
            await rule.SweepAsync(Parameters, member, time: time),
            await rule.HandleAsync(ConfigEvents.Change(member, key, ruleParameters: Parameters), time),
            await rule.SweepAsync(Parameters, member, time: time),
        ];

        using (Assert.EnterMultipleScope())
        {
            foreach (var ending in endings)
                Assert.That((ending.Succeeded, ending.Report.RuleName), Is.EqualTo((true, ConfigEvents.RuleName)), $"{ending}");
            Assert.That(endings[0].Tally.IsComplete);
            Assert.That(rule.Aws.Calls["AssumeRole"], Is.EqualTo(times));
        }
    }

    /// <summary>
    /// If the parameter OrganizationId is set, AWS Config in any account can invoke the function (template.yaml, OrganizationPermission).
    /// All that an account outside the organization can cause is one STS call.
    /// </summary>
    [TestCase("change")]
    [TestCase("oversized change")]
    [TestCase("sweep")]
    public async Task Account_costs_one_STS_call_until_it_has_the_role(string kind)
    {
        await using var rule = await RuleInProcess.StartAsync();
        rule.Account.Put(LocalKey.Symmetric());
        var stranger = rule.Aws.Add(new LocalAccount("222233334444"));
        var key = stranger.Put(LocalKey.Symmetric());
        var configEvent = kind switch
        {
            "change" => ConfigEvents.Change(stranger, key, ruleParameters: Parameters),
            "oversized change" => ConfigEvents.OversizedChange(stranger, key, ruleParameters: Parameters),
            _ => ConfigEvents.Scheduled(stranger, ruleParameters: Parameters),
        };

        var ending = await rule.HandleAsync(configEvent);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Problems, Is.EqualTo([ProblemNumber.RoleCannotBeAssumed]));
            Assert.That(ending.Message, Does.StartWith($"KR09: arn:aws:iam::222233334444:role/{Role} cannot be assumed (AccessDenied: User: "));
            Assert.That(ending.Report.RuleName, Is.EqualTo("-"), "such an account must not create metrics under a name of its choice");
            Assert.That(ending.Tally.IsComplete, Is.False);
            Assert.That(rule.Aws.Calls.All.Select(call => call.Operation), Is.EqualTo(["AssumeRole"]));
            Assert.That(rule.Aws.Evaluations, Is.Empty);
        }

        stranger.Roles[Role] = new();
        Assert.That((await rule.HandleAsync(configEvent)).Succeeded);
        Assert.That(Truth.HeldBy(stranger), Is.EquivalentTo(Truth.Of(stranger)));
    }

    [Test]
    public async Task Other_account_without_a_role_fails_before_any_call()
    {
        await using var rule = await RuleInProcess.StartAsync();
        var member = rule.Aws.Add(new LocalAccount("222233334444"));

        var ending = await rule.SweepAsync(account: member);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Problems, Is.EqualTo([ProblemNumber.OtherRegionOrAccount]));
            Assert.That(
                ending.Message,
                Is.EqualTo(
                    $"KR05: The event is for account 222233334444, but the function runs in account {rule.Account.Id}. "
                    + "Set executionRoleName to a role of account 222233334444."));
            Assert.That(rule.Aws.Calls.All, Is.Empty);
        }
    }

    [TestCase("eu-central-1", "aws")]
    [TestCase("cn-north-1", "aws-cn")]
    [TestCase("us-gov-west-1", "aws-us-gov")]
    [TestCase("us-iso-east-1", "aws-iso")]
    public async Task ARNs_have_the_partition_of_the_Region(string region, string partition)
    {
        await using var rule = await RuleInProcess.StartAsync(new LocalAccount(region: region));
        var member = Member(rule, region: region);
        member.Put([LocalKey.Symmetric(), LocalKey.Symmetric(rotates: true), LocalKey.Replica(region, rotates: false)]);

        var ending = await rule.SweepAsync(Parameters, member);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Succeeded, $"{ending}");
            Assert.That(Truth.HeldBy(member), Is.EquivalentTo(Truth.Of(member)));
            Assert.That(
                rule.Aws.Calls.All.Single(call => call.Operation == "AssumeRole").ResourceId,
                Is.EqualTo($"arn:{partition}:iam::222233334444:role/{Role}"));
            Assert.That(
                member.Results(ConfigEvents.RuleName).Select(result => result.Annotation),
                Has.Some.Contain($"arn:{partition}:kms:{region}:222233334444:key/mrk-"));
        }
    }

    /// <summary>
    /// The credentials expire during a sweep and cannot be renewed. No call waits for STS beyond the deadline, and STS is called only a few
    /// times.
    /// </summary>
    [TestCase("stalls")]
    [TestCase("refuses")]
    public async Task Lost_credentials_end_the_sweep_in_time(string sts)
    {
        await using var rule = await RuleInProcess.StartAsync();
        var member = Member(rule, lasts: TimeSpan.FromSeconds(4));
        member.Put(Enumerable.Range(0, 300).Select(_ => LocalKey.Symmetric(rotates: true)));
        rule.Aws.Quotas.Set("DescribeKey", 20);
        var sweep = rule.SweepAsync(Parameters, member, time: TimeSpan.FromSeconds(20));
        await Wait.UntilAsync(() => rule.Aws.Calls["DescribeKey"] > 0);
        rule.Aws.Faults.Add("AssumeRole", sts == "stalls" ? Fault.Timeout : Fault.AccessDenied);

        var ending = await sweep.WaitAsync(TimeSpan.FromSeconds(60));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Problems, Does.Contain(ProblemNumber.OutOfTime));
            Assert.That(ending.Problems, Does.Not.Contain(ProblemNumber.KeysNotJudged), "the keys are not the cause");
            Assert.That(rule.Aws.Calls["AssumeRole"], Is.LessThan(10));
            Assert.That(
                ending.Message.Split("KR09").Length - 1,
                Is.LessThanOrEqualTo(2),
                "once for the keys left, once for the rejected evaluations");
        }
    }

    [Test]
    public async Task Slow_AssumeRole_shortens_the_sweep()
    {
        await using var rule = await RuleInProcess.StartAsync();
        var member = Member(rule);
        member.Put(Enumerable.Range(0, 10).Select(_ => LocalKey.Symmetric()));
        rule.Aws.Faults.Add("AssumeRole", Fault.Timeout, times: 1);
        rule.Aws.Faults.Add("GetKeyRotationStatus", Fault.Throttling);
        var begin = TimeProvider.System.GetTimestamp();

        var ending = await rule.SweepAsync(Parameters, member, time: TimeSpan.FromSeconds(16));

        Assert.That(ending.Problems, Is.EqualTo([ProblemNumber.OutOfTime]));
        Assert.That(
            TimeProvider.System.GetElapsedTime(begin),
            Is.LessThan(TimeSpan.FromSeconds(20)),
            "it would take 23 seconds if the time for AssumeRole were added");
    }

    private static LocalAccount Member(
        RuleInProcess rule, string id = "222233334444", string region = "eu-central-1", TimeSpan? lasts = null)
    {
        var member = rule.Aws.Add(new LocalAccount(id, region));
        member.Roles[Role] = new LocalRole(Lasts: lasts);
        return member;
    }
}
