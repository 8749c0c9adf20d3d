using Amazon.ConfigService.Model;
using KeyRotation.Local;
using KeyRotation.Tests.Aws;

namespace KeyRotation.Tests.Sweeping;

/// <summary>
/// The results that AWS Config holds are read in pages of the largest size, without the NOT_APPLICABLE results, which AWS Config keeps
/// until it deletes them.
/// </summary>
internal sealed class ExistingResultsTests
{
    [Test]
    public async Task Requests_pages_of_100_COMPLIANT_and_NON_COMPLIANT()
    {
        using var aws = new ScriptedAws()
            .Answer("GetComplianceDetailsByConfigRule", """{"EvaluationResults":[],"NextToken":"more"}""")
            .Answer("GetComplianceDetailsByConfigRule", """{"EvaluationResults":[]}""");
        using var config = aws.Clients.Config();

        await ExistingResults.ReadAsync(config, "rule", CancellationToken.None);

        const string first = """{"ComplianceTypes":["COMPLIANT","NON_COMPLIANT"],"ConfigRuleName":"rule","Limit":100}""";
        Assert.That(aws.Requests.Select(request => request.Body), Is.EqualTo([first, first.Replace("100}", "100,\"NextToken\":\"more\"}", StringComparison.Ordinal)]));
    }

    /// <summary>Tokens that repeat, such as A, B, A, and new tokens with results that repeat.</summary>
    [TestCase("1A 2B 3A 4B 5A", 3)]
    [TestCase("1A 2B 1C 2D 1E", 3)]
    [TestCase("1A A", 2)]
    [TestCase("1A B B", 3)]
    public async Task Reading_ends_when_pages_repeat(string pages, int calls)
    {
        using var aws = new ScriptedAws();
        foreach (var page in pages.Split(' '))
        {
            var result = page.Length > 1 ? Result(page[..^1]) : "";
            aws.Answer("GetComplianceDetailsByConfigRule", $$"""{"EvaluationResults":[{{result}}],"NextToken":"{{page[^1]}}"}""");
        }

        aws.Answer("GetComplianceDetailsByConfigRule", """{"EvaluationResults":[]}""");

        var results = await ReadAsync(aws);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(results.Failure?.Cause, Is.EqualTo("AWS Config returned no new NextToken or result"));
            Assert.That(aws.Requests, Has.Count.EqualTo(calls));
        }
    }

    [TestCase("""{"EvaluationResults":[],"NextToken":"2"}""")]
    [TestCase("""{"EvaluationResults":[],"NextToken":"2"}""", """{"EvaluationResults":[],"NextToken":"3"}""")]
    public async Task Empty_page_is_not_the_last_page(params string[] pages)
    {
        using var aws = new ScriptedAws();
        foreach (var page in pages) aws.Answer("GetComplianceDetailsByConfigRule", page);
        aws.Answer("GetComplianceDetailsByConfigRule", $$"""{"EvaluationResults":[{{Result("a")}}],"NextToken":""}""");

        var results = await ReadAsync(aws);

        Assert.That((results.Failure, results.Take("a").HasValue), Is.EqualTo(((ReadFailure?)null, true)));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Last_of_two_results_for_a_key_counts(bool isOnOnePage)
    {
        using var aws = new ScriptedAws();
        if (isOnOnePage)
        {
            aws.Answer("GetComplianceDetailsByConfigRule", $$"""{"EvaluationResults":[{{Result("a", "old")}},{{Result("a", "new")}}]}""");
        }
        else
        {
            aws.Answer("GetComplianceDetailsByConfigRule", $$"""{"EvaluationResults":[{{Result("a", "old")}}],"NextToken":"2"}""")
                .Answer("GetComplianceDetailsByConfigRule", $$"""{"EvaluationResults":[{{Result("a", "new")}}]}""");
        }

        Assert.That((await ReadAsync(aws)).Take("a"), Is.EqualTo(ExistingResult.Of("COMPLIANT", "new")));
    }

    [Test]
    public async Task Expired_role_leaves_the_results_incomplete()
    {
        using var aws = new ScriptedAws(new EndingCredentials(2))
            .Answer("GetComplianceDetailsByConfigRule", $$"""{"EvaluationResults":[{{Result("a")}}],"NextToken":"2"}""");
        var results = await ReadAsync(aws);
        Assert.That((results.Failure, results.Take("a").HasValue), Is.EqualTo((new ReadFailure("KR09: The role ended."), true)));
    }

    /// <summary>The official deserializer passes through a null in a list; with the stand-in's, the call fails.</summary>
    [TestCase("result")]
    [TestCase("identifier")]
    [TestCase("qualifier")]
    public void Result_without_its_resource_is_not_added(string missing)
    {
        var result = missing switch
        {
            "result" => null,
            "identifier" => new EvaluationResult(),
            _ => new EvaluationResult { EvaluationResultIdentifier = new() },
        };
        Assert.That(ExistingResults.TryAdd(result, []), Is.False);
    }

    private static async Task<ExistingResults> ReadAsync(ScriptedAws aws)
    {
        using var config = aws.Clients.Config();
        return await ExistingResults.ReadAsync(config, "rule", CancellationToken.None);
    }

    private static string Result(string id, string annotation = "why") => $$$"""
        {"EvaluationResultIdentifier":{"EvaluationResultQualifier":{"ResourceType":"AWS::KMS::Key","ResourceId":"{{{id}}}"}},
        "ComplianceType":"COMPLIANT","Annotation":"{{{annotation}}}"}
        """;

    /// <summary>The finding is longer than an annotation can be, so AWS Config holds only its beginning.</summary>
    [Test]
    public async Task Truncated_finding_is_recognized()
    {
        var tag = new string('t', 128);
        var key = LocalKey.Symmetric(rotates: false) with { Tags = new Dictionary<string, string> { [tag] = "for ever" } };
        await using var rule = await RuleInProcess.StartAsync(key);
        var parameters = $$"""{"exemptTagKey":"{{tag}}","onDemandRotation":"count"}""";
        await rule.SweepAsync(parameters);
        Assert.That(rule.Aws.Evaluations.Single().Annotation, Has.Length.EqualTo(256).And.EndsWith("…"));

        await rule.SweepAsync(parameters, creationTime: DateTimeOffset.UtcNow.AddHours(1));

        Assert.That(rule.Aws.Evaluations, Has.Count.EqualTo(1));
    }
}
