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
    public async Task A_result_is_held_until_a_newer_one_replaces_it_or_takes_it_away()
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
        yield return Case("annotation of 257", [Evaluation("k", "COMPLIANT", Noon, new string('a', 257))]);
        yield return Case("annotation of 0", [Evaluation("k", "COMPLIANT", Noon, "")]);
        yield return Case("INSUFFICIENT_DATA", [Evaluation("k", "INSUFFICIENT_DATA", Noon)], "InvalidParameterValueException");
        yield return Case("no compliance type", [Evaluation("k", "FINE", Noon)]);
        yield return Case("no resource", [Evaluation("", "COMPLIANT", Noon)]);
        yield return Case("no time", [Evaluation("k", "COMPLIANT", null)]);

        static TestCaseData Case(string name, Evaluation[] evaluations, string error = "ValidationException") =>
            new TestCaseData(evaluations, error).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Refused))]
    public void Evaluations_that_AWS_would_refuse_are_refused_whole(Evaluation[] evaluations, string error)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => PutAsync([Evaluation("good", "COMPLIANT", Noon), .. evaluations]), ThrowsError(error));
            Assert.That(Aws.Evaluations, Is.Empty);
        }
    }

    [Test]
    public async Task A_hundred_evaluations_with_annotations_of_256_are_taken()
    {
        await PutAsync([.. Enumerable.Range(0, 100).Select(n => Evaluation($"k{n}", "COMPLIANT", Noon, new string('a', 256)))]);

        Assert.That(Account.Results("rule"), Has.Count.EqualTo(100));
    }

    [TestCase("")]
    [TestCase("made up")]
    [TestCase("TESTMODE")]
    [TestCase("of another account")]
    public void A_token_that_was_not_given_out_is_refused(string token)
    {
        Aws.Add(new LocalAccount("444455556666")).Register("of another account", "rule");

        Assert.That(() => PutAsync(token, null, Evaluation("k", "COMPLIANT", Noon)), ThrowsError("InvalidResultTokenException"));
    }

    [Test]
    public async Task Test_mode_takes_any_token_and_holds_nothing()
    {
        await PutAsync("TESTMODE", true, Evaluation("k", "COMPLIANT", Noon));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Account.Results("rule"), Is.Empty);
            Assert.That(Aws.Evaluations.Single().TestMode, Is.True);
        }
    }

    [Test]
    public async Task An_evaluation_that_is_to_fail_comes_back_and_is_not_held()
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
            Assert.That(Aws.Evaluations.Select(evaluation => evaluation.Taken), Is.EqualTo([true, false, true, true]));
        }
    }

    [Test]
    public async Task A_page_has_ten_results_where_the_request_has_no_limit()
    {
        await PutAsync([.. Enumerable.Range(0, 11).Select(n => Evaluation($"k{n}", "COMPLIANT", Noon))]);

        var page = await config.GetComplianceDetailsByConfigRuleAsync(new() { ConfigRuleName = "rule" });

        Assert.That((page.EvaluationResults!.Count, page.NextToken is null), Is.EqualTo((10, false)));
    }

    [TestCase("""{"ConfigRuleName":"none"}""", "NoSuchConfigRuleException")]
    [TestCase("""{"Limit":1}""", "ValidationException")]
    [TestCase("""{"ConfigRuleName":"rule","Limit":101}""", "ValidationException")]
    [TestCase("""{"ConfigRuleName":"rule","NextToken":"made up"}""", "InvalidNextTokenException")]
    [TestCase("""{"ConfigRuleName":"rule","ComplianceTypes":["INSUFFICIENT_DATA"]}""", "InvalidParameterValueException")]
    [TestCase("""{"ConfigRuleName":"rule","ComplianceTypes":["FINE"]}""", "ValidationException")]
    [TestCase("""{"configRuleName":"rule"}""", "SerializationException")]
    public async Task Results_asked_for_wrongly_are_refused(string body, string error)
    {
        Account.Rule("rule");

        Assert.That((await PostAsync("StarlingDoveService.GetComplianceDetailsByConfigRule", body)).Error, Is.EqualTo(error));
    }

    [Test]
    public async Task An_item_can_be_of_daily_recording()
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
    public async Task The_history_remembers_a_deleted_key_without_a_configuration()
    {
        var key = Account.Put(LocalKey.Symmetric() with { IsDeleted = true });

        var response = await config.GetResourceConfigHistoryAsync(new() { ResourceType = ResourceType.AWSKMSKey, ResourceId = key.KeyId });

        Assert.That(
            response.ConfigurationItems!.Select(item => (item.ConfigurationItemStatus!.Value, item.Configuration)),
            Is.EqualTo([("ResourceDeleted", "null")]));
    }

    [Test]
    public void The_history_does_not_know_what_was_never_recorded()
    {
        var key = Account.Put(LocalKey.Symmetric() with { History = false });

        Assert.That(
            () => config.GetResourceConfigHistoryAsync(new() { ResourceType = ResourceType.AWSKMSKey, ResourceId = key.KeyId }),
            Throws.InstanceOf<ResourceNotDiscoveredException>());
    }

    /// <summary>The item of a change notice, and its configuration.</summary>
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
