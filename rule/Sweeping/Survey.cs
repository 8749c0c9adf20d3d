using System.Globalization;
using System.Threading.Channels;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using KeyRotation.Core;

namespace KeyRotation;

/// <summary>
/// Every key of an account and Region, listed and judged at the same time. A key or page that fails is told with the rest, and never ends it.
/// </summary>
internal sealed class Survey(IAmazonKeyManagementService kms, Scope scope, RuleParameters parameters, int parallelism, TimeProvider clock)
{
    // Room for what is judged while AWS Config is still being asked what it holds; a key in it takes about 500 bytes.
    private const int MaxWaiting = 16_384;

    private readonly KeyReader reader = new(kms);
    private readonly uint minute = (uint)(clock.GetUtcNow().ToUnixTimeSeconds() / 60);
    private readonly Channel<(uint Turn, string KeyId)> keys = Channel.CreateUnboundedPrioritized<(uint Turn, string KeyId)>();
    private readonly Channel<JudgedKey> judged = Channel.CreateBounded<JudgedKey>(MaxWaiting);

    public ChannelReader<JudgedKey> Judged => judged.Reader;

    /// <summary>Keys listed so far.</summary>
    public int Listed { get; private set; }

    /// <summary>Why ListKeys broke off: then there may be more keys. Null only once KMS has said that there are none.</summary>
    public ReadFailure? ListingFailure { get; private set; } = new("not finished");

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
        var pages = new Pages();
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
            if (!pages.GoOn(page.NextMarker, listed.Count, known.Count - before)) return new("KMS answered Truncated without a new NextMarker or key");
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

    private async Task JudgeAllAsync(CancellationToken stop)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = stop };
        try
        {
            await Parallel.ForEachAsync(keys.Reader.ReadAllAsync(stop), options, async (key, _) =>
            {
                if (await JudgeAsync(key.KeyId, stop) is { } result) await judged.Writer.WriteAsync(result, stop);
            });
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What is not judged by now is left.
        }
    }

    /// <summary>One key; null where time ran out.</summary>
    public async Task<JudgedKey?> JudgeAsync(string keyId, CancellationToken stop)
    {
        var facts = new KeyFacts { KeyId = keyId, Arn = scope.KeyArn(keyId) };
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
            return stop.IsCancellationRequested ? null : new(new Verdict.Unreadable($"{e.GetType().Name}: {e.Message}"), facts);
        }
    }
}

internal readonly record struct JudgedKey(Verdict Verdict, KeyFacts Key);
