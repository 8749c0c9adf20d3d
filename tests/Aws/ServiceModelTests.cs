using System.Text.Json;
using System.Text.Json.Nodes;
using KeyRotation.Local;
using KeyRotation.Tests.Deployment;
using KeyRotation.Tests.Sweeping;

namespace KeyRotation.Tests.Aws;

/// <summary>Checks requests and responses against the AWS service models in botocore, which the AWS CLI uses too.</summary>
internal sealed class ServiceModelTests
{
    private const string Parameters = """{"executionRoleName":"reader","exemptTagKey":"exempt","onDemandRotation":"count"}""";

    [Test]
    public async Task Requests_match_the_service_models()
    {
        using var recording = new Recording();
        using var connections = new ConnectionPool(() => recording);
        await using var rule = await RuleInProcess.StartAsync(connections: connections);
        rule.Account.Roles["reader"] = new();
        var key = rule.Account.Put(LocalKey.Symmetric());
        var yesterday = DateTimeOffset.UtcNow.AddDays(-1);
        foreach (var number in Enumerable.Range(0, 150))
            rule.Account.Rule(ConfigEvents.RuleName).Take(new("AWS::KMS::Key", $"gone-{number}", "COMPLIANT", null, yesterday, yesterday));
        await rule.SweepAsync(Parameters);
        await rule.HandleAsync(ConfigEvents.OversizedChange(rule.Account, key, ruleParameters: Parameters));

        var input = JsonSerializer.Serialize(recording.Requests);
        var checks = JsonElement.Parse(Tool.Botocore.Run(input, "tests/Aws/requests.py")).EnumerateArray().ToList();

        string[] actions = [.. IamActions.Always, IamActions.ListResourceTags, IamActions.ListKeyRotations, IamActions.AssumeRole];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(checks.Where(check => check[1].ValueKind != JsonValueKind.Null), Is.Empty);
            Assert.That(
                checks.Select(check => check[0].GetString()).Distinct(),
                Is.EquivalentTo(actions.Select(action => action.Split(':')[1])));
        }
    }

    [Test]
    public async Task Responses_of_the_local_AWS_are_read_by_boto3()
    {
        var account = new LocalAccount();
        account.Roles["reader"] = new();
        var key = account.Put(LocalKey.Symmetric(rotates: true, periodInDays: 730) with
        {
            Aliases = ["alias/payments"],
            Tags = new Dictionary<string, string> { ["team"] = "payments" },
            Stack = new("payments", "Key"),
        });
        await using var aws = await LocalAws.StartAsync(account);
        var credentials = await account.Credentials.GetCredentialsAsync();

        var answers = JsonNode.Parse(Tool.Botocore.Run(
            "", "tests/Aws/answers.py", aws.Endpoint.ToString(), credentials.AccessKey, credentials.SecretKey, key.KeyId, ConfigEvents.RuleName,
            account.NewResultToken(ConfigEvents.RuleName), $"arn:aws:iam::{account.Id}:role/reader"))!;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Text("ListKeys", "Keys", 0, "KeyId"), Is.EqualTo(key.KeyId));
            Assert.That(Text("DescribeKey", "KeyMetadata", "KeySpec"), Is.EqualTo("SYMMETRIC_DEFAULT"));
            Assert.That(Text("DescribeKey", "KeyMetadata", "CreationDate"), Does.StartWith("2024-01-01T"));
            Assert.That(Text("GetKeyRotationStatus", "RotationPeriodInDays"), Is.EqualTo("730"));
            Assert.That(Text("DescribeKey", "KeyMetadata", "CurrentKeyMaterialId"), Has.Length.EqualTo(64));
            Assert.That(Text("ListKeyRotations", "Rotations", 0, "RotationDate"), Does.StartWith("2025-12-31T"));
            Assert.That(Text("ListKeyRotations", "Rotations", 0, "RotationType"), Is.EqualTo("AUTOMATIC"));
            Assert.That(Text("ListResourceTags", "Tags", 0, "TagValue"), Is.EqualTo("payments"));
            Assert.That(Text("ListAliases", "Aliases", 0, "AliasName"), Is.EqualTo("alias/payments"));
            Assert.That(answers["PutEvaluations"]!["FailedEvaluations"]!.AsArray(), Is.Empty);
            Assert.That(Text("GetComplianceDetailsByConfigRule", "EvaluationResults", 0, "ComplianceType"), Is.EqualTo("NON_COMPLIANT"));
            Assert.That(Text("GetComplianceDetailsByConfigRule", "EvaluationResults", 0, "EvaluationResultIdentifier", "EvaluationResultQualifier", "ConfigRuleName"), Is.EqualTo(ConfigEvents.RuleName));
            Assert.That(Text("GetComplianceDetailsByConfigRule", "EvaluationResults", 0, "EvaluationResultIdentifier", "OrderingTimestamp"), Does.StartWith("20"));
            Assert.That(Text("GetComplianceDetailsByConfigRule", "EvaluationResults", 0, "ResultRecordedTime"), Does.StartWith("20"));
            Assert.That(Text("GetResourceConfigHistory", "configurationItems", 0, "arn"), Is.EqualTo(account.Arn(key.KeyId)));
            Assert.That(Text("GetResourceConfigHistory", "configurationItems", 0, "resourceCreationTime"), Does.StartWith("2024-01-01T"));
            Assert.That(Text("DescribeStackResources", "StackResources", 0, "StackId"), Does.StartWith("arn:aws:cloudformation:"));
            Assert.That(Text("GetResourceConfigHistory", "configurationItems", 0, "resourceId"), Is.EqualTo(key.KeyId));
            Assert.That(Text("DescribeStackResources", "StackResources", 0, "LogicalResourceId"), Is.EqualTo("Key"));
            Assert.That(Text("AssumeRole", "Credentials", "SessionToken"), Is.Not.Empty);
        }

        string Text(params object[] path) =>
            path.Aggregate(answers, (node, step) => step is int index ? node[index]! : node[(string)step]!).ToString();
    }
}
