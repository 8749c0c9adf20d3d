using KeyRotation.Local;

namespace KeyRotation.Tests.Sweeping;

/// <summary>A result is withdrawn if it belongs to no key of the account, but only if that is certain.</summary>
[Parallelizable(ParallelScope.Children)]
internal sealed class StaleResultsTests
{
    private static readonly HeldResult OfDeletedKey = Result("AWS::KMS::Key", "0a1b2c3d-0000-4000-8000-000000000001");

    [Test]
    public async Task Result_of_a_deleted_key_is_withdrawn()
    {
        await using var rule = await StartAsync(OfDeletedKey);

        var ending = await rule.SweepAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Succeeded, $"{ending}");
            Assert.That(Truth.HeldBy(rule.Account), Is.EquivalentTo(Truth.Of(rule.Account)));
            Assert.That(Withdrawn(rule), Is.EqualTo(new[] { (OfDeletedKey.ResourceType, OfDeletedKey.ResourceId) }));
            Assert.That(ending.Tally.Withdrawn, Is.EqualTo(1));
        }
    }

    [Test]
    public async Task Result_of_another_type_is_withdrawn_as_that_type()
    {
        await using var rule = await StartAsync(Result("AWS::S3::Bucket", "a-bucket"));

        await rule.SweepAsync();

        Assert.That(Withdrawn(rule), Is.EqualTo(new[] { ("AWS::S3::Bucket", "a-bucket") }));
    }

    [Test]
    public async Task Result_of_another_type_does_not_count_for_a_key()
    {
        await using var rule = await StartAsync();
        var keyId = rule.Account.Listing.Single();
        rule.Account.Rule(ConfigEvents.RuleName).Take(Result("AWS::S3::Bucket", keyId));

        await rule.SweepAsync();

        Assert.That(
            rule.Account.Results(ConfigEvents.RuleName).Select(result => (result.ResourceType, result.ResourceId)),
            Is.EqualTo(new[] { ("AWS::KMS::Key", keyId) }));
    }

    [Test]
    public async Task Stale_results_are_withdrawn_in_several_batches()
    {
        await using var rule = await StartAsync([.. Enumerable.Range(0, 250).Select(number => Result("AWS::KMS::Key", $"gone-{number}"))]);

        var ending = await rule.SweepAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Succeeded, $"{ending}");
            Assert.That(Truth.HeldBy(rule.Account), Is.EquivalentTo(Truth.Of(rule.Account)));
            Assert.That(ending.Tally.Withdrawn, Is.EqualTo(250));
        }
    }

    [Test]
    public async Task Nothing_is_withdrawn_after_an_incomplete_listing()
    {
        await using var rule = await StartAsync(OfDeletedKey);
        rule.Account.Put(Enumerable.Range(0, 1000).Select(_ => LocalKey.Hmac()));
        rule.Aws.Faults.Add("ListKeys", Fault.AccessDenied, after: 1);

        var ending = await rule.SweepAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Problems, Is.EqualTo([ProblemNumber.KeysNotListed]));
            Assert.That(ending.Message, Does.StartWith("KR15: ListKeys stopped after 1000 keys (AccessDeniedException: User is not authorized"));
            Assert.That(Withdrawn(rule), Is.Empty);
        }
    }

    [Test]
    public async Task Nothing_is_withdrawn_if_results_are_incomplete()
    {
        await using var rule = await StartAsync([.. Enumerable.Range(0, 150).Select(number => Result("AWS::KMS::Key", $"gone-{number}"))]);
        rule.Aws.Faults.Add("GetComplianceDetailsByConfigRule", Fault.AccessDenied, after: 1);

        var ending = await rule.SweepAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Problems, Is.EqualTo([ProblemNumber.ResultsNotRead]));
            Assert.That(Withdrawn(rule), Is.Empty);
            Assert.That(Truth.HeldBy(rule.Account), Does.ContainKey(rule.Account.Listing.Single()));
        }
    }

    [Test]
    public async Task NOT_APPLICABLE_is_sent_if_results_are_unreadable()
    {
        var exempt = LocalKey.Symmetric();
        await using var rule = await RuleInProcess.StartAsync(exempt);
        await rule.SweepAsync();
        rule.Aws.Faults.Add("GetComplianceDetailsByConfigRule", Fault.AccessDenied);

        await rule.SweepAsync($$"""{"exemptKeyIds":"{{exempt.KeyId}}"}""", creationTime: DateTimeOffset.UtcNow.AddHours(1));

        Assert.That(Truth.HeldBy(rule.Account), Is.Empty);
    }

    private static async Task<RuleInProcess> StartAsync(params HeldResult[] held)
    {
        var rule = await RuleInProcess.StartAsync(LocalKey.Symmetric(rotates: true));
        foreach (var result in held) rule.Account.Rule(ConfigEvents.RuleName).Take(result);
        return rule;
    }

    private static HeldResult Result(string resourceType, string resourceId) =>
        new(resourceType, resourceId, "COMPLIANT", "Rotation is on.", DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(-1));

    private static IEnumerable<(string Type, string Id)> Withdrawn(RuleInProcess rule) =>
        rule.Aws.Evaluations.Where(evaluation => evaluation.ComplianceType == "NOT_APPLICABLE")
            .Select(evaluation => (evaluation.ResourceType, evaluation.ResourceId));
}
