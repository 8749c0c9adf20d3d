using KeyRotation.Core;
using KeyRotation.Local;

namespace KeyRotation.Tests.Sweeping;

/// <summary>PutEvaluations can refuse all, or take some and return the rest.</summary>
[Parallelizable(ParallelScope.Children)]
internal sealed class ReportingTests
{
    [Test]
    public async Task An_evaluation_that_AWS_Config_returns_once_is_sent_again_alone()
    {
        await using var rule = await RuleInProcess.StartAsync(Keys(3));
        var returned = rule.Account.Listing[0];
        rule.Aws.Faults.FailEvaluations(returned, times: 1);

        var ending = await rule.SweepAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Succeeded, $"{ending}");
            Assert.That(rule.Aws.Evaluations.Select(evaluation => evaluation.ResourceId), Has.Exactly(4).Items.And.Exactly(2).EqualTo(returned));
            Assert.That(Truth.HeldBy(rule.Account), Is.EquivalentTo(Truth.Of(rule.Account)));
            Assert.That(ending.Summary[Metrics.Reported], Is.EqualTo(3));
        }
    }

    [Test]
    public async Task An_evaluation_that_AWS_Config_never_takes_is_named_and_the_others_are_reported()
    {
        await using var rule = await RuleInProcess.StartAsync(Keys(130));
        var returned = rule.Account.Listing[0];
        rule.Aws.Faults.FailEvaluations(returned);

        var ending = await rule.SweepAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Problems, Is.EqualTo([ProblemNumber.EvaluationsNotAccepted]));
            Assert.That(ending.Message, Is.EqualTo($"KR12: AWS Config did not accept 1 of the evaluations: {returned}."));
            Assert.That(Truth.HeldBy(rule.Account), Is.EquivalentTo(Truth.Of(rule.Account.Keys.Where(key => key.KeyId != returned))));
            Assert.That(ending.Summary[Metrics.Reported], Is.EqualTo(129));
        }
    }

    [Test]
    public async Task A_change_event_whose_evaluation_is_never_taken_fails()
    {
        await using var rule = await RuleInProcess.StartAsync(Keys(1));
        var key = rule.Account.Keys.Single();
        rule.Aws.Faults.FailEvaluations(key.KeyId);

        var ending = await rule.HandleAsync(ConfigEvents.Change(rule.Account, key));

        Assert.That(ending.Message, Is.EqualTo($"KR12: AWS Config did not accept the evaluation of key {key.KeyId}."));
    }

    private static readonly object?[][] LookedAtAgain = [[null, "NOT_APPLICABLE"], [Fault.AccessDenied, "NON_COMPLIANT"], [Fault.InternalFailure, null]];

    /// <summary>KMS says off of a key that is scheduled for deletion. Where it may not be asked again, there is only the item; where that fails, the event is tried again.</summary>
    [TestCaseSource(nameof(LookedAtAgain))]
    public async Task A_key_whose_deletion_was_scheduled_after_its_item_is_looked_at_again(object? fault, string? complianceType)
    {
        var key = LocalKey.Symmetric(rotates: true);
        await using var rule = await RuleInProcess.StartHurriedAsync();
        rule.Account.Put(key);
        var old = ConfigEvents.Change(rule.Account, key);
        rule.Account.Put(key with { KeyState = "PendingDeletion", DeletionDate = DateTimeOffset.UtcNow.AddDays(7) });
        if (fault is not null) rule.Aws.Faults.Add("DescribeKey", (Fault)fault);

        var ending = await rule.HandleAsync(old);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(rule.Aws.Evaluations.Select(evaluation => evaluation.ComplianceType), Is.EqualTo(complianceType is null ? [] : new[] { complianceType }));
            Assert.That(ending.Message, Is.EqualTo(complianceType is null ? $"KR11: Key {key.KeyId} could not be judged. The key state could not be read: InternalFailure." : ""));
        }
    }

    [Test]
    public async Task A_batch_that_is_refused_does_not_keep_the_next_one_back()
    {
        await using var rule = await RuleInProcess.StartAsync(Keys(150));
        rule.Aws.Faults.Add("PutEvaluations", Fault.AccessDenied, times: 1);

        var ending = await rule.SweepAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Message, Does.StartWith("KR12: AWS Config did not accept 100 of the evaluations (AccessDeniedException): "));
            Assert.That(Truth.HeldBy(rule.Account), Has.Count.EqualTo(50).And.SubsetOf(Truth.Of(rule.Account)));
        }
    }

    [Test]
    public async Task A_result_token_that_is_refused_once_is_not_tried_again()
    {
        await using var rule = await RuleInProcess.StartAsync(Keys(250));
        const string token = "a-token-of-yesterday";

        var ending = await rule.HandleAsync(ResultToken.Replaced(ConfigEvents.Scheduled(rule.Account), token));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Message, Does.StartWith("KR12: AWS Config did not accept 250 of the evaluations (InvalidResultTokenException): ").And.Not.Contain(token));
            Assert.That(rule.Aws.Calls["PutEvaluations"], Is.EqualTo(1));
            Assert.That(Truth.HeldBy(rule.Account), Is.Empty);
        }
    }

    private static readonly object[][] Refusals =
    [
        [new Fault.Error("InvalidResultTokenException", "expired"), " (InvalidResultTokenException)", 1],
        [Fault.Answer("{}"), "", 4],
        [Fault.Answer("""{"FailedEvaluations":[{"ComplianceResourceId":"what was not sent"}]}"""), "", 4],
    ];

    [TestCaseSource(nameof(Refusals))]
    public async Task A_sweep_that_cannot_tell_AWS_Config_that_nothing_changed_fails(object fault, string cause, int calls)
    {
        await using var rule = await RuleInProcess.StartHurriedAsync();
        rule.Aws.Faults.Add("PutEvaluations", (Fault)fault);

        var ending = await rule.SweepAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Message, Is.EqualTo(
                $"KR12: Nothing has changed, and AWS Config did not accept the PutEvaluations without evaluations that tells it so{cause}."));
            Assert.That(rule.Aws.Calls["PutEvaluations"], Is.EqualTo(calls));
        }
    }

    [TestCase("ListKeys")]
    [TestCase("GetComplianceDetailsByConfigRule")]
    [TestCase("GetKeyRotationStatus")]
    public async Task A_sweep_that_has_not_seen_everything_does_not_say_that_nothing_changed(string operation)
    {
        await using var rule = await RuleInProcess.StartHurriedAsync();
        rule.Account.Put(operation == "GetKeyRotationStatus" ? LocalKey.Symmetric() : LocalKey.AwsManaged());
        rule.Aws.Faults.Add(operation, Fault.AccessDenied);

        var ending = await rule.SweepAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Problems, Has.Exactly(1).Items);
            Assert.That(rule.Aws.Calls["PutEvaluations"], Is.Zero);
        }
    }

    [Test]
    public async Task A_sweep_that_reported_something_says_nothing_more()
    {
        await using var rule = await RuleInProcess.StartAsync(Keys(1));

        await rule.SweepAsync();

        Assert.That(rule.Aws.Calls["PutEvaluations"], Is.EqualTo(1));
    }

    [Test]
    public async Task A_token_for_tests_is_sent_in_test_mode()
    {
        await using var rule = await RuleInProcess.StartAsync(Keys(2));

        var ending = await rule.HandleAsync(ResultToken.Replaced(ConfigEvents.Scheduled(rule.Account), "TESTMODE"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Succeeded, $"{ending}");
            Assert.That(rule.Aws.Evaluations.Select(evaluation => evaluation.TestMode), Is.EqualTo([true, true]));
        }
    }

    private static LocalKey[] Keys(int count) => [.. Enumerable.Range(0, count).Select(_ => LocalKey.Symmetric(rotates: true))];
}
