using Amazon.ConfigService;
using Amazon.ConfigService.Model;
using KeyRotation.Tests.Aws;

namespace KeyRotation.Tests.Sweeping;

/// <summary>What is sent again, how often, and after which wait.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ReporterTests : IDisposable
{
    private readonly ScriptedAws aws = new();

    public void Dispose() => aws.Dispose();

    private const string AllTaken = """{"FailedEvaluations":[]}""";

    private const string OneFailed =
        """{"FailedEvaluations":[{"ComplianceResourceId":"b","ComplianceResourceType":"AWS::KMS::Key","OrderingTimestamp":0}]}""";

    /// <summary>Whether each request has the first evaluation.</summary>
    private IEnumerable<bool> HasFirst => aws.Requests.Select(request => request.Body.Contains("\"a\"", StringComparison.Ordinal));

    [Test]
    public async Task An_answer_without_failures_is_taken_for_all()
    {
        aws.Answer("PutEvaluations", AllTaken);
        Assert.That(await ReportAsync(new(), "a", "b"), Is.Empty);
        Assert.That(aws.Requests, Has.Count.EqualTo(1));
    }

    [TestCase("{}")]
    [TestCase("""{"FailedEvaluations":null}""")]
    [TestCase("""{"failedEvaluations":[]}""")]
    public async Task An_answer_that_does_not_say_what_failed_is_no_success(string answer)
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

    /// <summary>The official reader hands on a null in a list; the stand-in's fails the call.</summary>
    [Test]
    public void A_null_in_the_answer_is_none_of_the_evaluations() => Assert.That(Reporter.IsSame(null, Evaluation("a")), Is.False);

    [TestCase("{}", true)]
    [TestCase(OneFailed, false)]
    public async Task What_may_have_failed_is_sent_again(string answer, bool isAll)
    {
        aws.Answer("PutEvaluations", answer).Answer("PutEvaluations", AllTaken);
        Assert.That(await ReportAsync(new(), "a", "b"), Is.Empty);
        Assert.That(HasFirst, Is.EqualTo((bool[])[true, isAll]));
    }

    [Test]
    public async Task What_failed_is_sent_four_times_in_all_after_longer_and_longer_waits()
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

    /// <summary>Then nothing is sure to have been taken, whatever else the list names.</summary>
    [Test]
    public async Task All_are_sent_again_when_one_failed_that_cannot_be_matched(
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
        aws.Answer("PutEvaluations", $$"""{"FailedEvaluations":[{{matched}}{{unmatched}}]}""").Answer("PutEvaluations", AllTaken);

        Assert.That(await ReportAsync(new(), "a", "b"), Is.Empty);
        Assert.That(aws.Requests, Has.Count.EqualTo(2));
        Assert.That(aws.Requests[1].Body, Is.EqualTo(aws.Requests[0].Body));
    }

    [Test]
    public async Task All_are_left_when_what_failed_can_never_be_matched()
    {
        aws.Answer("PutEvaluations", """{"FailedEvaluations":[{"ComplianceResourceId":"b"}]}""");
        Assert.That(await ReportAsync(new(), "a", "b"), Is.EqualTo((string[])["a", "b"]));
        Assert.That(aws.Requests, Has.Count.EqualTo(4));
    }

    [TestCase("TESTMODE", true)]
    [TestCase("token", false)]
    public async Task Only_the_token_of_the_test_mode_asks_for_it(string token, bool isTestMode)
    {
        aws.Answer("PutEvaluations", AllTaken);
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

    /// <summary>Writes down how long each wait would be, in milliseconds, and ends it at once.</summary>
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
