using KeyRotation.Local;
using KeyRotation.Tests.Local;

namespace KeyRotation.Tests.EndToEnd;

[TestFixture]
internal sealed class RuleProcessTests : LocalAwsFixture
{
    [Test]
    public async Task A_changed_key_is_judged_and_reported()
    {
        var key = Account.Put(LocalKey.Symmetric() with { Stack = new("payments", "Key") });
        await using var rule = await RuleProcess.StartAsync(Aws, Account);

        var result = await rule.InvokeAsync(ConfigEvents.Change(Account, key));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error, Is.Null);
            Assert.That(Account.Results(ConfigEvents.RuleName), Has.Exactly(1).Items);
            Assert.That(Account.Rule(ConfigEvents.RuleName).Find(key.KeyId)?.ComplianceType, Is.EqualTo("NON_COMPLIANT"));
            Assert.That(Account.Rule(ConfigEvents.RuleName).Find(key.KeyId)?.Annotation, Does.Contain("payments"));
            Assert.That(await rule.SummaryAsync(result.RequestId), Does.Contain("\"k\":1").And.Contain("\"config:PutEvaluations\":1").And.Contain("\"cloudformation:DescribeStackResources\":1"));
            Assert.That(rule.Errors, Is.Empty);
            Assert.That(rule.PeakMemory, Is.GreaterThan(1_000_000));
        }
    }

    [Test]
    public async Task The_process_judges_the_next_event_after_one_that_failed()
    {
        var key = Account.Put(LocalKey.Symmetric(rotates: true));
        await using var rule = await RuleProcess.StartAsync(Aws, Account);

        var refused = await rule.InvokeAsync("{ \"accountId\":");
        var judged = await rule.InvokeAsync(ConfigEvents.Change(Account, key));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.Error?.ErrorMessage, Does.StartWith("KR01"));
            Assert.That(judged.Error, Is.Null);
            Assert.That(Aws.Evaluations.Single().ComplianceType, Is.EqualTo("COMPLIANT"));
        }
    }

    [Test]
    public async Task An_oversized_item_is_read_from_the_history()
    {
        var key = Account.Put(LocalKey.Hmac());
        await using var rule = await RuleProcess.StartAsync(Aws, Account);

        var result = await rule.InvokeAsync(ConfigEvents.OversizedChange(Account, key, DateTimeOffset.UtcNow.AddMinutes(-1)));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error, Is.Null);
            Assert.That(Aws.Evaluations.Single().ComplianceType, Is.EqualTo("NOT_APPLICABLE"));
            Assert.That(Aws.Calls.Counts.Keys, Is.EquivalentTo(["GetResourceConfigHistory", "PutEvaluations"]));
        }
    }

    [Test]
    public async Task The_second_sweep_of_an_unchanged_account_reports_nothing()
    {
        Account.Put(Accounts.Keys(120));
        await using var rule = await RuleProcess.StartAsync(Aws, Account);
        Account.Rule(ConfigEvents.RuleName);

        var first = await rule.InvokeAsync(ConfigEvents.Scheduled(Account));
        var reported = Aws.Evaluations.Count;
        Aws.Calls.Clear();
        var second = await rule.InvokeAsync(ConfigEvents.Scheduled(Account, DateTimeOffset.UtcNow.AddHours(1)));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.Error, Is.Null);
            Assert.That(second.Error, Is.Null);
            Assert.That(reported, Is.GreaterThan(30));
            Assert.That(Aws.Evaluations, Has.Count.EqualTo(reported));
            Assert.That(Aws.Calls["config:PutEvaluations"], Is.EqualTo(1), "which says that there is nothing");
            Assert.That(Aws.Quotas.Throttled, Is.Zero);
        }
    }

    [Test]
    public async Task Credentials_of_the_role_are_used_in_the_other_account()
    {
        var member = Aws.Add(new LocalAccount("444455556666"));
        member.Roles["audit/KeyRotation"] = new();
        var key = member.Put(LocalKey.Symmetric(rotates: true, periodInDays: 730));
        await using var rule = await RuleProcess.StartAsync(Aws, Account);

        var result = await rule.InvokeAsync(ConfigEvents.Change(member, key, ruleParameters: """{"executionRoleName":"audit/KeyRotation"}"""));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error, Is.Null);
            Assert.That(member.Rule(ConfigEvents.RuleName).Find(key.KeyId)?.ComplianceType, Is.EqualTo("NON_COMPLIANT"));
            Assert.That(Aws.Calls.Count("AssumeRole", accountId: Account.Id), Is.EqualTo(1));
            Assert.That(Aws.Calls.Count("GetKeyRotationStatus", accountId: Account.Id), Is.Zero);
        }
    }

    [Test]
    public async Task A_function_that_cannot_start_says_why_at_once()
    {
        await using var rule = await RuleProcess.StartAsync(Aws, Account, environment: new Dictionary<string, string?> { ["SWEEP_PARALLELISM"] = "none" });

        Assert.That(async () => await rule.InvokeAsync("{}"), Throws.InvalidOperationException.With.Message.Contains("KR14"));
    }
}
