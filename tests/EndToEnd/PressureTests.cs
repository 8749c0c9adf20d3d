using System.Text.Json;
using KeyRotation.Local;
using KeyRotation.Tests.Deployment;
using KeyRotation.Tests.Sweeping;

namespace KeyRotation.Tests.EndToEnd;

/// <summary>
/// AWS under pressure: the function's executable, with its own retries, rate limits and clock, while calls are throttled or fail.
/// Throttling must never cost a key its verdict. The large accounts are in <c>tests/benchmark -- pressure</c>. RULE_FUNCTION=FILE tests
/// another executable instead of the built one.
/// </summary>
[Parallelizable(ParallelScope.All)]
internal sealed class PressureTests
{
    /// <summary>With these parameters, a key that could not be read would be reported as NON_COMPLIANT.</summary>
    private const string Strict = """{"unreadableKeys":"nonCompliant"}""";

    private const string Member = """{"executionRoleName":"reader","unreadableKeys":"nonCompliant"}""";

    public static string? Function => Environment.GetEnvironmentVariable("RULE_FUNCTION");

    private static IEnumerable<TestCaseData<int, Action<LocalAws>, string?>> Pressures()
    {
        yield return Case("No faults", 120, _ => { });
        yield return Case("One throttled call of each operation", 10, aws =>
        {
            foreach (var operation in IamActions.Always) aws.Faults.Add(operation, Fault.Throttling, times: 1);
        });
        yield return Case("One throttled call", 300, aws => aws.Faults.Add("DescribeKey", Fault.Throttling, times: 1));
        yield return Case("50 throttled calls", 120, aws => aws.Faults.Add("GetKeyRotationStatus", Fault.Throttling, times: 50));
        yield return Case("Every hundredth call throttled", 300, aws => aws.Faults.Add("DescribeKey", Fault.Throttling, every: 100));
        yield return Case("Half of all calls throttled", 120, aws =>
        {
            foreach (var operation in IamActions.Always) aws.Faults.Add(operation, Fault.Throttling, every: 2);
        });
        yield return Case("Each status call throttled once", 120, aws => aws.Faults.AddOncePerKey("GetKeyRotationStatus", Fault.Throttling));
        yield return Case(
            "Each status call fails once with 500", 120, aws => aws.Faults.AddOncePerKey("GetKeyRotationStatus", Fault.InternalFailure));
        yield return Case(
            "Each status call fails once with 503", 120, aws => aws.Faults.AddOncePerKey("GetKeyRotationStatus", Fault.ServiceUnavailable));
        yield return Case("Each status call reset once", 120, aws => aws.Faults.AddOncePerKey("GetKeyRotationStatus", Fault.ConnectionReset));
        yield return Case("Quota of 20 calls per second", 120, aws =>
        {
            aws.Quotas.Set("DescribeKey", 20);
            aws.Quotas.Set("GetKeyRotationStatus", 20);
        });
        foreach (var parallelism in new[] { "64", "256" })
        {
            yield return Case(
                $"{parallelism} keys in parallel",
                300,
                aws => aws.Faults.AddOncePerKey("GetKeyRotationStatus", Fault.InternalFailure),
                parallelism);
        }


        static TestCaseData<int, Action<LocalAws>, string?> Case(
            string name, int keys, Action<LocalAws> pressure, string? parallelism = null) =>
            new(keys, pressure, parallelism) { TestName = $"{{m}}({name}, {keys} keys)" };
    }

    [TestCaseSource(nameof(Pressures))]
    public async Task No_key_loses_its_verdict(int keys, Action<LocalAws> pressure, string? parallelism)
    {
        var account = Accounts.Generated(keys);
        await using var aws = await LocalAws.StartAsync(account);
        pressure(aws);
        var environment = new Dictionary<string, string?> { ["SWEEP_PARALLELISM"] = parallelism };
        await using var rule = await RuleProcess.StartAsync(aws, account, Function, environment);

        var result = await rule.InvokeAsync(ConfigEvents.Scheduled(account, ruleParameters: Strict), TimeSpan.FromMinutes(10));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error, Is.Null, result.Error?.ErrorMessage);
            Assert.That(Truth.HeldBy(account), Is.EquivalentTo(Truth.Of(account)));
        }
    }

    [Test]
    public async Task Faults_in_one_event_do_not_affect_the_next_events()
    {
        var account = Accounts.Generated(250);
        var key = account.Keys.First(each => Truth.Of(each) == "COMPLIANT");
        await using var aws = await LocalAws.StartAsync(account);
        await using var rule = await RuleProcess.StartAsync(aws, account, Function);
        aws.Faults.Add("GetKeyRotationStatus", Fault.Throttling, times: 1);
        aws.Faults.Add("PutEvaluations", Fault.Throttling, times: 1);

        var results = new List<InvocationResult> { await rule.InvokeAsync(ConfigEvents.Change(account, key)) };
        for (var sweep = 0; sweep < 4; sweep++)
            results.Add(
                await rule.InvokeAsync(ConfigEvents.Scheduled(account, DateTimeOffset.UtcNow.AddHours(sweep)), TimeSpan.FromMinutes(10)));

        Assert.That(results.Select(result => result.Error), Is.All.Null);
        Assert.That(Truth.HeldBy(account), Is.EquivalentTo(Truth.Of(account)));
    }

    /// <summary>
    /// Calls are counted by the second in which they are signed, which a delay on the way to the local AWS does not change. No other test
    /// runs at the same time: a function that stalls before it signs has its calls counted in a later second.
    /// </summary>
    [Test]
    [NonParallelizable]
    public async Task Calls_per_second_stay_within_the_quota_share()
    {
        var account = Accounts.Generated(600);
        await using var aws = await LocalAws.StartAsync(account);
        await using var rule = await RuleProcess.StartAsync(aws, account, Function, new Dictionary<string, string?> { ["SWEEP_QUOTA_PERCENT"] = "5" });

        var result = await rule.InvokeAsync(ConfigEvents.Scheduled(account), TimeSpan.FromMinutes(10));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error, Is.Null);
            Assert.That(aws.Calls["DescribeKey"], Is.GreaterThanOrEqualTo(600));
            Assert.That(aws.Calls.MostSignedInASecond("DescribeKey"), Is.LessThanOrEqualTo(100));
            Assert.That(aws.Calls.MostSignedInASecond("GetKeyRotationStatus"), Is.LessThanOrEqualTo(50));
        }
    }

    [Test]
    public async Task Failures_in_one_account_do_not_affect_another()
    {
        var own = new LocalAccount();
        var (one, other) = (Accounts.Generated(60, seed: 1, "444455556666"), Accounts.Generated(60, seed: 2, "777788889999"));
        one.Roles["reader"] = other.Roles["reader"] = new();
        await using var aws = await LocalAws.StartAsync(own, one, other);
        aws.Faults.Add("DescribeKey", Fault.InternalFailure, accountId: one.Id);
        aws.Faults.AddOncePerKey("DescribeKey", Fault.InternalFailure, other.Id);
        await using var rule = await RuleProcess.StartAsync(aws, own, Function);

        var failed = await rule.InvokeAsync(ConfigEvents.Scheduled(one, ruleParameters: Member), TimeSpan.FromSeconds(10));
        var judged = await rule.InvokeAsync(ConfigEvents.Scheduled(other, ruleParameters: Member), TimeSpan.FromMinutes(10));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(failed.Error?.ErrorMessage, Does.StartWith("KR13: Time ran out with 60 of 60 keys left"));
            Assert.That(Truth.HeldBy(one), Is.Empty);
            Assert.That(judged.Error, Is.Null);
            Assert.That(Truth.HeldBy(other), Is.EquivalentTo(Truth.Of(other)));
        }
    }

    private static IEnumerable<TestCaseData<Fault, string>> Endings() =>
    [
        new(Fault.Throttling, "ThrottlingException, HTTP status 400"),
        new(Fault.InternalFailure, "InternalFailure, HTTP status 500"),
        new(Fault.BodyStops, ""),
    ];

    private const int Judged = 20;

    /// <summary>Checks the remaining time that the function logs, not the time that this machine takes.</summary>
    [TestCaseSource(nameof(Endings))]
    public async Task Endless_failures_are_reported_before_the_deadline(Fault fault, string waitedFor)
    {
        var account = Accounts.Generated(100);
        await using var aws = await LocalAws.StartAsync(account);
        aws.Faults.Add("DescribeKey", fault, after: Judged);
        await using var rule = await RuleProcess.StartAsync(aws, account, Function);

        var result = await rule.InvokeAsync(ConfigEvents.Scheduled(account), TimeSpan.FromSeconds(30));

        var summary = JsonElement.Parse(await rule.SummaryAsync(result.RequestId));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error?.ErrorMessage, Does.StartWith($"KR13: Time ran out with {100 - Judged} of 100 keys left").And.Contain(waitedFor));
            Assert.That(Truth.HeldBy(account), Is.Not.Empty.And.SubsetOf(Truth.Of(account)));
            Assert.That(summary.GetProperty(Metrics.KeysLeft).GetInt64(), Is.EqualTo(100 - Judged));
            Assert.That(summary.GetProperty(Metrics.RemainingTime).GetInt64(), Is.Positive);
        }
    }

    /// <summary>At the rate that the first sweep was throttled to, the second would evaluate only some of its keys in time.</summary>
    [Test]
    public async Task Throttled_sweep_does_not_slow_the_next_one()
    {
        var account = Accounts.Generated(600);
        await using var aws = await LocalAws.StartAsync(account);
        aws.Faults.Add("DescribeKey", Fault.Throttling);
        await using var rule = await RuleProcess.StartAsync(aws, account, Function);

        var throttled = await rule.InvokeAsync(ConfigEvents.Scheduled(account), TimeSpan.FromSeconds(20));
        aws.Faults.Remove("DescribeKey");
        var next = await rule.InvokeAsync(ConfigEvents.Scheduled(account, DateTimeOffset.UtcNow.AddHours(1)), TimeSpan.FromSeconds(30));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(throttled.Error?.ErrorMessage, Does.StartWith("KR13: Time ran out with 600 of 600 keys left"));
            Assert.That(next.Error, Is.Null, next.Error?.ErrorMessage);
            Assert.That(Truth.HeldBy(account), Is.EquivalentTo(Truth.Of(account)));
        }
    }

    /// <summary>The sweep reads one key at a time, and three keys always fail. All other keys still get their turn.</summary>
    [Test]
    public async Task Failing_keys_do_not_delay_the_others()
    {
        var account = Accounts.Generated(40);
        await using var aws = await LocalAws.StartAsync(account);
        foreach (var key in account.Listing.Take(3)) aws.Faults.Add("DescribeKey", Fault.InternalFailure, keyId: key);
        await using var rule = await RuleProcess.StartAsync(aws, account, Function, new Dictionary<string, string?> { ["SWEEP_PARALLELISM"] = "1" });

        var result = await rule.InvokeAsync(ConfigEvents.Scheduled(account), TimeSpan.FromSeconds(60));

        Assert.That(result.Error?.ErrorMessage, Does.StartWith("KR13: Time ran out with 3 of 40 keys left"));
        Assert.That(Truth.HeldBy(account), Is.EquivalentTo(Truth.Of(account).Where(held => !account.Listing.Take(3).Contains(held.Key))));
    }

    [TestCase(2.0, 10)]
    [TestCase(75.0, 3)]
    public async Task Expiring_credentials_are_renewed_in_time(double lastSeconds, int mostRenewals)
    {
        var own = new LocalAccount();
        var member = Accounts.Generated(200, id: "444455556666");
        member.Roles["reader"] = new(Lasts: TimeSpan.FromSeconds(lastSeconds));
        await using var aws = await LocalAws.StartAsync(own, member);
        await using var rule = await RuleProcess.StartAsync(aws, own, Function, new Dictionary<string, string?> { ["SWEEP_QUOTA_PERCENT"] = "2" });

        var sweep = await rule.InvokeAsync(ConfigEvents.Scheduled(member, ruleParameters: Member), TimeSpan.FromMinutes(10));
        var change = await rule.InvokeAsync(ConfigEvents.Change(member, member.Keys.First(), ruleParameters: Member));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(sweep.Error, Is.Null, sweep.Error?.ErrorMessage);
            Assert.That(change.Error, Is.Null);
            Assert.That(Truth.HeldBy(member), Is.EquivalentTo(Truth.Of(member)));
            Assert.That(aws.Calls["AssumeRole"], Is.InRange(1, mostRenewals));
        }
    }

    /// <summary>Lambda freezes a function between events, and a machine can be suspended during one.</summary>
    [Test]
    public async Task Event_is_evaluated_after_a_freeze_of_30_seconds()
    {
        var account = new LocalAccount();
        var key = account.Put(LocalKey.Symmetric(rotates: true));
        await using var aws = await LocalAws.StartAsync(account);
        await using var rule = await RuleProcess.StartAsync(aws, account, Function);
        aws.Latency = TimeSpan.FromSeconds(2);

        var judging = rule.InvokeAsync(ConfigEvents.Change(account, key), TimeSpan.FromMinutes(5));
        await Wait.UntilAsync(() => aws.Calls["GetKeyRotationStatus"] == 1);
        Tool.Kill.Run("", "-STOP", $"{rule.Id}");
        await Task.Delay(TimeSpan.FromSeconds(30));
        Tool.Kill.Run("", "-CONT", $"{rule.Id}");

        Assert.That((await judging).Error, Is.Null);
        Assert.That(Truth.HeldBy(account), Is.EquivalentTo(Truth.Of(account)));
    }
}
