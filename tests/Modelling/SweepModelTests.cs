using KeyRotation.Tests.Fuzzing;
using KeyRotation.Tests.Sweeping;

namespace KeyRotation.Tests.Modelling;

/// <summary>
/// Histories at random; the laws are <see cref="History"/>'s. More of them: FUZZ_HISTORIES=10000 dotnet test tests --filter SweepModelTests.
/// </summary>
[TestFixture]
internal sealed class SweepModelTests
{
    [Test]
    public async Task Whatever_happens_nothing_untrue_is_said_and_the_next_whole_sweep_leaves_the_truth()
    {
        var plan = Plan.Of("FUZZ_HISTORIES", 100);
        foreach (var input in plan.Inputs)
        {
            // One local AWS a history: what failed in one must not fail in the next.
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
