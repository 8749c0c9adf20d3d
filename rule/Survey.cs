using System.Globalization;
using System.Threading.Channels;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using KeyRotation.Core;

namespace KeyRotation;

/// <summary>
/// Every key of an account and Region, listed and judged at the same time. A key or page that fails is told with the rest, and never ends it.
/// </summary>
/// <param name="start">Says which keys come first; see <see cref="Turn"/>.</param>
internal sealed class Survey(IAmazonKeyManagementService kms, Scope scope, RuleParameters parameters, int parallelism, DateTimeOffset start, TimeProvider clock)
{
    // Room for what is judged while AWS Config is still being asked what it holds; a key in it takes about 500 bytes.
    private const int MaxWaiting = 16_384;

    private readonly KeyReader reader = new(kms);
    private readonly Channel<(uint Turn, string KeyId)> keys = Channel.CreateUnboundedPrioritized<(uint Turn, string KeyId)>();
    private readonly Channel<JudgedKey> judged = Channel.CreateBounded<JudgedKey>(MaxWaiting);

    public ChannelReader<JudgedKey> Judged => judged.Reader;

    /// <summary>Keys listed so far.</summary>
    public int Listed { get; private set; }

    /// <summary>Why ListKeys broke off: then there may be more keys.</summary>
    public ReadFailure? ListingFailure { get; private set; }

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
            var request = new ListKeysRequest { Limit = 1000 };
            do
            {
                var page = await kms.ListKeysAsync(request, stop);
                foreach (var key in page.Keys ?? [])
                {
                    Listed++;
                    keys.Writer.TryWrite((Turn(key.KeyId), key.KeyId));
                }

                // An empty marker would start over.
                request.Marker = page.Truncated == true && !string.IsNullOrEmpty(page.NextMarker) ? page.NextMarker : null;
                if (page.Truncated == true && request.Marker is null) ListingFailure = new("KMS answered Truncated without NextMarker");
            }
            while (request.Marker is not null);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            ListingFailure = new("time ran out");
        }
        catch (Exception e) when (AwsFailure.CauseOf(e, stop) is { } failure)
        {
            ListingFailure = failure;
        }
        finally
        {
            keys.Writer.Complete();
        }
    }

    /// <summary>
    /// Keys take turns by their id, and every hour starts at another place (steps of the golden ratio, which spread evenly whatever the
    /// sweep's frequency is). So an account that is too large for one sweep is covered by some, without anything to remember in between.
    /// </summary>
    private uint Turn(string keyId)
    {
        var digits = keyId.AsSpan(keyId.StartsWith("mrk-", StringComparison.Ordinal) ? 4 : 0);
        var place = digits.Length >= 8 && uint.TryParse(digits[..8], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id) ? id : 0;
        return unchecked(place - ((uint)(start.ToUnixTimeSeconds() / 3600) * 2654435769));
    }

    private async Task JudgeAllAsync(CancellationToken stop)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = stop };
        try
        {
            await Parallel.ForEachAsync(keys.Reader.ReadAllAsync(stop), options, async (key, _) => await judged.Writer.WriteAsync(await JudgeAsync(key.KeyId, stop), stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What is not judged by now is left.
        }
    }

    private async Task<JudgedKey> JudgeAsync(string keyId, CancellationToken stop)
    {
        var facts = new KeyFacts { KeyId = keyId, Arn = scope.KeyArn(keyId) };
        try
        {
            var (verdict, key) = await reader.JudgeAsync(facts, parameters, clock.GetUtcNow(), stop);
            return new(verdict, key);
        }
#pragma warning disable CA1031 // Do not catch general exception types: whatever it is, this key is named as not judged, and the others are judged.
        catch (Exception e) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return new(new Verdict.Unreadable($"{e.GetType().Name}: {e.Message}"), facts);
        }
    }
}

internal readonly record struct JudgedKey(Verdict Verdict, KeyFacts Key);
