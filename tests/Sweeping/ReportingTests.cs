using KeyRotation.Local;

namespace KeyRotation.Tests.Sweeping;

/// <summary>PutEvaluations can reject all evaluations, or accept some and return the rest.</summary>
[Parallelizable(ParallelScope.Children)]
internal sealed class ReportingTests
{
    [Test]
    public async Task Rejected_evaluation_is_named_and_others_reported()
    {
        await using var rule = await RuleInProcess.StartAsync(Keys(130));
        var returned = rule.Account.Listing[0];
        rule.Aws.Faults.FailEvaluations(returned);

        var ending = await rule.SweepAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Problems, Is.EqualTo([ProblemNumber.EvaluationsNotAccepted]));
            Assert.That(ending.Message, Is.EqualTo($"KR12: AWS Config did not accept 1 of the evaluations (PutEvaluations: returned in FailedEvaluations): {returned}."));
            Assert.That(Truth.HeldBy(rule.Account), Is.EquivalentTo(Truth.Of(rule.Account.Keys.Where(key => key.KeyId != returned))));
            Assert.That(ending.Tally.Reported, Is.EqualTo(129));
        }
    }

    [Test]
    public async Task Change_event_fails_if_its_evaluation_is_rejected()
    {
        await using var rule = await RuleInProcess.StartAsync(Keys(1));
        var key = rule.Account.Keys.Single();
        rule.Aws.Faults.FailEvaluations(key.KeyId);

        var ending = await rule.HandleAsync(ConfigEvents.Change(rule.Account, key));

        Assert.That(ending.Message, Is.EqualTo($"KR12: AWS Config did not accept the evaluation of key {key.KeyId}. PutEvaluations: returned in FailedEvaluations."));
    }

    private static readonly object?[][] LookedAtAgain =
        [[null, new[] { "NOT_APPLICABLE" }], [Fault.AccessDenied, new[] { "NON_COMPLIANT" }], [Fault.InternalFailure, Array.Empty<string>()]];

    /// <summary>
    /// KMS reports rotation as off for a key in the state PendingDeletion, so DescribeKey checks the state. If KMS denies that call, the
    /// state in the configuration item counts. If the call fails otherwise, the invocation fails, and Lambda retries it.
    /// </summary>
    [TestCaseSource(nameof(LookedAtAgain))]
    public async Task Deletion_scheduled_after_the_item_is_noticed(Fault? fault, string[] complianceTypes)
    {
        var key = LocalKey.Symmetric(rotates: true);
        await using var rule = await RuleInProcess.StartHurriedAsync();
        rule.Account.Put(key);
        var old = ConfigEvents.Change(rule.Account, key);
        rule.Account.Put(key with { KeyState = "PendingDeletion", DeletionDate = DateTimeOffset.UtcNow.AddDays(7) });
        if (fault is not null) rule.Aws.Faults.Add("DescribeKey", fault);

        var ending = await rule.HandleAsync(old);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(rule.Aws.Evaluations.Select(evaluation => evaluation.ComplianceType), Is.EqualTo(complianceTypes));
            Assert.That(ending.Message, complianceTypes is [] ? Does.StartWith($"KR13: Time ran out before key {key.KeyId} was reported.") : Is.Empty);
            Assert.That(ending.Message, Does.Contain("The last attempt: DescribeKey: AWS returned InternalFailure").Or.Not.Contain("The last try"));
        }
    }

    /// <summary>With daily recording, the item can be a day old. AWS Config marks such an item with a delivery time.</summary>
    [TestCase("Disabled", "Enabled", "NON_COMPLIANT")]
    [TestCase("Enabled", "Disabled", "NOT_APPLICABLE")]
    [TestCase("Enabled", "PendingDeletion", "NOT_APPLICABLE")]
    [TestCase("Enabled", "Enabled", "NON_COMPLIANT")]
    public async Task KMS_overrides_an_item_that_was_recorded_daily(string recorded, string now, string complianceType)
    {
        var key = LocalKey.Symmetric() with { KeyState = recorded, DeliveryTime = DateTimeOffset.UtcNow };
        await using var rule = await RuleInProcess.StartAsync(key);
        var daily = ConfigEvents.Change(rule.Account, key, DateTimeOffset.UtcNow.AddDays(-1));
        rule.Account.Put(key with { KeyState = now });

        var ending = await rule.HandleAsync(daily);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Succeeded, $"{ending}");
            Assert.That(rule.Aws.Evaluations.Single().ComplianceType, Is.EqualTo(complianceType));
            Assert.That(rule.Aws.Calls.All.First().Operation, Is.EqualTo("DescribeKey"));
            Assert.That(rule.Aws.Calls["DescribeKey"], Is.EqualTo(1));
        }
    }

    [Test]
    public async Task Rejected_batch_does_not_hold_back_the_next_one()
    {
        await using var rule = await RuleInProcess.StartAsync(Keys(150));
        rule.Aws.Faults.Add("PutEvaluations", Fault.AccessDenied, times: 1);

        var ending = await rule.SweepAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Message, Does.StartWith("KR12: AWS Config did not accept 100 of the evaluations (PutEvaluations: AccessDeniedException: "));
            Assert.That(Truth.HeldBy(rule.Account), Has.Count.EqualTo(50).And.SubsetOf(Truth.Of(rule.Account)));
        }
    }

    [Test]
    public async Task Rejected_result_token_is_not_sent_again()
    {
        await using var rule = await RuleInProcess.StartAsync(Keys(250));
        const string token = "a-token-of-yesterday";

        var ending = await rule.HandleAsync(ResultToken.Replaced(ConfigEvents.Scheduled(rule.Account), token));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Message, Does.StartWith("KR12: AWS Config did not accept 250 of the evaluations (PutEvaluations: AWS returned InvalidResultTokenException, ").And.Not.Contain(token));
            Assert.That(rule.Aws.Calls["PutEvaluations"], Is.EqualTo(1));
            Assert.That(Truth.HeldBy(rule.Account), Is.Empty);
        }
    }

    private static readonly object[][] Refusals =
    [
        [new Fault.Error("InvalidResultTokenException", "expired"), "InvalidResultTokenException", 1],
        [Fault.Answer("{}"), "no FailedEvaluations", 4],
        [Fault.Answer("""{"FailedEvaluations":[{"ComplianceResourceId":"what was not sent"}]}"""), "FailedEvaluations", 4],
    ];

    [TestCaseSource(nameof(Refusals))]
    public async Task Sweep_fails_if_its_empty_report_is_rejected(Fault fault, string cause, int calls)
    {
        await using var rule = await RuleInProcess.StartHurriedAsync();
        rule.Aws.Faults.Add("PutEvaluations", fault);

        var ending = await rule.SweepAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Message, Does.StartWith("KR12: Nothing has changed, but AWS Config did not accept ").And.Contain(cause));
            Assert.That(rule.Aws.Calls["PutEvaluations"], Is.EqualTo(calls));
        }
    }

    [TestCase("ListKeys")]
    [TestCase("GetComplianceDetailsByConfigRule")]
    [TestCase("GetKeyRotationStatus")]
    public async Task Incomplete_sweep_sends_no_empty_report(string operation)
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

    private static LocalKey[] Keys(int count) => [.. Enumerable.Range(0, count).Select(_ => LocalKey.Symmetric(rotates: true))];
}
