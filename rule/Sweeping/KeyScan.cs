using System.Collections.Concurrent;
using System.Threading.Channels;
using Amazon.KeyManagementService;
using KeyRotation.Aws;
using KeyRotation.Core;
using KeyRotation.Reading;

namespace KeyRotation.Sweeping;

/// <summary>
/// Lists and judges every key of an account and Region at the same time. A key or page that fails is reported with the others, and never
/// ends the scan.
/// </summary>
/// <param name="kms">Lists the keys.</param>
/// <param name="kmsInTurn">Reads the keys. A call that keeps failing is abandoned, so that the other keys have their turn.</param>
/// <param name="patience">How long failing keys get more turns while none succeeds; null means as long as there is time.</param>
internal sealed class KeyScan(
    IAmazonKeyManagementService kms,
    IAmazonKeyManagementService kmsInTurn,
    AccountRegion place,
    RuleParameters parameters,
    int parallelism,
    TimeProvider clock,
    TimeSpan? patience = null)
{
    private static readonly TimeSpan BetweenTurns = TimeSpan.FromSeconds(1);

    private readonly KeyReader reader = new(kmsInTurn);

    /// <param name="judged">Receives each judged key; completed at the end.</param>
    /// <param name="stop">Ends the scan early. A key that is not judged by then is counted, but not in <paramref name="judged"/>.</param>
    /// <param name="onListed">Called for each key that KMS lists.</param>
    public async Task<KeyScanReport> RunAsync(ChannelWriter<JudgedKey> judged, CancellationToken stop, Action? onListed = null)
    {
        var keys = Channel.CreateUnboundedPrioritized<(uint Place, string KeyId)>();
        var listing = KeyListing.ReadAsync(kms, new KeyOrder(clock.GetUtcNow()), keys.Writer, onListed, stop);
        var waitedFor = await JudgeAsync(keys.Reader.ReadAllAsync(stop).Select(key => key.KeyId), judged, patience, stop);
        var listed = await listing;
        return new(listed.Count, listed.Failure, waitedFor);
    }

    /// <summary>Gives each key one turn. A key on which AWS failed gets no second turn.</summary>
    /// <returns>What a key that is left was waiting for, or null.</returns>
    public Task<string?> JudgeAsync(IEnumerable<string> keyIds, ChannelWriter<JudgedKey> judged, CancellationToken stop) =>
        JudgeAsync(keyIds.ToAsyncEnumerable(), judged, TimeSpan.Zero, stop);

    /// <summary>Every key gets its turn before a failed key gets another.</summary>
    /// <returns>What a key that is left was waiting for, or null.</returns>
    private async Task<string?> JudgeAsync(
        IAsyncEnumerable<string> keyIds, ChannelWriter<JudgedKey> judged, TimeSpan? limit, CancellationToken stop)
    {
        string? waitedFor = null;
        try
        {
            var failing = await TurnAsync(keyIds.Select(keyId => new KeyFacts { KeyId = keyId, Arn = place.KeyArn(keyId) }));
            var progress = clock.GetTimestamp();
            while (!failing.IsEmpty && !(clock.GetElapsedTime(progress) >= limit))
            {
                await Task.Delay(BetweenTurns, clock, stop);
                var before = failing.Count;
                failing = await TurnAsync(failing.Select(each => each.Key).ToAsyncEnumerable());
                if (failing.Count < before) progress = clock.GetTimestamp();
            }

            foreach (var givenUp in failing) await judged.WriteAsync(givenUp, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // A key that is not judged by now is left.
        }
        finally
        {
            judged.Complete();
        }

        return waitedFor;

        async Task<ConcurrentQueue<JudgedKey>> TurnAsync(IAsyncEnumerable<KeyFacts> turn)
        {
            var failing = new ConcurrentQueue<JudgedKey>();
            var options = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = stop };
            await Parallel.ForEachAsync(turn, options, async (facts, _) =>
            {
                var (result, waited) = await JudgeAsync(facts, stop);
                if (waited is not null) waitedFor = $"key {facts.KeyId}, {waited}";
                if (result is not { } key) return;
                if (waited is null)
                    await judged.WriteAsync(key, stop);
                else
                    failing.Enqueue(key);
            });
            return failing;
        }
    }

    /// <returns>The key, or null if time ran out; and why it waits, if it does.</returns>
    /// <param name="facts">The facts known from earlier turns, which are not read again.</param>
    private async Task<(JudgedKey? Key, string? WaitedFor)> JudgeAsync(KeyFacts facts, CancellationToken stop)
    {
        try
        {
            var (verdict, key) = await reader.JudgeAsync(facts, parameters, clock.GetUtcNow(), stop);
            return Of(verdict, key);
        }
#pragma warning disable CA1031 // Do not catch general exception types: this key is named as not judged, and the others are judged.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // The SDK throws different exceptions for a canceled call.
            if (stop.IsCancellationRequested) return (null, AwsFailure.WaitedFor(e));

            // A role that could not be renewed is one problem, not one per key.
            return Of(e is ProblemException ? new Verdict.Unreadable(e.Message, IsTransient: true) : new Verdict.Unreadable($"{e.GetType().Name}: {e.Message}"), facts);
        }

        static (JudgedKey?, string?) Of(Verdict verdict, KeyFacts key) =>
            (new JudgedKey(verdict, key), verdict is Verdict.Unreadable { IsTransient: true } ? verdict.Finding : null);
    }
}

/// <summary>The result of a scan.</summary>
/// <param name="Listed">Keys that KMS listed.</param>
/// <param name="ListingFailure">Why the list ended early: there may be more keys then.</param>
/// <param name="WaitedFor">What a key that is left was waiting for, or null.</param>
internal sealed record KeyScanReport(int Listed, ReadFailure? ListingFailure, string? WaitedFor);

internal readonly record struct JudgedKey(Verdict Verdict, KeyFacts Key);
