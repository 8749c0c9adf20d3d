using KeyRotation.Local;
using KeyRotation.Tests.Aws;

namespace KeyRotation.Tests.Sweeping;

/// <summary>What AWS Config holds is asked for in as few pages as it gives, and without the NOT_APPLICABLE results that it keeps until it cleans them up.</summary>
internal sealed class HeldResultsTests
{
    [Test]
    public async Task Pages_of_a_hundred_of_the_two_verdicts_are_asked_for()
    {
        using var aws = new ScriptedAws()
            .Answer("GetComplianceDetailsByConfigRule", """{"EvaluationResults":[],"NextToken":"more"}""")
            .Answer("GetComplianceDetailsByConfigRule", """{"EvaluationResults":[]}""");
        using var config = aws.Clients.Config();

        await HeldResults.ReadAsync(config, "rule", CancellationToken.None);

        const string first = """{"ComplianceTypes":["COMPLIANT","NON_COMPLIANT"],"ConfigRuleName":"rule","Limit":100}""";
        Assert.That(aws.Requests.Select(request => request.Body), Is.EqualTo([first, first.Replace("100}", "100,\"NextToken\":\"more\"}", StringComparison.Ordinal)]));
    }

    /// <summary>The finding is longer than an annotation may be, so what is held is a part of it.</summary>
    [Test]
    public async Task A_finding_that_was_cut_is_known_again()
    {
        var tag = new string('t', 128);
        await using var rule = await RuleInProcess.StartAsync(LocalKey.Symmetric(rotates: true, 2560) with { Tags = new Dictionary<string, string> { [tag] = "for ever" } });
        var parameters = $$"""{"exemptTagKey":"{{tag}}","maxRotationPeriodInDays":"2559"}""";
        await rule.SweepAsync(parameters);
        Assert.That(rule.Aws.Evaluations.Single().Annotation, Has.Length.EqualTo(256).And.EndsWith("…"));

        await rule.SweepAsync(parameters, creationTime: DateTimeOffset.UtcNow.AddHours(1));

        Assert.That(rule.Aws.Evaluations, Has.Count.EqualTo(1));
    }
}
