using System.Text.Json;
using Amazon.ConfigService;
using Amazon.ConfigService.Model;
using KeyRotation.Local;

namespace KeyRotation.Tests.Local;

[TestFixture]
internal sealed class ConfigApiTests : LocalAwsFixture
{
    private static readonly DateTime Noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    private AmazonConfigServiceClient config = null!;

    [SetUp]
    public void MakeClient() => config = Config();

    [TearDown]
    public void CloseClient() => config.Dispose();

    [Test]
    public async Task Newer_evaluation_replaces_or_removes_a_result()
    {
        var held = new List<string?>();
        foreach (var (complianceType, hour) in new[] { ("COMPLIANT", 0), ("NON_COMPLIANT", -1), ("NON_COMPLIANT", 1), ("NOT_APPLICABLE", 3), ("COMPLIANT", 2) })
        {
            await PutAsync(Evaluation("k", complianceType, Noon.AddHours(hour)));
            held.Add(Account.Rule("rule").Find("k")?.ComplianceType);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(held, Is.EqualTo(["COMPLIANT", "COMPLIANT", "NON_COMPLIANT", null, null]));
            Assert.That(Account.Results("rule"), Is.Empty);
            Assert.That(Aws.Evaluations, Has.Count.EqualTo(5));
        }
    }

    private static IEnumerable<TestCaseData> Refused()
    {
        yield return Case("101 evaluations", [.. Enumerable.Range(0, 101).Select(n => Evaluation($"k{n}", "COMPLIANT", Noon))]);
        yield return Case("annotation of 257 characters", [Evaluation("k", "COMPLIANT", Noon, new string('a', 257))]);
        yield return Case("empty annotation", [Evaluation("k", "COMPLIANT", Noon, "")]);
        yield return Case("INSUFFICIENT_DATA", [Evaluation("k", "INSUFFICIENT_DATA", Noon)], "InvalidParameterValueException");
        yield return Case("unknown compliance type", [Evaluation("k", "FINE", Noon)]);
        yield return Case("empty resource ID", [Evaluation("", "COMPLIANT", Noon)]);
        yield return Case("no ordering timestamp", [Evaluation("k", "COMPLIANT", null)]);

        static TestCaseData Case(string name, Evaluation[] evaluations, string error = "ValidationException") =>
            new TestCaseData(evaluations, error).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Refused))]
    public void Invalid_evaluation_rejects_the_whole_batch(Evaluation[] evaluations, string error)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => PutAsync([Evaluation("good", "COMPLIANT", Noon), .. evaluations]), ThrowsError(error));
            Assert.That(Aws.Evaluations, Is.Empty);
        }
    }

    [Test]
    public async Task Maximum_batch_and_annotation_are_accepted()
    {
        await PutAsync([.. Enumerable.Range(0, 100).Select(n => Evaluation($"k{n}", "COMPLIANT", Noon, new string('a', 256)))]);

        Assert.That(Account.Results("rule"), Has.Count.EqualTo(100));
    }

    [TestCase("")]
    [TestCase("made up")]
    [TestCase("TESTMODE")]
    [TestCase("of another account")]
    public void Unknown_result_token_is_rejected(string token)
    {
        Aws.Add(new LocalAccount("444455556666")).Register("of another account", "rule");

        Assert.That(() => PutAsync(token, null, Evaluation("k", "COMPLIANT", Noon)), ThrowsError("InvalidResultTokenException"));
    }

    [Test]
    public async Task Test_mode_accepts_any_token_and_stores_nothing()
    {
        await PutAsync("TESTMODE", true, Evaluation("k", "COMPLIANT", Noon));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Account.Results("rule"), Is.Empty);
            Assert.That(Aws.Evaluations.Single().TestMode, Is.True);
        }
    }

    [Test]
    public async Task Failed_evaluation_is_returned_and_not_stored()
    {
        Aws.Faults.FailEvaluations("bad", times: 1);
        var evaluations = new[] { Evaluation("good", "COMPLIANT", Noon), Evaluation("bad", "NON_COMPLIANT", Noon) };

        var first = await PutAsync(evaluations);
        var heldAfterFirst = Account.Results("rule").Select(result => result.ResourceId).ToList();
        var second = await PutAsync(evaluations);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.FailedEvaluations!.Single().ComplianceResourceId, Is.EqualTo("bad"));
            Assert.That(heldAfterFirst, Is.EqualTo(["good"]));
            Assert.That(second.FailedEvaluations, Is.Empty);
            Assert.That(Aws.Evaluations.Select(evaluation => evaluation.Accepted), Is.EqualTo([true, false, true, true]));
        }
    }

    [Test]
    public async Task Default_page_has_ten_results()
    {
        await PutAsync([.. Enumerable.Range(0, 11).Select(n => Evaluation($"k{n}", "COMPLIANT", Noon))]);

        var first = await config.GetComplianceDetailsByConfigRuleAsync(new() { ConfigRuleName = "rule" });
        var second = await config.GetComplianceDetailsByConfigRuleAsync(new() { ConfigRuleName = "rule", NextToken = first.NextToken });

        using (Assert.EnterMultipleScope())
        {
            Assert.That((first.EvaluationResults!.Count, second.EvaluationResults!.Count), Is.EqualTo((10, 1)));
            Assert.That(second.NextToken, Is.Null);
            Assert.That(
                first.EvaluationResults.Concat(second.EvaluationResults)
                    .Select(result => result.EvaluationResultIdentifier!.EvaluationResultQualifier!.ResourceId),
                Is.Unique);
        }
    }

    [TestCase("""{"ConfigRuleName":"none"}""", "NoSuchConfigRuleException")]
    [TestCase("""{"Limit":1}""", "ValidationException")]
    [TestCase("""{"ConfigRuleName":"rule","Limit":101}""", "ValidationException")]
    [TestCase("""{"ConfigRuleName":"rule","NextToken":"made up"}""", "InvalidNextTokenException")]
    [TestCase("""{"ConfigRuleName":"rule","ComplianceTypes":["INSUFFICIENT_DATA"]}""", "InvalidParameterValueException")]
    [TestCase("""{"ConfigRuleName":"rule","ComplianceTypes":["FINE"]}""", "ValidationException")]
    [TestCase("""{"configRuleName":"rule"}""", "SerializationException")]
    public async Task Invalid_request_for_results_is_rejected(string body, string error)
    {
        Account.Rule("rule");

        Assert.That((await PostAsync("StarlingDoveService.GetComplianceDetailsByConfigRule", body)).Error, Is.EqualTo(error));
    }

    [Test]
    public async Task Daily_recording_sets_the_delivery_time()
    {
        var noon = new DateTimeOffset(Noon);
        var key = LocalKey.Primary(rotates: true) with { Tags = new Dictionary<string, string> { ["team"] = "orders" } };
        Account.Put(key with { DeliveryTime = noon });

        var (item, configuration) = Item(Account[key.KeyId]);
        var body = $$"""{"resourceType":"AWS::KMS::Key","resourceId":"{{key.KeyId}}"}""";
        var recorded = (await PostAsync("StarlingDoveService.GetResourceConfigHistory", body)).Body.GetProperty("configurationItems")[0];

        using (Assert.EnterMultipleScope())
        {
            Assert.That(item.GetProperty("configurationItemDeliveryTime").GetDateTimeOffset(), Is.EqualTo(noon));
            Assert.That(recorded.GetProperty("configurationItemDeliveryTime").GetDouble(), Is.EqualTo(noon.ToUnixTimeSeconds()));
            Assert.That(Supplementary(item), Is.EqualTo("""{"KeyRotationStatus":true,"Tags":[{"tagKey":"team","tagValue":"orders"}]}"""));
            Assert.That(
                recorded.GetProperty("supplementaryConfiguration").Deserialize<Dictionary<string, string>>(),
                Is.EqualTo(new Dictionary<string, string> { ["KeyRotationStatus"] = "true", ["Tags"] = """[{"tagKey":"team","tagValue":"orders"}]""" }));
            Assert.That(Names(configuration), Is.SupersetOf(["customerMasterKeySpec", "keySpec", "multiRegionConfiguration"]));

            Assert.That(Names(Item(key).Item), Has.No.Member("configurationItemDeliveryTime"));
            Assert.That(configuration.GetProperty("keyManager").GetString(), Is.EqualTo("CUSTOMER"));
            Assert.That(configuration.GetProperty("awsaccountId").GetString(), Is.EqualTo(Account.Id));
        }

        static IEnumerable<string> Names(JsonElement json) => json.EnumerateObject().Select(member => member.Name);

        static string Supplementary(JsonElement item) => item.GetProperty("supplementaryConfiguration").GetRawText();
    }

    [Test]
    public async Task Deleted_key_has_a_history_without_configuration()
    {
        var key = Account.Put(LocalKey.Symmetric() with { IsDeleted = true });

        var response = await config.GetResourceConfigHistoryAsync(new() { ResourceType = ResourceType.AWSKMSKey, ResourceId = key.KeyId });

        Assert.That(
            response.ConfigurationItems!.Select(item => (item.ConfigurationItemStatus!.Value, item.Configuration)),
            Is.EqualTo([("ResourceDeleted", "null")]));
    }

    [Test]
    public void Unrecorded_key_has_no_history()
    {
        var key = Account.Put(LocalKey.Symmetric() with { History = false });

        Assert.That(
            () => config.GetResourceConfigHistoryAsync(new() { ResourceType = ResourceType.AWSKMSKey, ResourceId = key.KeyId }),
            Throws.InstanceOf<ResourceNotDiscoveredException>());
    }

    /// <summary>The configuration item of a change notification, and the configuration in it.</summary>
    private (JsonElement Item, JsonElement Configuration) Item(LocalKey key)
    {
        var invokingEvent = JsonElement.Parse(ConfigEvents.Change(Account, key)).GetProperty("invokingEvent").GetString()!;
        var item = JsonElement.Parse(invokingEvent).GetProperty("configurationItem");
        return (item, item.GetProperty("configuration"));
    }

    private static Evaluation Evaluation(string resourceId, string complianceType, DateTime? time, string? annotation = null) => new()
    {
        ComplianceResourceType = "AWS::KMS::Key",
        ComplianceResourceId = resourceId,
        ComplianceType = complianceType,
        Annotation = annotation,
        OrderingTimestamp = time,
    };

    private Task<PutEvaluationsResponse> PutAsync(params Evaluation[] evaluations) =>
        PutAsync(Account.NewResultToken("rule"), null, evaluations);

    private Task<PutEvaluationsResponse> PutAsync(string token, bool? testMode, params Evaluation[] evaluations) =>
        config.PutEvaluationsAsync(new() { ResultToken = token, TestMode = testMode, Evaluations = [.. evaluations] });
}
