using System.Text;
using KeyRotation.Tests.Reading;

namespace KeyRotation.Tests.Allocation;

/// <summary>
/// The bytes that a change and one key in a sweep allocate, which do not depend on the machine. The limits are a tenth above the values
/// measured in a debug build, 62,700 and 45,400. Most of these come from the SDK's pipeline.
/// </summary>
[NonParallelizable]
internal sealed class AllocationTests
{
    private const int Rounds = 50;

    [Test]
    public async Task Change_stays_below_its_allocation_limit()
    {
        var account = CannedAws.Account();
        var configEvent = Encoding.UTF8.GetBytes(Events.Json(Events.With(Events.Change(Events.Item()).ToJsonString())));

        var bytes = await BytesOfAsync(async () =>
        {
            var invocation = Invocation.Of(ConfigEventReader.Read(configEvent), Events.Region);
            var stacks = new StackLookup(account.CloudFormation, limiter: null);
            var change = new Change(account.Kms, account.Config, invocation, stacks, TimeProvider.System);
            var tally = await change.RunAsync(((Notification.Change)invocation.Notification).Key, CancellationToken.None);
            Assert.That(tally.Reported, Is.EqualTo(1));
        });

        Assert.That(bytes, Is.LessThan(69_000));
    }

    [Test]
    public async Task Key_in_a_sweep_stays_below_its_allocation_limit()
    {
        var reader = new KeyReader(CannedAws.Account().Kms);
        Assert.That(RuleParameters.TryParse(null, out var parameters, out _), Is.True);

        var bytes = await BytesOfAsync(async () =>
        {
            var facts = new KeyFacts { KeyId = Events.KeyId, Arn = Events.KeyArn };
            var (verdict, _) = await reader.JudgeAsync(facts, parameters!, DateTimeOffset.UtcNow, CancellationToken.None);
            Assert.That(verdict, Is.TypeOf<Verdict.Compliant>());
        });

        Assert.That(bytes, Is.LessThan(50_000));
    }

    /// <summary>
    /// The mean per round, after as many rounds that are not measured, in which one-time objects are created. It counts all threads,
    /// because no other test runs at the same time.
    /// </summary>
    private static async Task<long> BytesOfAsync(Func<Task> act)
    {
        for (var i = 0; i < Rounds; i++) await act();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < Rounds; i++) await act();
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / Rounds;
    }
}
