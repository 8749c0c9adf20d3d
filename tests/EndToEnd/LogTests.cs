using System.Text.Json;
using KeyRotation.Local;
using KeyRotation.Tests.Sweeping;

namespace KeyRotation.Tests.EndToEnd;

/// <summary>The log of the function's executable: one JSON object per line, one summary per invocation, and no secrets.</summary>
internal sealed class LogTests
{
    private const string AccessKeyId = "ASIAEXAMPLE";
    private const string SecretKey = "a-secret-access-key";
    private const string SessionToken = "a-session-token";
    private const string TagValue = "a-tag-of-the-owner";

    private LocalAws aws = null!;
    private LocalAccount account = null!;
    private LocalKey key = null!;
    private RuleProcess rule = null!;

    [SetUp]
    public async Task StartAsync()
    {
        account = new LocalAccount();
        key = account.Put(LocalKey.Symmetric() with { Tags = new Dictionary<string, string> { ["owner"] = TagValue } });
        aws = await LocalAws.StartAsync(account);
        aws.AccessKeys.Add(new(AccessKeyId, SecretKey, account.Id, $"arn:aws:sts::{account.Id}:assumed-role/function/session", SessionToken));
        rule = await RuleProcess.StartAsync(aws, account, environment: new Dictionary<string, string?>
        {
            ["AWS_ACCESS_KEY_ID"] = AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = SecretKey,
            ["AWS_SESSION_TOKEN"] = SessionToken,
        });
    }

    [TearDown]
    public async Task StopAsync()
    {
        await rule.DisposeAsync();
        await aws.DisposeAsync();
    }

    [Test]
    public async Task Each_invocation_logs_one_summary_with_metrics()
    {
        var requests = new[]
        {
            await rule.InvokeAsync(ConfigEvents.Change(account, key)),
            await rule.InvokeAsync(ConfigEvents.Scheduled(account)),
            await rule.InvokeAsync("not an event"),
        };
        foreach (var request in requests) await rule.SummaryAsync(request.RequestId);

        var lines = rule.Logs.Select(line => JsonElement.Parse(line)).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines.Select(line => line.ValueKind), Is.All.EqualTo(JsonValueKind.Object));
            foreach (var request in requests)
            {
                var ofRequest = lines.Where(line => line.GetProperty("requestId").GetString() == request.RequestId).ToList();
                Assert.That(ofRequest.Count(line => line.GetProperty("message").GetString() == "Failed"), Is.EqualTo(request.Error is null ? 0 : 1));
                var summary = ofRequest.Single(line => line.GetProperty("message").GetString() == "Finished");
                var directive = summary.GetProperty("_aws").GetProperty("CloudWatchMetrics").EnumerateArray().Single();
                foreach (var metric in directive.GetProperty("Metrics").EnumerateArray())
                    Assert.That(summary.GetProperty(metric.GetProperty("Name").GetString()!).ValueKind, Is.EqualTo(JsonValueKind.Number));
                foreach (var dimension in directive.GetProperty("Dimensions")[0].EnumerateArray())
                    Assert.That(summary.GetProperty(dimension.GetString()!).GetString(), Is.Not.Empty);
            }

            Assert.That(rule.Errors, Is.Empty);
        }
    }

    [Test]
    public async Task Secrets_quoted_by_AWS_are_not_written()
    {
        var change = ConfigEvents.Change(account, key);
        var resultToken = ResultToken.Of(change);
        var quoted = $"The canonical string should have been x-amz-security-token:{SessionToken} {SecretKey}; result token '{resultToken}'; tag {TagValue}.";
        string[] codes = ["InvalidSignatureException", "ValidationException", "InvalidResultTokenException", "InvalidParameterValueException"];
        string[] operations = ["PutEvaluations", "GetKeyRotationStatus", "GetComplianceDetailsByConfigRule", "ListKeys", "DescribeStackResources", "AssumeRole"];

        var messages = new List<string>();
        foreach (var code in codes)
        {
            foreach (var operation in operations)
            {
                aws.Faults.Clear();
                aws.Faults.Add(operation, new Fault.Error(code, quoted));
                foreach (var configEvent in new[] { change, ResultToken.Replaced(ConfigEvents.Scheduled(account), resultToken) })
                {
                    var result = await rule.InvokeAsync(configEvent);
                    await rule.SummaryAsync(result.RequestId);
                    if (result.Error is { } error) messages.Add($"{error}");
                }
            }
        }

        Assert.That(messages, Has.Count.GreaterThan(codes.Length * 3));
        string[] secrets = [resultToken, SecretKey, SessionToken, TagValue, "kms:*", "a-secret"];
        using (Assert.EnterMultipleScope())
        {
            foreach (var text in rule.Logs.Concat(rule.Errors).Concat(messages))
            {
                foreach (var secret in secrets) Assert.That(text, Does.Not.Contain(secret));
            }
        }
    }
}
