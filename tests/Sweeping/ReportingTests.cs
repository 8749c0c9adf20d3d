using KeyRotation.Local;

namespace KeyRotation.Tests.Sweeping;

/// <summary>PutEvaluations can refuse all, or take some and return the rest.</summary>
[Parallelizable(ParallelScope.Children)]
internal sealed class ReportingTests
{
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
            Assert.That(ending.Message, Is.EqualTo($"KR12: AWS Config did not accept 1 of the evaluations (PutEvaluations: returned in FailedEvaluations): {returned}."));
            Assert.That(Truth.HeldBy(rule.Account), Is.EquivalentTo(Truth.Of(rule.Account.Keys.Where(key => key.KeyId != returned))));
            Assert.That(ending.Tally.Reported, Is.EqualTo(129));
        }
    }

    [Test]
    public async Task A_change_event_whose_evaluation_is_never_taken_fails()
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
    /// KMS says off for a key in PendingDeletion. Where it may not be asked again, there is only the item; where that fails, the event is
    /// tried again.
    /// </summary>
    [TestCaseSource(nameof(LookedAtAgain))]
    public async Task A_key_whose_deletion_was_scheduled_after_its_item_is_looked_at_again(Fault? fault, string[] complianceTypes)
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
            Assert.That(ending.Message, Does.Contain("The last try: DescribeKey: AWS answered InternalFailure").Or.Not.Contain("The last try"));
        }
    }

    /// <summary>AWS Config records some accounts once a day, and says so by the time of delivery: the item can be a day old.</summary>
    [TestCase("Disabled", "Enabled", "NON_COMPLIANT")]
    [TestCase("Enabled", "Disabled", "NOT_APPLICABLE")]
    [TestCase("Enabled", "PendingDeletion", "NOT_APPLICABLE")]
    [TestCase("Enabled", "Enabled", "NON_COMPLIANT")]
    public async Task Of_a_key_that_was_recorded_daily_KMS_is_believed(string recorded, string now, string complianceType)
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
    public async Task A_batch_that_is_refused_does_not_keep_the_next_one_back()
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
    public async Task A_result_token_that_is_refused_once_is_not_tried_again()
    {
        await using var rule = await RuleInProcess.StartAsync(Keys(250));
        const string token = "a-token-of-yesterday";

        var ending = await rule.HandleAsync(ResultToken.Replaced(ConfigEvents.Scheduled(rule.Account), token));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Message, Does.StartWith("KR12: AWS Config did not accept 250 of the evaluations (PutEvaluations: AWS answered InvalidResultTokenException, ").And.Not.Contain(token));
            Assert.That(rule.Aws.Calls["PutEvaluations"], Is.EqualTo(1));
            Assert.That(Truth.HeldBy(rule.Account), Is.Empty);
        }
    }

    private static readonly object[][] Refusals =
    [
        [new Fault.Error("InvalidResultTokenException", "expired"), "InvalidResultTokenException", 1],
        [Fault.Answer("{}"), "without FailedEvaluations", 4],
        [Fault.Answer("""{"FailedEvaluations":[{"ComplianceResourceId":"what was not sent"}]}"""), "FailedEvaluations", 4],
    ];

    [TestCaseSource(nameof(Refusals))]
    public async Task A_sweep_that_cannot_tell_AWS_Config_that_nothing_changed_fails(Fault fault, string cause, int calls)
    {
        await using var rule = await RuleInProcess.StartHurriedAsync();
        rule.Aws.Faults.Add("PutEvaluations", fault);

        var ending = await rule.SweepAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Message, Does.StartWith("KR12: Nothing has changed, and AWS Config did not accept ").And.Contain(cause));
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

    private static LocalKey[] Keys(int count) => [.. Enumerable.Range(0, count).Select(_ => LocalKey.Symmetric(rotates: true))];
}
