using System.Collections;
using Amazon.Runtime.Internal;
using KeyRotation.Local;

namespace KeyRotation.Tests;

/// <summary>What all tests have in common: clients with the function's own pipeline, and nothing of this machine's proxies and configuration of AWS.</summary>
[SetUpFixture]
internal sealed class Surroundings
{
    [OneTimeSetUp]
    public void Register() => RuntimePipelineCustomizerRegistry.Instance.Register(new ShortPipeline());

    [OneTimeSetUp]
    public void Forget()
    {
        foreach (var name in Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(variable => (string)variable.Key))
        {
            if (RuleProcess.IsForeign(name)) Environment.SetEnvironmentVariable(name, null);
        }

        var none = Path.Combine(AppContext.BaseDirectory, "no-such-file");
        Environment.SetEnvironmentVariable("AWS_CONFIG_FILE", none);
        Environment.SetEnvironmentVariable("AWS_SHARED_CREDENTIALS_FILE", none);
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
    }
}
