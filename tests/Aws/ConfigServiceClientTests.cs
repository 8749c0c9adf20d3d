using System.Net;
using Amazon.ConfigService;
using Amazon.ConfigService.Model;
using Amazon.Runtime;
using KeyRotation.Local;
using KeyRotation.Tests.Local;

namespace KeyRotation.Tests.Aws;

/// <summary>The rule's own AWS Config client: it sends and reads every member, and throws the right exception for each error.</summary>
internal sealed class ConfigServiceClientTests : LocalAwsFixture
{
    private const string RuleName = "kms-key-rotation";
    private static readonly DateTime Time = new(2026, 3, 1, 12, 30, 45, 678, DateTimeKind.Utc);

    private AmazonConfigServiceClient config = null!;

    [SetUp]
    public void StartClient() => config = new Clients(Aws.Endpoint, Account.Credentials).Config();

    [TearDown]
    public void StopClient() => config.Dispose();

    [Test]
    public async Task Evaluations_arrive_with_every_member()
    {
        var token = Account.NewResultToken(RuleName);

        var response = await config.PutEvaluationsAsync(
            new() { ResultToken = token, Evaluations = [Evaluation("a"), Evaluation("b", annotation: null)] });

        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.FailedEvaluations, Is.Empty);
            Assert.That(response.HttpStatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(Aws.Evaluations, Is.EqualTo(new[] { Received(token, "a", "Rotation is off."), Received(token, "b", null) }));
        }
    }

    [Test]
    public async Task Failed_evaluations_return_with_every_member()
    {
        Aws.Faults.FailEvaluations("b");

        var response = await config.PutEvaluationsAsync(
            new() { ResultToken = Account.NewResultToken(RuleName), Evaluations = [Evaluation("a"), Evaluation("b")] });

        var failed = response.FailedEvaluations!.Single();
        Assert.That(
            (failed.Annotation, failed.ComplianceResourceId, failed.ComplianceResourceType),
            Is.EqualTo(("Rotation is off.", "b", "AWS::KMS::Key")));
        Assert.That((failed.ComplianceType, failed.OrderingTimestamp), Is.EqualTo((ComplianceType.NON_COMPLIANT, (DateTime?)Time)));
    }

    [Test]
    public async Task Results_are_read_in_pages_with_every_member()
    {
        foreach (var number in Enumerable.Range(0, 5))
            Account.Rule(RuleName).Take(new("AWS::KMS::Key", $"key-{number}", number == 4 ? "COMPLIANT" : "NON_COMPLIANT", $"annotation {number}", new(Time), new(Time)));

        var request = new GetComplianceDetailsByConfigRuleRequest { ConfigRuleName = RuleName, ComplianceTypes = ["NON_COMPLIANT"], Limit = 3 };
        var first = await config.GetComplianceDetailsByConfigRuleAsync(request);
        request.NextToken = first.NextToken;
        var second = await config.GetComplianceDetailsByConfigRuleAsync(request);

        var result = first.EvaluationResults![0];
        var qualifier = result.EvaluationResultIdentifier?.EvaluationResultQualifier;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.EvaluationResults, Has.Count.EqualTo(3));
            Assert.That(second.EvaluationResults, Has.Count.EqualTo(1));
            Assert.That(second.NextToken, Is.Null);
            Assert.That(
                (result.Annotation, result.ComplianceType, qualifier?.ResourceId, qualifier?.ResourceType),
                Is.EqualTo(("annotation 0", ComplianceType.NON_COMPLIANT, "key-0", "AWS::KMS::Key")));
        }
    }

    [Test]
    public async Task History_item_is_read_with_every_member()
    {
        var key = Account.Put(LocalKey.Symmetric() with { CaptureTime = new(Time) });

        var response = await config.GetResourceConfigHistoryAsync(
            new() { ResourceType = ResourceType.AWSKMSKey, ResourceId = key.KeyId, Limit = 1 });

        var item = response.ConfigurationItems!.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((item.ConfigurationItemStatus?.Value, item.ConfigurationItemCaptureTime), Is.EqualTo(("OK", (DateTime?)Time)));
            Assert.That(item.Configuration, Does.StartWith("{").And.Contain("\"keySpec\":\"SYMMETRIC_DEFAULT\""));
            Assert.That(item.SupplementaryConfiguration?["KeyRotationStatus"], Is.EqualTo("false"));
        }
    }

    [TestCase("PutEvaluations", "InvalidResultTokenException", typeof(InvalidResultTokenException))]
    [TestCase("GetResourceConfigHistory", "ResourceNotDiscoveredException", typeof(ResourceNotDiscoveredException))]
    [TestCase("GetComplianceDetailsByConfigRule", "AnErrorOfTomorrow", typeof(AmazonConfigServiceException), TestName = "Unknown error")]
    [TestCase("PutEvaluations", "AccessDeniedException", typeof(AmazonConfigServiceException), TestName = "Common error")]
    public void Error_is_the_exception_that_the_operation_declares(string operation, string code, Type exception)
    {
        Aws.Faults.Add(operation, new Fault.Error(code, "why"));

        var thrown = Assert.CatchAsync<AmazonConfigServiceException>(() => CallAsync(operation));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(thrown, Is.TypeOf(exception));
            Assert.That(
                (thrown!.ErrorCode, thrown.Message, thrown.StatusCode, thrown.ErrorType),
                Is.EqualTo((code, "why", HttpStatusCode.BadRequest, ErrorType.Unknown)));
            Assert.That(thrown.RequestId, Is.Not.Empty);
            Assert.That(AwsFailure.ReadFailureOf(thrown, CancellationToken.None)?.Cause, Is.EqualTo(code));
        }
    }

    /// <summary>JSON that differs from the service model is an invalid response, as truncated JSON is.</summary>
    [TestCase("PutEvaluations", """{"FailedEvaluations":[7]}""")]
    [TestCase("PutEvaluations", """{"FailedEvaluations":[null]}""")]
    [TestCase("PutEvaluations", """{"FailedEvaluations":[{"OrderingTimestamp":"noon"}]}""")]
    [TestCase("GetResourceConfigHistory", """{"configurationItems":[{"configurationItemCaptureTime":1e28}]}""")]
    [TestCase("GetComplianceDetailsByConfigRule", """{"EvaluationResults":[null]}""")]
    [TestCase("GetComplianceDetailsByConfigRule", """{"EvaluationResults":[{"EvaluationResultIdentifier":7}]}""")]
    public void Response_with_another_shape_is_a_failed_call(string operation, string body)
    {
        Aws.Faults.Add(operation, Fault.Answer(body));

        var thrown = Assert.CatchAsync(() => CallAsync(operation));

        Assert.That(thrown, Is.TypeOf<AmazonUnmarshallingException>(), $"{thrown}");
    }

    private Task CallAsync(string operation) => operation switch
    {
        "PutEvaluations" => config.PutEvaluationsAsync(new() { ResultToken = "token", Evaluations = [Evaluation("a")] }),
        "GetResourceConfigHistory" => config.GetResourceConfigHistoryAsync(new() { ResourceType = ResourceType.AWSKMSKey, ResourceId = "a" }),
        _ => config.GetComplianceDetailsByConfigRuleAsync(new() { ConfigRuleName = RuleName }),
    };

    private static Evaluation Evaluation(string id, string? annotation = "Rotation is off.") => new()
    {
        Annotation = annotation,
        ComplianceResourceId = id,
        ComplianceResourceType = "AWS::KMS::Key",
        ComplianceType = ComplianceType.NON_COMPLIANT,
        OrderingTimestamp = Time,
    };

    private ReceivedEvaluation Received(string token, string id, string? annotation) =>
        new(Account.Id, Account.Region, token, TestMode: false, "AWS::KMS::Key", id, "NON_COMPLIANT", annotation, new(Time), Accepted: true);
}
