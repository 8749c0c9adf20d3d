using System.Globalization;
using System.Net;
using System.Text;
using KeyRotation.Local;

namespace KeyRotation.Tests.Local;

[TestFixture]
internal sealed class LocalRuntimeTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly HttpClient http = new();
    private LocalRuntime runtime = null!;

    [SetUp]
    public async Task StartRuntime()
    {
        runtime = new();
        await runtime.StartAsync();
    }

    [TearDown]
    public async Task StopRuntime() => await runtime.DisposeAsync();

    [OneTimeTearDown]
    public void CloseClient() => http.Dispose();

    [Test]
    public async Task An_event_is_handed_out_and_its_response_taken()
    {
        var invocation = runtime.InvokeAsync("{\"a\":1}", Minute);
        using var next = await http.GetAsync(Path("invocation/next"));
        var id = Header(next, "Lambda-Runtime-Aws-Request-Id");
        var deadline = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(Header(next, "Lambda-Runtime-Deadline-Ms"), CultureInfo.InvariantCulture));
        using var posted = await PostAsync($"invocation/{id}/response", "\"done\"");
        var result = await invocation;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await next.Content.ReadAsStringAsync(), Is.EqualTo("{\"a\":1}"));
            Assert.That(deadline, Is.EqualTo(DateTimeOffset.UtcNow + Minute).Within(TimeSpan.FromSeconds(30)));
            Assert.That(Header(next, "Lambda-Runtime-Invoked-Function-Arn"), Does.StartWith("arn:aws:lambda:"));
            Assert.That(Header(next, "Lambda-Runtime-Trace-Id"), Does.StartWith("Root=1-"));
            Assert.That(posted.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
            Assert.That((result.RequestId, result.Response, result.Error), Is.EqualTo((id, "\"done\"", default(InvocationFailure))));
        }
    }

    [Test]
    public async Task An_error_is_taken_with_its_parts()
    {
        var invocation = runtime.InvokeAsync("{}", Minute);
        using var next = await http.GetAsync(Path("invocation/next"));
        using var posted = await PostAsync(
            $"invocation/{Header(next, "Lambda-Runtime-Aws-Request-Id")}/error", """{"errorType":"Oops","errorMessage":"it broke","stackTrace":["at one","at two"]}""");
        var error = (await invocation).Error!;

        Assert.That((error.ErrorType, error.ErrorMessage, string.Join('|', error.StackTrace)), Is.EqualTo(("Oops", "it broke", "at one|at two")));
    }

    [Test]
    public async Task Events_wait_for_a_function_that_asks()
    {
        var asking = http.GetAsync(Path("invocation/next"));
        var first = runtime.InvokeAsync("1", Minute);
        using var next = await asking;
        using var posted = await PostAsync($"invocation/{Header(next, "Lambda-Runtime-Aws-Request-Id")}/response", "null");

        Assert.That((await first).Response, Is.EqualTo("null"));
    }

    [Test]
    public async Task An_end_of_no_invocation_is_refused()
    {
        using var posted = await PostAsync("invocation/unknown/response", "null");

        Assert.That(posted.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task A_function_that_cannot_start_is_heard()
    {
        using var posted = await PostAsync("init/error", """{"errorType":"Oops","errorMessage":"no start","stackTrace":[]}""");

        Assert.That((await runtime.InitError).ErrorMessage, Is.EqualTo("no start"));
    }

    private Uri Path(string path) => new($"http://{runtime.Address}/2018-06-01/runtime/{path}");

    private async Task<HttpResponseMessage> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await http.PostAsync(Path(path), content);
    }

    private static string Header(HttpResponseMessage response, string name) => response.Headers.GetValues(name).Single();
}
