using System.Net;
using KeyRotation.Local;

namespace KeyRotation.Tests.Local;

internal sealed class LocalRuntimeTests
{
    [TestCase("invocation/unknown/response", ExpectedResult = HttpStatusCode.BadRequest)]
    [TestCase("invocation/unknown/error", ExpectedResult = HttpStatusCode.BadRequest)]
    [TestCase("invocation/unknown", ExpectedResult = HttpStatusCode.NotFound)]
    public async Task<HttpStatusCode> Rejects_results_of_unknown_invocations(string path)
    {
        await using var runtime = new LocalRuntime();
        await runtime.StartAsync();
        using var http = new HttpClient();
        using var response = await http.PostAsync(new Uri($"http://{runtime.Address}/2018-06-01/runtime/{path}"), content: null);
        return response.StatusCode;
    }
}
