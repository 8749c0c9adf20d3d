using System.Diagnostics;
using System.Text.Json;
using KeyRotation.Local;
using KeyRotation.Tests.Deployment;
using KeyRotation.Tests.Sweeping;

namespace KeyRotation.Tests.EndToEnd;

/// <summary>The function's executable, with valid and invalid events and environments.</summary>
internal sealed class ExecutableTests
{
    private LocalAws aws = null!;
    private LocalAccount account = null!;
    private LocalKey key = null!;
    private RuleProcess rule = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        account = new LocalAccount();
        key = account.Put(LocalKey.Symmetric(rotates: true));
        aws = await LocalAws.StartAsync(account);
        rule = await RuleProcess.StartAsync(aws, account);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await rule.DisposeAsync();
        await aws.DisposeAsync();
    }

    private static IEnumerable<TestCaseData<string, string>> BadEvents()
    {
        yield return Case("Empty", "", "KR01");
        yield return Case("Truncated JSON", "{\"invokingEvent\": \"{", "KR01");
        yield return Case("null", "null", "KR01");
        yield return Case("List", "[]", "KR01");
        yield return Case("Number instead of a string", "{\"accountId\":111122223333}", "KR02");
        yield return Case("100,000 levels deep", new string('[', 100_000), "KR01");
        yield return Case("Longer than the limit", $"{{\"invokingEvent\":\"{new string('x', LambdaRuntime.MaxEventLength)}\"}}", "KR01");
        yield return Case("No fields", "{}", "KR02");
        yield return Case(
            "Unknown message type",
            """{"accountId":"111122223333","resultToken":"t","configRuleName":"r","invokingEvent":"{\"messageType\":\"SomethingElse\"}"}""", "KR03");

        static TestCaseData<string, string> Case(string name, string badEvent, string problem) =>
            new(badEvent, problem) { TestName = $"{{m}}({name})" };
    }

    [TestCaseSource(nameof(BadEvents))]
    public async Task Bad_event_fails_and_the_next_one_is_evaluated(string badEvent, string problem)
    {
        var refused = await rule.InvokeAsync(badEvent);
        var reported = aws.Evaluations.Count;
        var judged = await rule.InvokeAsync(ConfigEvents.Change(account, key));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.Response, Is.Null);
            Assert.That(refused.Error?.ErrorType, Is.EqualTo("ProblemException"));
            Assert.That(refused.Error?.ErrorMessage, Does.StartWith(problem + ": ").And.Length.LessThan(1000));
            Assert.That(refused.Error?.StackTrace, Is.Not.Empty.And.All.StartWith("at "));
            Assert.That(judged.Error, Is.Null);
            Assert.That(aws.Evaluations, Has.Count.EqualTo(reported + 1));
        }
    }

    /// <summary>Without a heap limit, Lambda would kill the function when its memory runs out, and no error would be reported.</summary>
    [Test]
    public async Task Running_out_of_memory_is_posted_as_an_error()
    {
        var memory = new Dictionary<string, string?> { ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = "24" };
        await using var small = await RuleProcess.StartAsync(aws, account, environment: memory);

        var tooLarge = await small.InvokeAsync(new string(' ', LambdaRuntime.MaxEventLength - 1) + "{");
        var judged = await small.InvokeAsync(ConfigEvents.Change(account, key));

        Assert.That((tooLarge.Error?.ErrorType, judged.Error), Is.EqualTo(("OutOfMemoryException", (InvocationFailure?)null)));
    }

    /// <summary>
    /// If a response has a string in place of a list, the SDK never reaches its end, and fills the memory. The heap is limited to 128 MiB
    /// (the variable is hexadecimal), and the process may exit, as it would on Lambda.
    /// </summary>
    [Test]
    public async Task String_instead_of_a_list_does_not_succeed()
    {
        var other = aws.Add(new LocalAccount("333344445555"));
        other.Put(LocalKey.Symmetric());
        aws.Faults.Add("GetComplianceDetailsByConfigRule", Fault.Answer("""{"EvaluationResults":"none"}"""), accountId: other.Id);
        var bounded = new Dictionary<string, string?> { ["DOTNET_GCHeapHardLimit"] = "8000000" };
        await using var small = await RuleProcess.StartAsync(aws, other, environment: bounded);

        bool hasSucceeded;
        try
        {
            hasSucceeded = (await small.InvokeAsync(ConfigEvents.Scheduled(other), TimeSpan.FromSeconds(15))).Error is null;
        }
        catch (InvalidOperationException)
        {
            hasSucceeded = false;
        }

        Assert.That(hasSucceeded, Is.False);
    }

    [Test]
    public async Task Sweep_at_the_default_limits_is_never_throttled()
    {
        var member = aws.Add(Accounts.Generated(1500, id: "222233334444"));
        member.Roles["reader"] = new();

        var result = await rule.InvokeAsync(ConfigEvents.Scheduled(member, ruleParameters: """{"executionRoleName":"reader"}"""));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error, Is.Null);
            Assert.That(aws.Quotas.Throttled, Is.Zero);
            Assert.That(Truth.HeldBy(member), Is.EquivalentTo(Truth.Of(member)));
            Assert.That(await rule.SummaryAsync(result.RequestId), Does.Contain("\"Throttles\":0").And.Contain("\"KeysListed\":1500").And.Contain("\"SweepFinished\":1"));
        }
    }

    /// <summary>
    /// The local AWS is the proxy too: it accepts requests for a host that does not exist, and does not have the Lambda Runtime API.
    /// </summary>
    [Test]
    public async Task Proxy_is_used_for_AWS_but_not_for_the_Runtime_API()
    {
        var proxy = new Dictionary<string, string?> { ["HTTP_PROXY"] = aws.Endpoint.ToString() };
        await using var other = await RuleProcess.StartAsync(new Uri("http://aws.invalid"), account, environment: proxy);

        var result = await other.InvokeAsync(ConfigEvents.Change(account, key));

        Assert.That(result.Error, Is.Null);
    }

    [TestCase("AWS_REGION", null, "KR14: AWS_REGION is missing")]
    [TestCase("SWEEP_QUOTA_PERCENT", "101", "KR14: SWEEP_QUOTA_PERCENT is '101'; it must be a whole number from 1 to 100.")]
    [TestCase("SWEEP_PARALLELISM", "0", "KR14: SWEEP_PARALLELISM is '0'; it must be a whole number from 1 to 256.")]
    [TestCase("AWS_ACCESS_KEY_ID", null, "AWS_ACCESS_KEY_ID")]
    public async Task Invalid_environment_is_reported_at_the_start(string name, string? value, string message)
    {
        await using var other = await RuleProcess.StartAsync(aws, account, environment: new Dictionary<string, string?> { [name] = value });

        var posted = Assert.ThrowsAsync<InvalidOperationException>(() => other.InvokeAsync("{}"));
        var line = JsonElement.Parse(other.Logs.Single());
        var logged = line.GetProperty("errorMessage").GetString();
        Assert.That(logged, Does.Contain(message));
        Assert.That((line.GetProperty("level").GetString(), posted?.Message), Is.EqualTo(("ERROR", $"The function cannot start. {logged}")));
    }

    [Test]
    public async Task Exits_on_SIGTERM()
    {
        await using var other = await RuleProcess.StartAsync(aws, account);
        await other.InvokeAsync(ConfigEvents.Change(account, key));

        using var process = Process.GetProcessById(other.Id);
        Tool.Kill.Run("", "-TERM", $"{other.Id}");
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));

        Assert.That(other.HasExited);
    }
}
