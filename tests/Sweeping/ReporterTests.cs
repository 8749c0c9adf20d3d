using Amazon.ConfigService;
using Amazon.ConfigService.Model;
using KeyRotation.Tests.Aws;

namespace KeyRotation.Tests.Sweeping;

/// <summary>Which evaluations are sent again, how often, and after which waits.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ReporterTests : IDisposable
{
    private readonly ScriptedAws aws = new();

    public void Dispose() => aws.Dispose();

    private const string AllAccepted = """{"FailedEvaluations":[]}""";

    private const string OneFailed =
        """{"FailedEvaluations":[{"ComplianceResourceId":"b","ComplianceResourceType":"AWS::KMS::Key","OrderingTimestamp":0}]}""";

    /// <summary>For each request, whether it contains evaluation a.</summary>
    private IEnumerable<bool> HasFirst => aws.Requests.Select(request => request.Body.Contains("\"a\"", StringComparison.Ordinal));

    [Test]
    public async Task Empty_FailedEvaluations_means_all_are_accepted()
    {
        aws.Answer("PutEvaluations", AllAccepted);
        Assert.That(await ReportAsync(new(), "a", "b"), Is.Empty);
        Assert.That(aws.Requests, Has.Count.EqualTo(1));
    }

    [TestCase("{}")]
    [TestCase("""{"FailedEvaluations":null}""")]
    [TestCase("""{"failedEvaluations":[]}""")]
    public async Task Missing_FailedEvaluations_is_not_success(string answer)
    {
        var clock = new RecordingTime();
        aws.Answer("PutEvaluations", answer);

        var left = await ReportAsync(clock, "a", "b");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(left, Is.EqualTo((string[])["a", "b"]));
            Assert.That(aws.Requests.Select(request => request.Body).Distinct(), Has.Exactly(1).Items);
            Assert.That(aws.Requests, Has.Count.EqualTo(4));
            Assert.That(clock.Waits, Is.EqualTo((int[])[200, 400, 800]));
        }
    }

    /// <summary>The official deserializer passes through a null in a list; with the stand-in's, the call fails.</summary>
    [Test]
    public void Null_in_the_response_matches_no_evaluation() => Assert.That(Reporter.IsSame(null, Evaluation("a")), Is.False);

    [TestCase("{}", true)]
    [TestCase(OneFailed, false)]
    public async Task Evaluations_that_may_have_failed_are_sent_again(string answer, bool isAll)
    {
        aws.Answer("PutEvaluations", answer).Answer("PutEvaluations", AllAccepted);
        Assert.That(await ReportAsync(new(), "a", "b"), Is.Empty);
        Assert.That(HasFirst, Is.EqualTo((bool[])[true, isAll]));
    }

    [Test]
    public async Task Failed_evaluations_are_sent_four_times_with_backoff()
    {
        var clock = new RecordingTime();
        aws.Answer("PutEvaluations", OneFailed);

        var left = await ReportAsync(clock, "a", "b");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(left, Is.EqualTo((string[])["b"]));
            Assert.That(HasFirst, Is.EqualTo((bool[])[true, false, false, false]));
            Assert.That(clock.Waits, Is.EqualTo((int[])[200, 400, 800]));
        }
    }

    /// <summary>Then no evaluation is known to be accepted, whatever else the list names.</summary>
    [Test]
    public async Task All_are_sent_again_if_an_entry_has_no_match(
        [Values(
            """{"ComplianceResourceId":"c","ComplianceResourceType":"AWS::KMS::Key"}""",
            """{"ComplianceResourceId":"a","ComplianceResourceType":"AWS::S3::Bucket"}""",
            """{"ComplianceResourceId":"a"}""",
            """{"ComplianceResourceType":"AWS::KMS::Key"}""",
            """{"ComplianceResourceId":"arn:aws:kms:eu-central-1:111122223333:key/a","ComplianceResourceType":"AWS::KMS::Key"}""",
            "{}")] string unmatched,
        [Values] bool isAlone)
    {
        var matched = isAlone ? "" : """{"ComplianceResourceId":"b","ComplianceResourceType":"AWS::KMS::Key"},""";
        aws.Answer("PutEvaluations", $$"""{"FailedEvaluations":[{{matched}}{{unmatched}}]}""").Answer("PutEvaluations", AllAccepted);

        Assert.That(await ReportAsync(new(), "a", "b"), Is.Empty);
        Assert.That(aws.Requests, Has.Count.EqualTo(2));
        Assert.That(aws.Requests[1].Body, Is.EqualTo(aws.Requests[0].Body));
    }

    [Test]
    public async Task All_are_left_if_an_entry_never_has_a_match()
    {
        aws.Answer("PutEvaluations", """{"FailedEvaluations":[{"ComplianceResourceId":"b"}]}""");
        Assert.That(await ReportAsync(new(), "a", "b"), Is.EqualTo((string[])["a", "b"]));
        Assert.That(aws.Requests, Has.Count.EqualTo(4));
    }

    [TestCase("TESTMODE", true)]
    [TestCase("token", false)]
    public async Task Only_the_TESTMODE_token_sets_TestMode(string token, bool isTestMode)
    {
        aws.Answer("PutEvaluations", AllAccepted);
        using var config = aws.Clients.Config();
        await new Reporter(config, token, TimeProvider.System).ReportAsync([Evaluation("a")], CancellationToken.None);
        Assert.That(aws.Requests.Single().Body, isTestMode ? Does.Contain("\"TestMode\":true") : Does.Not.Contain("TestMode"));
    }

    private async Task<IEnumerable<string?>> ReportAsync(RecordingTime clock, params string[] ids)
    {
        using var config = aws.Clients.Config();
        return (await new Reporter(config, "token", clock).ReportAsync([.. ids.Select(Evaluation)], CancellationToken.None) is { } refusal
            ? refusal.Evaluations
            : []).Select(evaluation => evaluation.ComplianceResourceId);
    }

    private static Evaluation Evaluation(string id) => new()
    {
        ComplianceResourceType = KeyFacts.ResourceType,
        ComplianceResourceId = id,
        ComplianceType = ComplianceType.COMPLIANT,
    };

    /// <summary>Records the length of each wait, in milliseconds, and ends the wait at once.</summary>
    private sealed class RecordingTime : TimeProvider
    {
        public List<int> Waits { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > TimeSpan.Zero) Waits.Add((int)dueTime.TotalMilliseconds);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
