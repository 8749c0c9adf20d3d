using System.Text;
using System.Text.Json;
using Amazon.Runtime;

namespace KeyRotation.Tests.Runtime;

internal sealed class WarmUpTests
{
    private static readonly BasicAWSCredentials Credentials = new("AKIDEXAMPLE", "secret");

    /// <summary>A warm-up that fails early prepares too little, and nothing else would show it.</summary>
    [TestCase("eu-central-1")]
    [TestCase("us-gov-west-1")]
    [TestCase("cn-north-1")]
    public async Task Warm_up_evaluates_and_reports_a_key(string region)
    {
        using var output = new MemoryStream();
        var (settings, clock) = (new Settings(region), TimeProvider.System);
        await WarmUp.RunAsync(
            settings,
            (pool, calls) =>
                new Function(Credentials, settings.ClientOptions(pool, calls, clock), settings.SweepParallelism, clock).HandleAsync,
            new Log(output, clock),
            clock);

        var line = JsonElement.Parse(Encoding.UTF8.GetString(output.ToArray()));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(line.GetProperty("message").GetString(), Is.EqualTo("Finished"));
            Assert.That(line.GetProperty("scenarios").GetRawText(), Is.EqualTo("""{"m":1}"""));
            Assert.That(line.GetProperty(Metrics.Reported).GetInt64(), Is.EqualTo(1));
            Assert.That(line.GetProperty(Metrics.Failed).GetInt64(), Is.Zero);
        }
    }
}
