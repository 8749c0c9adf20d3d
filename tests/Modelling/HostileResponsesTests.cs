using KeyRotation.Local;
using KeyRotation.Tests.Sweeping;

namespace KeyRotation.Tests.Modelling;

/// <summary>Responses that AWS hardly ever sends. None may cause a wrong result, or a success without a result.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class HostileResponsesTests
{
    private readonly LocalAccount account = new();
    private RuleInProcess rule = null!;
    private LocalAws aws = null!;

    [SetUp]
    public async Task StartAws()
    {
        account.Rule(ConfigEvents.RuleName);
        rule = await RuleInProcess.StartHurriedAsync(account);
        aws = rule.Aws;
    }

    [TearDown]
    public async Task StopAws() => await rule.DisposeAsync();

    [TestCase("{}")]
    [TestCase("""{"Keys":null,"Truncated":false}""")]
    [TestCase("""{"Keys":[]}""")]
    [TestCase("""{"Keys":[{}],"Truncated":false}""")]
    [TestCase("""{"Keys":[{"KeyArn":"an ARN without its id"}],"Truncated":false}""")]
    [TestCase("""{"Keys":[null],"Truncated":false}""")]
    [TestCase("""{"Keys":[],"Truncated":"no"}""")]
    [TestCase("""{"Keys":[],"Truncated":true}""")]
    [TestCase("null")]
    [TestCase("[]")]
    public async Task Malformed_list_of_keys_withdraws_no_result(string listing)
    {
        Hold("4b0d1d4c-0000-4000-8000-000000000001");
        aws.Faults.Add("ListKeys", Fault.Answer(listing));

        Assert.That((await rule.SweepAsync()).Problems, Is.EqualTo([ProblemNumber.KeysNotListed]));
        Assert.That(account.Results(ConfigEvents.RuleName), Has.Exactly(1).Items);
    }

    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("""{"EvaluationResults":[{"ComplianceType":"NON_COMPLIANT"}]}""")]
    [TestCase("""{"EvaluationResults":5}""")]
    [TestCase("""{"EvaluationResults":[null]}""")]
    [TestCase("""{"EvaluationResults":[{"EvaluationResultIdentifier":7}]}""")]
    [TestCase("""{"EvaluationResults":[],"NextToken":5}""")]
    [TestCase("""{"EvaluationResults":[],"NextToken":"again"}""")]
    public async Task Malformed_results_count_as_incomplete(string results)
    {
        var key = account.Put(LocalKey.Symmetric(rotates: true));
        aws.Faults.Add("GetComplianceDetailsByConfigRule", Fault.Answer(results));

        Assert.That((await rule.SweepAsync()).Problems, Is.EqualTo([ProblemNumber.ResultsNotRead]));
        Assert.That(
            account.Rule(ConfigEvents.RuleName).Find(key.KeyId)?.ComplianceType,
            Is.EqualTo("COMPLIANT"),
            "evaluated keys are reported anyway");
    }

    [Test]
    public async Task New_key_that_is_not_listed_yet_keeps_its_result()
    {
        var key = account.Put(LocalKey.Symmetric());
        Assert.That((await rule.HandleAsync(ConfigEvents.Change(account, key, DateTimeOffset.UtcNow.AddMinutes(-1)))).Succeeded);
        aws.Faults.Add("ListKeys", Fault.Answer("""{"Keys":[],"Truncated":false}"""), times: 1);

        Assert.That((await rule.SweepAsync()).Succeeded);

        Assert.That(account.Rule(ConfigEvents.RuleName).Find(key.KeyId)?.ComplianceType, Is.EqualTo("NON_COMPLIANT"));
    }

    [Test]
    public async Task Key_listed_twice_is_evaluated_and_reported_once()
    {
        var key = account.Put(LocalKey.Symmetric());
        aws.Faults.Add("ListKeys", Fault.Answer($$"""{"Keys":[{"KeyId":"{{key.KeyId}}"},{"KeyId":"{{key.KeyId}}"}],"Truncated":false}"""));

        Assert.That((await rule.SweepAsync()).Succeeded);

        Assert.That(aws.Evaluations, Has.Count.EqualTo(1));
        Assert.That(aws.Calls["DescribeKey"], Is.EqualTo(1));
    }

    [Test]
    public async Task Result_without_a_key_ID_is_withdrawn_without_a_call()
    {
        Hold("alias/old");

        Assert.That((await rule.SweepAsync()).Succeeded);

        Assert.That(account.Results(ConfigEvents.RuleName), Is.Empty);
        Assert.That(aws.Calls["DescribeKey"], Is.Zero);
    }

    [Test]
    public async Task Result_of_an_unreadable_key_is_kept_and_named()
    {
        const string id = "4b0d1d4c-0000-4000-8000-000000000001";
        Hold(id);
        aws.Faults.Add("DescribeKey", Fault.AccessDenied);

        Assert.That((await rule.SweepAsync()).Message, Does.StartWith("KR11").And.Contain(id));
        Assert.That(account.Results(ConfigEvents.RuleName), Has.Exactly(1).Items);
    }

    [Test]
    public async Task Response_without_tags_does_not_end_an_exemption()
    {
        var key = account.Put(LocalKey.Symmetric());
        aws.Faults.Add("ListResourceTags", Fault.Answer("{}"));

        Assert.That((await rule.SweepAsync("""{"exemptTagKey":"keep"}""")).Message, Does.StartWith("KR11").And.Contain(key.KeyId));
        Assert.That(aws.Evaluations, Is.Empty);
    }

    [Test]
    public async Task Exemption_on_the_second_page_of_tags_counts()
    {
        var tags = Enumerable.Range(0, 60).ToDictionary(number => $"aws:a{number:00}", _ => "x");
        tags["keep"] = "2999-12-31";
        account.Put(LocalKey.Symmetric() with { Tags = tags });

        Assert.That((await rule.SweepAsync("""{"exemptTagKey":"keep"}""")).Succeeded);

        Assert.That(aws.Evaluations, Is.Empty, "the key is NOT_APPLICABLE, and AWS Config held no result for it");
        Assert.That(aws.Calls["ListResourceTags"], Is.EqualTo(2));
    }

    [TestCase("<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>")]
    [TestCase("<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId/></Credentials></AssumeRoleResult></AssumeRoleResponse>")]
    [TestCase("<AssumeRoleResponse><Assume")]
    public async Task Role_without_credentials_is_a_numbered_problem(string answer)
    {
        aws.Faults.Add("AssumeRole", Fault.Answer(answer));

        Assert.That((await rule.SweepAsync("""{"executionRoleName":"audit/KeyRotation"}""")).Message, Does.StartWith("KR09"));
    }

    // Not included: a list of keys or tags that is a string or an object, or whose elements are not objects. The list deserializer in
    // AWSSDK.Core then never returns and cannot be canceled; Lambda ends the function at its timeout, and nothing is reported. Only AWS
    // itself, authenticated by TLS, could send such a response.
    private static readonly string[] Bodies =
    [
        "", "null", "[]", "\"x\"", "<html/>", "{\"a\":", new('[', 100_000), $$"""{"KeyMetadata":"{{new string('x', 1_000_000)}}"}""",
        """{"KeyMetadata":7,"KeyRotationEnabled":"yes"}""", """{"KeyMetadata":[],"KeyRotationEnabled":{}}""",
        """{"KeyMetadata":[7],"KeyRotationEnabled":[]}""", """{"KeyMetadata":{"KeyState":{}},"Tags":[{"TagKey":[]}],"Keys":[{"KeyId":7}]}""",
    ];

    [Test]
    public async Task Invalid_KMS_response_fails_the_sweep_in_time(
        [Values("ListKeys", "DescribeKey", "GetKeyRotationStatus", "ListKeyRotations", "ListResourceTags")] string operation,
        [Range(0, 11)] int body)
    {
        account.Put(LocalKey.Symmetric());
        aws.Faults.Add(operation, Fault.Answer(Bodies[body]));

        var sweep = rule.SweepAsync("""{"exemptTagKey":"keep","onDemandRotation":"count"}""");

        Assert.That((await sweep.WaitAsync(TimeSpan.FromSeconds(8))).Message, Does.StartWith("KR1"));
        Assert.That(aws.Evaluations, Is.Empty);
    }

    private void Hold(string keyId) =>
        account.Rule(ConfigEvents.RuleName).Take(new("AWS::KMS::Key", keyId, "NON_COMPLIANT", "Rotation is off.", DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow));
}
