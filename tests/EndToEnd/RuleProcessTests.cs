using KeyRotation.Local;

namespace KeyRotation.Tests.EndToEnd;

[TestFixture]
internal sealed class RuleProcessTests
{
    private LocalAws aws = null!;
    private LocalAccount account = null!;

    [SetUp]
    public async Task StartAws()
    {
        account = new LocalAccount();
        aws = await LocalAws.StartAsync(account);
    }

    [TearDown]
    public async Task StopAws() => await aws.DisposeAsync();

    [Test]
    public async Task A_changed_key_is_judged_and_reported()
    {
        var key = account.Put(LocalKey.Symmetric() with { Stack = new("payments", "Key") });
        await using var rule = await RuleProcess.StartAsync(aws, account);

        var result = await rule.InvokeAsync(ConfigEvents.Change(account, key));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error, Is.Null);
            Assert.That(account.Results(ConfigEvents.RuleName), Has.Exactly(1).Items);
            Assert.That(account.Rule(ConfigEvents.RuleName).Find(key.KeyId)?.ComplianceType, Is.EqualTo("NON_COMPLIANT"));
            Assert.That(account.Rule(ConfigEvents.RuleName).Find(key.KeyId)?.Annotation, Does.Contain("payments"));
            Assert.That(await rule.SummaryAsync(result.RequestId), Does.Contain("\"k\":1").And.Contain("\"config:PutEvaluations\":1").And.Contain("\"cloudformation:DescribeStackResources\":1"));
            Assert.That(rule.Errors, Is.Empty);
            Assert.That(rule.PeakMemory, Is.GreaterThan(1_000_000));
        }
    }

    [Test]
    public async Task The_process_judges_the_next_event_after_one_that_failed()
    {
        var key = account.Put(LocalKey.Symmetric(rotates: true));
        await using var rule = await RuleProcess.StartAsync(aws, account);

        var refused = await rule.InvokeAsync("{ \"accountId\":");
        var judged = await rule.InvokeAsync(ConfigEvents.Change(account, key));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.Error?.ErrorMessage, Does.StartWith("KR01"));
            Assert.That(judged.Error, Is.Null);
            Assert.That(aws.Evaluations.Single().ComplianceType, Is.EqualTo("COMPLIANT"));
        }
    }

    [Test]
    public async Task An_oversized_item_is_read_from_the_history()
    {
        var key = account.Put(LocalKey.Hmac());
        await using var rule = await RuleProcess.StartAsync(aws, account);

        var result = await rule.InvokeAsync(ConfigEvents.OversizedChange(account, key, DateTimeOffset.UtcNow.AddMinutes(-1)));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error, Is.Null);
            Assert.That(aws.Evaluations.Single().ComplianceType, Is.EqualTo("NOT_APPLICABLE"));
            Assert.That(aws.Calls.Counts.Keys, Is.EquivalentTo(["GetResourceConfigHistory", "PutEvaluations"]));
        }
    }

    [Test]
    public async Task The_second_sweep_of_an_unchanged_account_reports_nothing()
    {
        account.Put(Accounts.Keys(120));
        await using var rule = await RuleProcess.StartAsync(aws, account);
        account.Rule(ConfigEvents.RuleName);

        var first = await rule.InvokeAsync(ConfigEvents.Scheduled(account));
        var reported = aws.Evaluations.Count;
        aws.Calls.Clear();
        var second = await rule.InvokeAsync(ConfigEvents.Scheduled(account, DateTimeOffset.UtcNow.AddHours(1)));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.Error, Is.Null);
            Assert.That(second.Error, Is.Null);
            Assert.That(reported, Is.GreaterThan(30));
            Assert.That(aws.Evaluations, Has.Count.EqualTo(reported));
            Assert.That(aws.Calls["config:PutEvaluations"], Is.Zero);
            Assert.That(aws.Quotas.Throttled, Is.Zero);
        }
    }

    [Test]
    public async Task Credentials_of_the_role_are_used_in_the_other_account()
    {
        var member = aws.Add(new LocalAccount("444455556666"));
        member.Roles["audit/KeyRotation"] = new();
        var key = member.Put(LocalKey.Symmetric(rotates: true, periodInDays: 730));
        await using var rule = await RuleProcess.StartAsync(aws, account);

        var result = await rule.InvokeAsync(ConfigEvents.Change(member, key, ruleParameters: """{"executionRoleName":"audit/KeyRotation"}"""));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error, Is.Null);
            Assert.That(member.Rule(ConfigEvents.RuleName).Find(key.KeyId)?.ComplianceType, Is.EqualTo("NON_COMPLIANT"));
            Assert.That(aws.Calls.Count("AssumeRole", accountId: account.Id), Is.EqualTo(1));
            Assert.That(aws.Calls.Count("GetKeyRotationStatus", accountId: account.Id), Is.Zero);
        }
    }

    [Test]
    public async Task A_function_that_cannot_start_says_why_at_once()
    {
        await using var rule = await RuleProcess.StartAsync(aws, account, environment: new Dictionary<string, string?> { ["SWEEP_PARALLELISM"] = "none" });

        Assert.That(async () => await rule.InvokeAsync("{}"), Throws.InvalidOperationException.With.Message.Contains("KR14"));
    }
}
