using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using KeyRotation.Aws;
using KeyRotation.Core;
using KeyRotation.Reading;

namespace KeyRotation.Sweeping;

/// <summary>
/// Every key of an account and Region, listed and judged at the same time. A key or page that fails is told with the rest, and never ends it.
/// </summary>
/// <param name="kms">Lists the keys.</param>
/// <param name="kmsInTurn">Answers for the keys; what keeps failing there ends, so that the other keys have their turn.</param>
/// <param name="patience">How long keys that keep failing have another turn while none succeeds; null is until there is no time left.</param>
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

    // Room for what is judged while AWS Config is still being asked what it holds; a key in it takes about 500 bytes.
    private const int MaxWaiting = 16_384;

    private readonly KeyReader reader = new(kmsInTurn);
    private readonly uint minute = (uint)(clock.GetUtcNow().ToUnixTimeSeconds() / 60);
    private readonly Channel<(uint Turn, string KeyId)> keys = Channel.CreateUnboundedPrioritized<(uint Turn, string KeyId)>();
    private readonly Channel<JudgedKey> judged = Channel.CreateBounded<JudgedKey>(MaxWaiting);

    public ChannelReader<JudgedKey> Judged => judged.Reader;

    /// <summary>Keys listed so far.</summary>
    public int Listed { get; private set; }

    /// <summary>Why ListKeys broke off: then there may be more keys. Null only once KMS has said that there are none.</summary>
    public ReadFailure? ListingFailure { get; private set; } = new("not finished");

    /// <summary>For what a key that is left was waiting, or null.</summary>
    public string? WaitedFor { get; private set; }

    /// <param name="stop">Ends it early; what is not judged then is in <see cref="Listed"/> and not in <see cref="Judged"/>.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        var listing = ListAsync(stop);
        try
        {
            await JudgeAllAsync(stop);
            await listing;
        }
        finally
        {
            judged.Writer.Complete();
        }
    }

    private async Task ListAsync(CancellationToken stop)
    {
        try
        {
            ListingFailure = await ListPagesAsync(stop);
        }
        catch (Exception e) when (AwsFailure.EndOf(e, stop) is { } failure)
        {
            ListingFailure = failure;
        }
        finally
        {
            keys.Writer.Complete();
        }
    }

    /// <summary>Returns why the list is not whole. An answer that lacks what every answer has is not the last page.</summary>
    private async Task<ReadFailure?> ListPagesAsync(CancellationToken stop)
    {
        var pages = new Pagination();
        var known = new HashSet<string>();
        var request = new ListKeysRequest { Limit = 1000 };
        while (true)
        {
            var page = await kms.ListKeysAsync(request, stop);
            if (page is not { Keys: { } listed, Truncated: { } truncated }) return new("KMS answered without Keys or Truncated");
            var before = known.Count;
            foreach (var keyId in listed.Select(key => key?.KeyId))
            {
                if (string.IsNullOrEmpty(keyId)) return new("KMS answered a key without KeyId");
                if (!known.Add(keyId)) continue;
                Listed++;
                keys.Writer.TryWrite((Turn(keyId), keyId));
            }

            if (!truncated) return null;
            if (!pages.GoOn(page.NextMarker, listed.Count, known.Count - before))
                return new("KMS answered Truncated without a new NextMarker or key");
            request.Marker = page.NextMarker;
        }
    }

    /// <summary>
    /// Keys take turns by their id, and every minute starts at another place. Sixty of its steps are the golden ratio, so that starts spread evenly
    /// whether sweeps come every hour or every day, and a sweep that is tried again does not start where it did. So an account that is too large
    /// for one sweep is covered by some, without anything to remember in between.
    /// </summary>
    private uint Turn(string keyId)
    {
        var digits = keyId.AsSpan(keyId.StartsWith("mrk-", StringComparison.Ordinal) ? 4 : 0);
        var place = digits.Length >= 8 && uint.TryParse(digits[..8], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id) ? id : 0;
        return unchecked(place - (minute * 903234055));
    }

    /// <summary>Every key has its turn before one that AWS failed on has another.</summary>
    private async Task JudgeAllAsync(CancellationToken stop)
    {
        try
        {
            var failing = await JudgeAsync(keys.Reader.ReadAllAsync(stop).Select(key => Facts(key.KeyId)), stop);
            var progress = clock.GetTimestamp();
            while (!failing.IsEmpty && !(clock.GetElapsedTime(progress) > patience))
            {
                await Task.Delay(BetweenTurns, clock, stop);
                var before = failing.Count;
                failing = await JudgeAsync(failing.Select(each => each.Key).ToAsyncEnumerable(), stop);
                if (failing.Count < before) progress = clock.GetTimestamp();
            }

            foreach (var givenUp in failing) await judged.Writer.WriteAsync(givenUp, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What is not judged by now is left.
        }
    }

    /// <summary>Returns the keys that AWS failed on.</summary>
    private async Task<ConcurrentQueue<JudgedKey>> JudgeAsync(IAsyncEnumerable<KeyFacts> turns, CancellationToken stop)
    {
        var failing = new ConcurrentQueue<JudgedKey>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = stop };
        await Parallel.ForEachAsync(turns, options, async (facts, _) =>
        {
            if (await JudgeAsync(facts, stop) is not { } result) return;
            if (result.Verdict is not Verdict.Unreadable { IsTransient: true } unreadable)
            {
                await judged.Writer.WriteAsync(result, stop);
                return;
            }

            WaitedFor = $"key {facts.KeyId}, {unreadable.Finding}";
            failing.Enqueue(result);
        });
        return failing;
    }

    /// <summary>One key; null where time ran out.</summary>
    public Task<JudgedKey?> JudgeAsync(string keyId, CancellationToken stop) => JudgeAsync(Facts(keyId), stop);

    private KeyFacts Facts(string keyId) => new() { KeyId = keyId, Arn = place.KeyArn(keyId) };

    /// <param name="facts">What is known of the key: what was answered in an earlier turn is not asked again.</param>
    private async Task<JudgedKey?> JudgeAsync(KeyFacts facts, CancellationToken stop)
    {
        try
        {
            var (verdict, key) = await reader.JudgeAsync(facts, parameters, clock.GetUtcNow(), stop);
            return new(verdict, key);
        }
#pragma warning disable CA1031 // Do not catch general exception types: whatever it is, this key is named as not judged, and the others are judged.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // The SDK ends a call that is given up in more than one way.
            if (stop.IsCancellationRequested)
            {
                if (AwsFailure.WaitedFor(e) is { } waitedFor) WaitedFor = $"key {facts.KeyId}, {waitedFor}";
                return null;
            }

            // A role that could not be renewed is one problem, and not one of every key.
            return new(e is ProblemException ? new Verdict.Unreadable(e.Message, IsTransient: true) : new Verdict.Unreadable($"{e.GetType().Name}: {e.Message}"), facts);
        }
    }
}

internal readonly record struct JudgedKey(Verdict Verdict, KeyFacts Key);
