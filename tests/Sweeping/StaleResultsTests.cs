using KeyRotation.Local;

namespace KeyRotation.Tests.Sweeping;

/// <summary>A result that AWS Config holds for what is no longer there is withdrawn, and only when that is sure.</summary>
[Parallelizable(ParallelScope.Children)]
internal sealed class StaleResultsTests
{
    private static readonly HeldResult OfDeletedKey = Result("AWS::KMS::Key", "0a1b2c3d-0000-4000-8000-000000000001");

    [Test]
    public async Task The_result_of_a_key_that_is_gone_is_withdrawn()
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
    public async Task A_result_of_another_resource_type_is_withdrawn_with_its_own_type()
    {
        await using var rule = await StartAsync(Result("AWS::S3::Bucket", "a-bucket"));

        await rule.SweepAsync();

        Assert.That(Withdrawn(rule), Is.EqualTo(new[] { ("AWS::S3::Bucket", "a-bucket") }));
    }

    [Test]
    public async Task A_result_of_another_resource_type_is_no_result_of_a_key_with_its_id()
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
    public async Task More_stale_results_than_a_batch_are_withdrawn()
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
    public async Task Nothing_is_withdrawn_when_the_listing_broke_off_on_its_second_page()
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
    public async Task Nothing_is_withdrawn_when_the_results_could_not_be_read_to_their_end()
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
    public async Task What_is_not_applicable_is_reported_too_when_the_results_could_not_be_read()
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
