using System.Net;
using System.Text;
using System.Text.Json;
using Amazon.Runtime;
using KeyRotation.Tests.Reading;
using Microsoft.Extensions.Time.Testing;

namespace KeyRotation.Tests.Runtime;

/// <summary>
/// The exact requests to the Runtime API. The tests in EndToEnd run the loop in the function's own process. Each event sets an environment
/// variable of the process, so no other test runs at the same time.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[NonParallelizable]
internal sealed class LambdaRuntimeTests : IDisposable
{
    private const string Trace = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700";

    private static readonly string Judged = Events.Json(
        Events.With(Events.Change(Events.Item().With("configurationItemStatus", "\"ResourceDeleted\"")).ToJsonString()));

    private readonly FakeTimeProvider clock = new();
    private readonly MemoryStream output = new();
    private readonly Lambda lambda = new();
    private readonly ConnectionPool connections;

    public LambdaRuntimeTests() => connections = new(() => lambda);

    public void Dispose()
    {
        connections.Dispose();
        lambda.Dispose();
        output.Dispose();
    }

    [Test]
    public void Every_event_field_is_read()
    {
        string[] names = ["accountId", "configRuleArn", "configRuleName", "invokingEvent", "resultToken", "ruleParameters"];
        var read = Events.Of($$"""{{{string.Join(',', names.Select(name => $"\"{name}\":\"the {name}\""))}},"eventLeftScope":true}""");
        string?[] values =
            [read.AccountId, read.ConfigRuleArn, read.ConfigRuleName, read.InvokingEvent, read.ResultToken, read.RuleParameters];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(values, Is.EqualTo(names.Select(name => $"the {name}")));
            Assert.That(read.EventLeftScope);
        }
    }

    [Test]
    public async Task Handled_event_is_answered_with_null()
    {
        await NextAsync(Judged);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lambda.Requests, Is.EqualTo((string[])
            [
                "GET http://127.0.0.1:9001/2018-06-01/runtime/invocation/next  ",
                "POST http://127.0.0.1:9001/2018-06-01/runtime/invocation/r-1/response application/json null",
            ]));
            Assert.That((lambda.ErrorType, lambda.XRayCause), Is.EqualTo(((string?)null, (JsonElement?)null)));
            Assert.That(Line("message").GetString(), Is.EqualTo("Finished"));
            Assert.That(Line(Metrics.Failed).GetInt64(), Is.Zero);
            Assert.That(Environment.GetEnvironmentVariable("_X_AMZN_TRACE_ID"), Is.EqualTo(Trace), "the variable that the SDK reads");
        }
    }

    [TestCase("null", "KR01: The event must be the JSON object that AWS Config sends, not another JSON value.")]
    [TestCase("7", "KR01: The event must be the JSON object that AWS Config sends, not another JSON value.")]
    [TestCase("", "KR01: The event must be the JSON object that AWS Config sends: ")]
    [TestCase("{", "KR01: The event must be the JSON object that AWS Config sends: ")]
    [TestCase("{}", "KR02: accountId is missing or empty; it must be an account ID.")]
    [TestCase("""{"accountId":7}""", "KR02: event.accountId is 7; it must be a string.")]
    [TestCase("""{"eventLeftScope":7}""", "KR02: event.eventLeftScope is a number; it must be true or false.")]
    [TestCase("""{"ruleParameters":{"report":"all"}}""", "KR02: event.ruleParameters is an object; it must be a string.")]
    [TestCase("""{"accountId":"1","accountId":"2"}""", "KR02: event.accountId appears twice; it may appear only once.")]
    [TestCase("""{"account\ud800Id":"1"}""", "KR02: event is an object; it must be an object whose names are valid Unicode.")]
    public async Task Unreadable_event_is_answered_with_its_problem(string configEvent, string message)
    {
        await NextAsync(configEvent);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lambda.Requests[1], Does.StartWith("POST http://127.0.0.1:9001/2018-06-01/runtime/invocation/r-1/error application/json {"));
            Assert.That(lambda.ErrorType, Is.EqualTo("ProblemException"));
            Assert.That(lambda.Error.ErrorType, Is.EqualTo("ProblemException"));
            Assert.That(lambda.Error.ErrorMessage, Does.StartWith(message));
            Assert.That(lambda.Error.StackTrace, Is.Not.Empty.And.All.StartWith("at "));
            Assert.That(Lines().Select(line => line.GetProperty("message").GetString()), Is.EqualTo((string[])["Failed", "Finished"]));
            Assert.That(Lines()[1].GetProperty(Metrics.Failed).GetInt64(), Is.EqualTo(1));
        }
    }

    /// <summary>One byte less is within the limit: the event is read, and is not JSON.</summary>
    [TestCase(0, "which Lambda would not deliver")]
    [TestCase(-1, "must be the JSON object")]
    public async Task Event_may_be_as_long_as_Lambda_allows(int more, string message)
    {
        await NextAsync(new string(' ', (8 * 1024 * 1024) + 1 + more));
        Assert.That(lambda.Error.ErrorMessage, Does.StartWith("KR01").And.Contain(message));
    }

    /// <summary>The template can turn on tracing. Source of the format: aws-lambda-dotnet, LambdaXRayExceptionWriter.</summary>
    [Test]
    public async Task Error_is_also_sent_to_X_Ray()
    {
        await NextAsync("{}");
        var cause = lambda.XRayCause!.Value;
        var exception = cause.GetProperty("exceptions").EnumerateArray().Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cause.GetProperty("working_directory").GetString(), Is.EqualTo(Environment.CurrentDirectory));
            Assert.That(cause.GetProperty("paths").GetRawText(), Is.EqualTo("[]"));
            Assert.That(exception.GetProperty("type").GetString(), Is.EqualTo("ProblemException"));
            Assert.That(exception.GetProperty("message").GetString(), Is.EqualTo(lambda.Error.ErrorMessage));
            Assert.That(
                exception.GetProperty("stack").EnumerateArray().Select(call => call.GetProperty("label").GetString()),
                Is.EqualTo(lambda.Error.StackTrace));
        }
    }

    [Test]
    public async Task Startup_failure_is_posted_as_an_init_error()
    {
        using var http = new HttpClient(lambda);
        await new LambdaRuntime(http, "127.0.0.1:9001", clock).PostInitErrorAsync(new InvalidOperationException("no"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lambda.Requests, Is.EqualTo((string[])
                ["""POST http://127.0.0.1:9001/2018-06-01/runtime/init/error application/json {"errorType":"InvalidOperationException","errorMessage":"no","stackTrace":[]}"""]));
            Assert.That(lambda.ErrorType, Is.EqualTo("InvalidOperationException"));
        }
    }

    /// <summary>When the process ends, Lambda starts another one. Continuing would be an endless loop of failures.</summary>
    [TestCase("next")]
    [TestCase("response")]
    public void Runtime_API_error_ends_the_loop(string what)
    {
        lambda.Refuses = what;
        Assert.That(() => NextAsync(Judged), Throws.InstanceOf<HttpRequestException>());
    }

    [Test]
    public async Task Loop_runs_until_the_Runtime_API_fails()
    {
        lambda.Left = 3;
        using var http = new HttpClient(lambda);
        lambda.Event = Judged;
        await new LambdaRuntime(http, "127.0.0.1:9001", clock).RunAsync(Function().HandleAsync, new CallCounter(), new Log(output, clock));

        Assert.That(Lines().Select(line => line.GetProperty("message").GetString()), Is.EqualTo((string[])["Finished", "Finished", "Finished", "Failed"]));
        Assert.That(Lines()[^1].GetProperty("requestId").GetString(), Is.EqualTo("-"), "there is no invocation");
        Assert.That(Lines()[^1].GetProperty("errorMessage").GetString(), Does.StartWith("Lambda's Runtime API at 127.0.0.1:9001 failed, and the process ends: "));
    }

    private async Task NextAsync(string configEvent)
    {
        lambda.Event = configEvent;
        using var http = new HttpClient(lambda, disposeHandler: false);
        await new LambdaRuntime(http, "127.0.0.1:9001", clock).NextAsync(Function().HandleAsync, new CallCounter(), new Log(output, clock));
    }

    private Function Function()
    {
        var options = new Settings(Events.Region).ClientOptions(connections, new CallCounter(), clock);
        return new(Lambda.Credentials, options, sweepParallelism: 32, clock);
    }

    private JsonElement Line(string name) => Lines().Single().GetProperty(name);

    private JsonElement[] Lines() =>
    [
        .. Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonElement.Parse(line)),
    ];

    /// <summary>A fake Runtime API that returns events and records requests, and a fake AWS Config that accepts all evaluations.</summary>
    private sealed class Lambda : HttpMessageHandler
    {
        public static readonly BasicAWSCredentials Credentials = new("AKIDEXAMPLE", "secret");

        public string Event { get; set; } = "";

        /// <summary>A request whose URL ends with this segment fails with status 403.</summary>
        public string? Refuses { get; set; }

        /// <summary>The number of events before requests for the next one fail.</summary>
        public int Left { get; set; } = 1;

        /// <summary>The requests to the Runtime API: method, URL, content type, content.</summary>
        public List<string> Requests { get; } = [];

        public string? ErrorType { get; private set; }

        public JsonElement? XRayCause { get; private set; }

        public InvocationError Error => JsonSerializer.Deserialize(
            Requests[^1][Requests[^1].IndexOf('{', StringComparison.Ordinal)..], ErrorJson.Default.InvocationError)!;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Headers.Contains("X-Amz-Target"))
                return new(HttpStatusCode.OK) { Content = new StringContent("""{"FailedEvaluations":[]}"""), RequestMessage = request };

            var sent = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            Requests.Add($"{request.Method} {request.RequestUri} {request.Content?.Headers.ContentType} {sent}");
            ErrorType = request.Content?.Headers.TryGetValues("Lambda-Runtime-Function-Error-Type", out var types) == true ? types.Single() : null;
            XRayCause = request.Content?.Headers.TryGetValues("Lambda-Runtime-Function-XRay-Error-Cause", out var causes) == true ? JsonElement.Parse(causes.Single()) : null;
            var isNext = request.Method == HttpMethod.Get;
            if (request.RequestUri!.Segments[^1] == Refuses || (isNext && Left-- == 0)) return new(HttpStatusCode.Forbidden);
            var response = new HttpResponseMessage(isNext ? HttpStatusCode.OK : HttpStatusCode.Accepted);
            if (!isNext) return response;
            response.Content = new StringContent(Event);
            response.Headers.Add("Lambda-Runtime-Aws-Request-Id", "r-1");
            response.Headers.Add("Lambda-Runtime-Trace-Id", Trace);
            return response;
        }
    }
}
