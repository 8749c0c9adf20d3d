using KeyRotation.Local;

namespace KeyRotation.Tests.EndToEnd;

/// <summary>
/// The SDK's reader of lists never comes to the end of one that is a text, and fills the memory. So the function has a process of its own
/// here, with a heap as small as Lambda would give it.
/// </summary>
internal sealed class HostileListTests
{
    [Test]
    public async Task A_text_in_place_of_a_list_is_no_success()
    {
        var account = new LocalAccount();
        account.Put(LocalKey.Symmetric());
        await using var aws = await LocalAws.StartAsync(account);
        aws.Faults.Add("GetComplianceDetailsByConfigRule", Fault.Answer("""{"EvaluationResults":"none"}"""));
        var bounded = new Dictionary<string, string?> { ["DOTNET_GCHeapHardLimit"] = "8000000" };
        await using var rule = await RuleProcess.StartAsync(aws, account, environment: bounded);

        Assert.That(await SucceedsAsync(rule, ConfigEvents.Scheduled(account)), Is.False);
    }

    private static async Task<bool> SucceedsAsync(RuleProcess rule, string configEvent)
    {
        try
        {
            return (await rule.InvokeAsync(configEvent, TimeSpan.FromSeconds(15))).Error is null;
        }
        catch (InvalidOperationException)
        {
            // The process has ended, as Lambda would have ended it.
            return false;
        }
    }
}
