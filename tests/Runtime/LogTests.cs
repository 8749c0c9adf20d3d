using System.Text;
using System.Text.Json;
using KeyRotation.Tests.Reading;
using Microsoft.Extensions.Time.Testing;

namespace KeyRotation.Tests.Runtime;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class LogTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider clock = new(Now);

    [Test]
    public void Summary_is_one_line_in_embedded_metric_format()
    {
        var line = Finished(Judged());

        // Source: CloudWatch User Guide, Specification: Embedded metric format. Dimensions and metrics name fields of the same line.
        var metrics = line.GetProperty("_aws").GetProperty("CloudWatchMetrics")[0];
        var names = MetricNames(line);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(line.GetProperty("_aws").GetProperty("Timestamp").GetInt64(), Is.EqualTo(Now.ToUnixTimeMilliseconds()));
            Assert.That(metrics.GetProperty("Namespace").GetString(), Is.EqualTo("KmsKeyRotation"));
            Assert.That(metrics.GetProperty("Dimensions").GetRawText(), Is.EqualTo("""[["RuleName","Trigger"]]"""));
            Assert.That(names, Is.EqualTo(Metrics.All.Except([Metrics.SweepFinished])));
            Assert.That(names, Has.Count.LessThanOrEqualTo(100), "the limit of the format");
            Assert.That(names.Select(name => line.GetProperty(name).ValueKind), Is.All.EqualTo(JsonValueKind.Number));
            Assert.That(
                metrics.GetProperty("Metrics").EnumerateArray().Select(metric => metric.GetProperty("Unit").GetString()),
                Is.EqualTo(names.Select(name => name is "Duration" or "RemainingTime" ? "Milliseconds" : "Count")));
            Assert.That(Metrics.Dimensions.Select(name => line.GetProperty(name).GetString()), Is.EqualTo((string[])["kms-key-rotation", "Change"]));
            Assert.That(line.EnumerateObject().Select(field => field.Name), Is.Unique);
        }
    }

    [Test]
    public void Organization_metrics_omit_the_rule_name()
    {
        var line = Finished(Judged(), metricsByRule: false);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(line.GetProperty("_aws").GetProperty("CloudWatchMetrics")[0].GetProperty("Dimensions").GetRawText(), Is.EqualTo("""[["Trigger"]]"""));
            Assert.That(line.GetProperty("RuleName").GetString(), Is.EqualTo("kms-key-rotation"));
        }
    }

    [Test]
    public void Summary_contains_the_outcome()
    {
        var line = Finished(Judged());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Texts(line, "timestamp", "level", "message", "requestId"), Is.EqualTo((string[])["2026-06-15T12:00:00Z", "INFO", "Finished", "request"]));
            Assert.That(line.GetProperty("version").GetString(), Is.EqualTo(Repository.Version));
            Assert.That(Texts(line, "accountId", "notification", "keyId"), Is.EqualTo((string[])[Events.AccountId, "Change", Events.KeyId]));
            Assert.That(line.GetProperty("scenarios").GetRawText(), Is.EqualTo("""{"k":1}"""));
            Assert.That(line.GetProperty("calls").GetRawText(), Is.EqualTo("{}"));
            Assert.That(Numbers(line, "NonCompliant", "RotationOff", "KmsCalls", "Duration", "RemainingTime", "Failed"), Is.EqualTo((long[])[1, 1, 0, 1234, 58000, 0]));
        }
    }

    [Test]
    public void Calls_are_counted_by_operation_and_service()
    {
        var counter = new CallCounter();
        string[] actions =
        [
            "kms:ListKeys", "kms:DescribeKey", "kms:DescribeKey", "config:PutEvaluations", "config:PutEvaluations",
            "cloudformation:DescribeStackResources", "sts:AssumeRole", "sts:AssumeRole", "sts:AssumeRole", "sts:AssumeRole",
        ];
        foreach (var action in actions) counter.Sent(action);
        counter.Throttled();

        var line = Finished(Judged(), counts: counter.Counts);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Numbers(line, "KmsCalls", "ConfigCalls", "CloudFormationCalls", "StsCalls", "Throttles"), Is.EqualTo((long[])[3, 2, 1, 4, 1]));
            Assert.That(
                line.GetProperty("calls").GetRawText(),
                Is.EqualTo(
                    """{"cloudformation:DescribeStackResources":1,"config:PutEvaluations":2,"kms:DescribeKey":2,"kms:ListKeys":1,"sts:AssumeRole":4}"""));
        }
    }

    [TestCase(false, 0, 1)]
    [TestCase(true, 1, 0)]
    public void Sweep_summary_says_whether_it_finished(bool failed, int failedMetric, int finishedMetric)
    {
        var line = Finished(Swept with { Failure = failed ? Failure : null });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Numbers(line, "Failed", "SweepFinished"), Is.EqualTo((long[])[failedMetric, finishedMetric]));
            Assert.That(line.GetProperty("Trigger").GetString(), Is.EqualTo("Sweep"));
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Only_a_whole_sweep_has_verdict_metrics(bool isComplete)
    {
        var tally = new Tally { IsComplete = isComplete, Verdicts = VerdictCounts.None.Plus(new Verdict.Compliant('m', "-")) };
        var line = Finished(Swept with { Tally = tally, Failure = Failure });

        string[] verdicts = ["Compliant", "NonCompliant", "NotApplicable", "RotationOff", "PeriodTooLong", "KeyMaterialTooOld", "UnreadableNonCompliant"];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(MetricNames(line), Is.EqualTo(isComplete ? Metrics.All : Metrics.All.Except(verdicts)));
            Assert.That(verdicts.Select(name => line.TryGetProperty(name, out _)), Is.All.True, "an alarm reads the fields of the line");
        }
    }

    [Test]
    public void Every_count_has_a_metric()
    {
        Verdict[] verdicts =
        [
            new Verdict.Compliant('m', "-"), .. Enumerable.Repeat(new Verdict.NotApplicable('c', "-"), 2),
            .. NonCompliant('k', 3), .. NonCompliant('l', 4), .. NonCompliant('i', 5), .. NonCompliant('p', 12),
            .. Enumerable.Repeat(new Verdict.Unreadable("-"), 6),
        ];
        var tally = new Tally
        {
            Verdicts = verdicts.Aggregate(VerdictCounts.None, (sum, verdict) => sum.Plus(verdict)),
            Reported = 7,
            Unchanged = 8,
            Withdrawn = 9,
            KeysListed = 10,
            KeysLeft = 11,
            IsComplete = true,
        };

        var line = Finished(Swept with { Tally = tally });

        string[] names =
        [
            "Compliant", "NotApplicable", "RotationOff", "PeriodTooLong", "UnreadableNonCompliant", "Unreadable", "Reported", "Unchanged",
            "Cleaned", "KeysListed", "KeysLeft", "KeyMaterialTooOld",
        ];
        Assert.That(Numbers(line, names), Is.EqualTo(Enumerable.Range(1, 12)));
        Assert.That(Numbers(line, "NonCompliant"), Is.EqualTo((long[])[24]));

        static IEnumerable<Verdict> NonCompliant(char scenario, int count) =>
            Enumerable.Repeat(new Verdict.NonCompliant(scenario, "-", Fix.Wait), count);
    }

    [Test]
    public void Unreadable_event_has_a_summary_too()
    {
        var line = Finished(InvocationReport.Unread with { Failure = Failure });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Texts(line, "RuleName", "Trigger"), Is.EqualTo((string[])["-", "Change"]));
            Assert.That(line.TryGetProperty("accountId", out _) || line.TryGetProperty("keyId", out _) || line.TryGetProperty("notification", out _), Is.False);
            Assert.That(Numbers(line, "Failed"), Is.EqualTo((long[])[1]));
        }
    }

    [Test]
    public void Problem_is_logged_by_number_without_a_stack_trace()
    {
        var line = Failed(new ProblemException(ProblemNumber.EventField, "accountId\nis \"missing\"."));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Texts(line, "level", "message", "requestId", "errorType"), Is.EqualTo((string[])["ERROR", "Failed", "request", "ProblemException"]));
            Assert.That(line.GetProperty("errorMessage").GetString(), Is.EqualTo("KR02: accountId\nis \"missing\"."));
            Assert.That(line.TryGetProperty("stackTrace", out _), Is.False);
        }
    }

    [Test]
    public void Other_failure_is_logged_with_a_stack_trace()
    {
        try
        {
            throw new InvalidOperationException("a bug");
        }
        catch (InvalidOperationException e)
        {
            Assert.That(Failed(e).GetProperty("stackTrace").GetString(), Does.Contain(nameof(Other_failure_is_logged_with_a_stack_trace)));
        }
    }

    [Test]
    public void Inner_exceptions_are_logged_by_name_only()
    {
        var inner = new HttpRequestException("secret", new IOException("secret"));
        var line = Failed(new InvalidOperationException("a bug", inner));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(line.GetProperty("innerErrorTypes").GetRawText(), Is.EqualTo("""["HttpRequestException","IOException"]"""));
            Assert.That(line.GetRawText(), Does.Not.Contain("secret"));
            Assert.That(Failed(new InvalidOperationException("a bug")).TryGetProperty("innerErrorTypes", out _), Is.False);
        }
    }

    [Test]
    public void Log_contains_neither_token_nor_key_policy()
    {
        var item = Events.Item().With("supplementaryConfiguration.Policy", "\"secret-policy\"");
        var invocation = Events.Read(e => (e.InvokingEvent, e.ResultToken) = (Events.Change(item).ToJsonString(), "secret-token"));
        Assert.That(Finished(InvocationReport.Of(invocation)).GetRawText(), Does.Not.Contain("secret"));
    }

    private static readonly InvalidOperationException Failure = new("a bug");

    private static InvocationReport Swept { get; } =
        InvocationReport.Of(Events.Read("""{"notificationCreationTime":"2026-06-15T10:00:00Z","messageType":"ScheduledNotification"}"""));

    private static InvocationReport Judged() => InvocationReport.Of(Events.Read(Events.Change(Events.Item()))) with
    {
        RuleName = "kms-key-rotation",
        Tally = new() { Verdicts = VerdictCounts.None.Plus(new Verdict.NonCompliant('k', "-", Fix.EnableKeyRotation)) },
    };

    private static List<string> MetricNames(JsonElement line) =>
        [.. line.GetProperty("_aws").GetProperty("CloudWatchMetrics")[0].GetProperty("Metrics").EnumerateArray().Select(metric => metric.GetProperty("Name").GetString()!)];

    private JsonElement Finished(InvocationReport report, bool metricsByRule = true, CallCounts? counts = null) => Line(
        log => log.Finished(report, counts ?? new CallCounter().Counts, "request", TimeSpan.FromMilliseconds(1234.5), TimeSpan.FromSeconds(58)),
        metricsByRule);

    private JsonElement Failed(Exception exception) => Line(log => log.Failed(exception, "request"));

    private JsonElement Line(Action<Log> write, bool metricsByRule = true)
    {
        using var output = new MemoryStream();
        write(new Log(output, clock, metricsByRule));
        var text = Encoding.UTF8.GetString(output.ToArray());
        Assert.That(text, Does.EndWith("\n"));
        Assert.That(text.TrimEnd('\n'), Does.Not.Contain("\n"));
        return JsonElement.Parse(text);
    }

    private static IEnumerable<string?> Texts(JsonElement line, params string[] names) =>
        names.Select(name => line.GetProperty(name).GetString());

    private static IEnumerable<long> Numbers(JsonElement line, params string[] names) =>
        names.Select(name => line.GetProperty(name).GetInt64());
}
