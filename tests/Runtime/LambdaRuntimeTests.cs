using System.Net;
using System.Text;
using System.Text.Json;
using Amazon.Runtime;
using KeyRotation.Tests.Reading;
using Microsoft.Extensions.Time.Testing;

namespace KeyRotation.Tests.Runtime;

/// <summary>What is said to the Runtime API, word for word. What it does in a process of its own is in EndToEnd.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
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
    public void Every_field_of_the_event_is_read()
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
    public async Task An_event_that_was_judged_is_answered_null()
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
            Assert.That(Environment.GetEnvironmentVariable("_X_AMZN_TRACE_ID"), Is.EqualTo(Trace), "where the SDK looks for it");
        }
    }

    [TestCase("null", "KR01: The event must be the JSON object that AWS Config sends, and not another JSON value.")]
    [TestCase("7", "KR01: The event must be the JSON object that AWS Config sends, and not another JSON value.")]
    [TestCase("", "KR01: The event must be the JSON object that AWS Config sends: ")]
    [TestCase("{", "KR01: The event must be the JSON object that AWS Config sends: ")]
    [TestCase("{}", "KR02: accountId is missing or empty; it must be an account id.")]
    [TestCase("""{"accountId":7}""", "KR02: event.accountId is 7; it must be a string.")]
    [TestCase("""{"eventLeftScope":7}""", "KR02: event.eventLeftScope is a number; it must be true or false.")]
    [TestCase("""{"ruleParameters":{"report":"all"}}""", "KR02: event.ruleParameters is an object; it must be a string.")]
    [TestCase("""{"accountId":"1","accountId":"2"}""", "KR02: event.accountId appears twice; it may appear once.")]
    [TestCase("""{"account\ud800Id":"1"}""", "KR02: event is an object; it must be an object whose names are Unicode text.")]
    public async Task An_event_that_cannot_be_read_is_answered_with_its_problem(string configEvent, string message)
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

    /// <summary>One byte less is only not JSON.</summary>
    [TestCase(0, "which Lambda would not deliver")]
    [TestCase(-1, "must be the JSON object")]
    public async Task An_event_may_be_as_long_as_Lambda_lets_it_be(int more, string message)
    {
        await NextAsync(new string(' ', (8 * 1024 * 1024) + 1 + more));
        Assert.That(lambda.Error.ErrorMessage, Does.StartWith("KR01").And.Contain(message));
    }

    /// <summary>The template offers tracing. Source of the format: aws-lambda-dotnet, LambdaXRayExceptionWriter.</summary>
    [Test]
    public async Task A_trace_gets_the_error_too()
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
    public async Task What_keeps_the_function_from_starting_is_posted_as_such()
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

    /// <summary>Lambda sees it end, and starts another; going on would spin.</summary>
    [TestCase("next")]
    [TestCase("response")]
    public void A_Runtime_API_that_refuses_ends_it(string what)
    {
        lambda.Refuses = what;
        Assert.That(() => NextAsync(Judged), Throws.InstanceOf<HttpRequestException>());
    }

    [Test]
    public async Task It_goes_on_for_as_long_as_there_is_a_Runtime_API()
    {
        lambda.Left = 3;
        using var http = new HttpClient(lambda);
        lambda.Event = Judged;
        await new LambdaRuntime(http, "127.0.0.1:9001", clock).RunAsync(Function().HandleAsync, new CallCounter(), new Log(output, clock));

        Assert.That(Lines().Select(line => line.GetProperty("message").GetString()), Is.EqualTo((string[])["Finished", "Finished", "Finished", "Failed"]));
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

    /// <summary>Gives one event, and takes what AWS Config and the Runtime API are told.</summary>
    private sealed class Lambda : HttpMessageHandler
    {
        public static readonly BasicAWSCredentials Credentials = new("AKIDEXAMPLE", "secret");

        public string Event { get; set; } = "";

        /// <summary>The last part of an address that is answered with 403.</summary>
        public string? Refuses { get; set; }

        /// <summary>Events until it is gone.</summary>
        public int Left { get; set; } = 1;

        /// <summary>What the Runtime API was asked and told: method, address, type of content, content.</summary>
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
