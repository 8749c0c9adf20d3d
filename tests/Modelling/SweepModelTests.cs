using KeyRotation.Tests.Fuzzing;
using KeyRotation.Tests.Sweeping;

namespace KeyRotation.Tests.Modelling;

/// <summary>
/// Checks the laws of <see cref="History"/> in random histories. To check more of them:
/// <c>FUZZ_HISTORIES=10000 dotnet test tests --filter SweepModelTests</c>.
/// </summary>
[TestFixture]
internal sealed class SweepModelTests
{
    [Test]
    public async Task Random_histories_obey_the_laws()
    {
        var plan = Plan.Of("FUZZ_HISTORIES", 100);
        foreach (var input in plan.Inputs)
        {
            // One local AWS per history, so that the faults of one history do not affect the next.
            await using var rule = await RuleInProcess.StartHurriedAsync();
            var history = new History(plan.RandomOf(input), rule);
            try
            {
                await history.PlayAsync();
            }
            catch (Exception e)
            {
                throw new AssertionException($"{plan.Replay(input)}{e.Message}\n{history.Story}", e);
            }
        }

        await TestContext.Out.WriteLineAsync($"Seed {plan.Seed}: {plan.Count} histories.");
    }
}
