using System.Collections;
using KeyRotation.Local;

namespace KeyRotation.Tests;

/// <summary>Isolates the tests from the machine's proxy settings and AWS configuration.</summary>
[SetUpFixture]
internal sealed class Surroundings
{
    [OneTimeSetUp]
    public void Reset()
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
