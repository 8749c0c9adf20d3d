using System.Text.Json.Nodes;
using KeyRotation.Local;

namespace KeyRotation.Tests.Fuzzing;

/// <summary>
/// Sends random events to the real executable, which calls a local AWS over HTTP. The responses are those of the input, or meaningless. To
/// test ten thousand events: <c>FUZZ_INVOCATIONS=10000 dotnet test tests --filter ProcessFuzzTests</c>. FUZZ_FUNCTION=FILE tests another
/// executable than that of the build, such as the native one.
/// </summary>
[TestFixture]
internal sealed class ProcessFuzzTests
{
    // HostileResponsesTests cover lists without their required members.
    private static readonly Fault[] Senseless =
    [
        Fault.MalformedBody, Fault.ConnectionReset, Fault.Answer(""), Fault.Answer("null"), Fault.Answer("[]"), Fault.Answer("\"x\""),
        Fault.Answer("<html/>"), Fault.Answer("{\"a\":"),
        Fault.Answer("""{"KeyMetadata":7,"KeyRotationEnabled":"yes"}"""), Fault.Answer("""{"KeyMetadata":[],"KeyRotationEnabled":{}}"""),
        Fault.Answer("""{"KeyMetadata":{"KeyState":{}},"KeyRotationEnabled":true,"RotationPeriodInDays":1e400}"""),
        Fault.Answer(new string('[', 100_000)), Fault.Answer($$"""{"KeyMetadata":"{{new string('x', 1_000_000)}}"}"""),
        new Fault.Error("", ""), Fault.InternalFailure,
    ];

    private const string OutOfTime = "out of time";

    [Test]
    public async Task Invocation_gives_the_right_evaluation_or_one_problem()
    {
        var plan = Plan.Of("FUZZ_INVOCATIONS", 300);
        var account = new LocalAccount();
        account.Register("token", ConfigEvents.RuleName);
        await using var aws = await LocalAws.StartAsync(account);

        // A heap limit of 256 MB: reading an endless response ends the function, and does not use all memory of the machine.
        var bounded = new Dictionary<string, string?> { ["DOTNET_GCHeapHardLimit"] = "10000000" };
        await using var rule = await RuleProcess.StartAsync(aws, account, Environment.GetEnvironmentVariable("FUZZ_FUNCTION"), bounded);
        var (evaluations, problems, failures) = (0, 0, 0);
        foreach (var input in plan.Inputs)
        {
            var random = plan.RandomOf(input);
            var fuzzed = new FuzzedEvent(random, DateTimeOffset.UtcNow);
            var isRefused = Answer(aws, fuzzed, random);
            var before = aws.Evaluations.Count;
            var result = await InvokeAsync(rule, fuzzed, IsBrief(fuzzed, isRefused), plan.Replay(input), aws);
            var taken = aws.Evaluations.Skip(before).ToList();
            aws.Calls.Clear();

            // The function uses the system clock: an exemption can end between the expected verdict and its own.
            if (DateTimeOffset.UtcNow.UtcDateTime.Date != fuzzed.Now.UtcDateTime.Date) continue;

            var outcome = result.Error switch
            {
                null when taken.Count == 1 => taken[0].ComplianceType,
                null => $"success with {taken.Count} evaluations",
                { ErrorType: nameof(ProblemException) } e => e.ErrorMessage[..4] switch
                {
                    "KR11" => NaiveRule.Fails,
                    "KR12" => "refused",
                    "KR13" when IsBrief(fuzzed, isRefused) => OutOfTime,
                    _ => "problem",
                },
                var e => e.ToString(),
            };
            if (!IsRight(fuzzed, outcome, isRefused))
                throw new AssertionException($"{plan.Replay(input)}{outcome} instead of {fuzzed.Expectation} {fuzzed.Truth} ({fuzzed.Change})\n{fuzzed}");
            if (result.Error is null) evaluations++;
            else if (outcome == "refused") failures++;
            else problems++;
        }

        await TestContext.Out.WriteLineAsync(
            $"Seed {plan.Seed}: {plan.Count} invocations, {evaluations} evaluations, {problems} problems, "
            + $"{failures} rejected by AWS Config, peak memory {rule.PeakMemory >> 20} MB.");
        Assert.That(rule.HasExited, Is.False);
        Assert.That(rule.Errors, Is.Empty);
        Assert.That(rule.PeakMemory, Is.LessThan(512L << 20));
    }

    private static async Task<InvocationResult> InvokeAsync(RuleProcess rule, FuzzedEvent fuzzed, bool isBrief, string replay, LocalAws aws)
    {
        try
        {
            return await rule.InvokeAsync(fuzzed.Text, TimeSpan.FromSeconds(isBrief ? 1.2 : 60));
        }
        catch (Exception e)
        {
            throw new AssertionException(
                $"{replay}{e.Message} ({fuzzed.Change})\n{string.Join('\n', aws.Calls.All)}\n{string.Join('\n', rule.Logs.TakeLast(2))}\n{fuzzed}", e);
        }
    }

    /// <summary>
    /// Whether the timeout is short: a call without a valid response is retried until the deadline, which takes most of the time.
    /// </summary>
    private static bool IsBrief(FuzzedEvent fuzzed, bool isRefused) =>
        isRefused || new[] { fuzzed.Key.DescribeError, fuzzed.Key.StatusError, fuzzed.Key.TagsError, fuzzed.Key.HistoryError }.Contains("senseless");

    private static bool IsRight(FuzzedEvent fuzzed, string outcome, bool isRefused) => fuzzed.Expectation switch
    {
        _ when outcome == OutOfTime => true,
        Expectation.Problem => outcome == "problem",

        // A random change may have altered the result token.
        _ when outcome == "refused" && !fuzzed.Text.Contains("\"resultToken\":\"token\"", StringComparison.Ordinal) => true,
        Expectation.Verdict when isRefused => outcome == "refused" || (outcome == NaiveRule.Fails && fuzzed.Truth == NaiveRule.Fails),
        Expectation.Verdict => outcome == fuzzed.Truth,
        _ => outcome is NaiveRule.NonCompliant or NaiveRule.NotApplicable or NaiveRule.Fails or "problem" or "refused"
            || (outcome == NaiveRule.Compliant && (fuzzed.MayCountRotations || fuzzed.Key is { StatusError: null, Enabled: true })),
    };

    /// <summary>Sets the responses of AWS to those of the input. Returns whether AWS Config rejects the evaluation.</summary>
    private static bool Answer(LocalAws aws, FuzzedEvent fuzzed, Random random)
    {
        var key = fuzzed.Key;
        aws.Faults.Clear();
        var senseless = random.Next(13);
        if (senseless == 0) key.DescribeError = "senseless";
        if (senseless == 1) key.StatusError = "senseless";
        if (senseless == 2) key.TagsError = "senseless";
        if (senseless == 3) key.HistoryError = "senseless";
        aws.Faults.Add("DescribeKey", Answered(key.DescribeError, random, () => new() { ["KeyMetadata"] = Metadata(key.Described) }));
        aws.Faults.Add("GetKeyRotationStatus", Answered(key.StatusError, random, () => new()
        {
            ["KeyRotationEnabled"] = key.Enabled,
            ["RotationPeriodInDays"] = key.Period,
            ["OnDemandRotationStartDate"] = Seconds(key.RotatingSince),
        }));
        aws.Faults.Add("ListKeyRotations", Answered(key.HistoryError, random, () => new()
        {
            ["Rotations"] = key.Rotated is null ? new JsonArray() : new JsonArray(new JsonObject { ["RotationDate"] = Seconds(key.Rotated), ["RotationType"] = "AUTOMATIC" }),
            ["Truncated"] = false,
        }));
        aws.Faults.Add("ListResourceTags", Answered(key.TagsError, random, () => new()
        {
            ["Tags"] = new JsonArray([.. key.Tags.Select(tag => new JsonObject { ["TagKey"] = tag.Key, ["TagValue"] = tag.Value })]),
            ["Truncated"] = false,
        }));
        aws.Faults.Add("GetResourceConfigHistory", Fault.Answer(fuzzed.History.ToJsonString()));
        if (random.Next(10) == 0) aws.Faults.Add("DescribeStackResources", Senseless[random.Next(Senseless.Length)]);
        if (random.Next(30) > 0) return false;
        aws.Faults.Add("PutEvaluations", random.Next(3) switch { 0 => Fault.ConnectionReset, 1 => new Fault.Error("InvalidResultTokenException", "expired"), _ => Fault.Answer("[]") });
        return true;
    }

    private static Fault Answered(string? error, Random random, Func<JsonObject> answer) => error switch
    {
        null => Fault.Answer(answer().ToJsonString()),
        "senseless" => Senseless[random.Next(Senseless.Length)],
        _ => new Fault.Error(error, "as the input says"),
    };

    private static double? Seconds(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds() / 1000.0;

    private static JsonObject Metadata(PlainFacts facts) => new()
    {
        ["KeyManager"] = facts.Manager,
        ["KeySpec"] = facts.Spec,
        ["Origin"] = facts.Origin,
        ["KeyState"] = facts.State,
        ["CreationDate"] = facts.Created?.ToUnixTimeMilliseconds() / 1000.0,
        ["MultiRegionConfiguration"] = facts.MultiRegionType is { } type ? new JsonObject { ["MultiRegionKeyType"] = type } : null,
    };
}
