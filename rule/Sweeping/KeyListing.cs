using System.Threading.Channels;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using KeyRotation.Aws;
using KeyRotation.Core;
using KeyRotation.Reading;

namespace KeyRotation.Sweeping;

/// <summary>The keys that KMS listed.</summary>
/// <param name="Count">The number of keys.</param>
/// <param name="Failure">Why the list ended early: there may be more keys then.</param>
internal sealed record KeyListing(int Count, ReadFailure? Failure)
{
    /// <param name="keys">Receives each key ID with its place in the order; completed at the end.</param>
    /// <param name="onListed">Called for each key.</param>
    public static async Task<KeyListing> ReadAsync(
        IAmazonKeyManagementService kms,
        KeyOrder order,
        ChannelWriter<(uint Place, string KeyId)> keys,
        Action? onListed,
        CancellationToken stop)
    {
        var known = new HashSet<string>();
        try
        {
            var failure = await ReadPagesAsync(kms, keyId =>
            {
                if (!known.Add(keyId)) return false;
                onListed?.Invoke();
                return keys.TryWrite((order.Of(keyId), keyId));
            }, stop);
            return new(known.Count, failure);
        }
        catch (Exception e) when (AwsFailure.ReadFailureOf(e, stop) is { } failure)
        {
            return new(known.Count, failure);
        }
        finally
        {
            keys.Complete();
        }
    }

    /// <summary>Returns why the list is not complete. A response without a required member is not the last page.</summary>
    /// <param name="isNew">Returns false for a key ID that was listed before.</param>
    private static async Task<ReadFailure?> ReadPagesAsync(
        IAmazonKeyManagementService kms, Func<string, bool> isNew, CancellationToken stop)
    {
        var pages = new Pagination();
        var request = new ListKeysRequest { Limit = 1000 };
        while (true)
        {
            var page = await kms.ListKeysAsync(request, stop);
            if (page is not { Keys: { } listed, Truncated: { } truncated }) return new("KMS returned no Keys or no Truncated");
            var added = 0;
            foreach (var key in listed)
            {
                if (string.IsNullOrEmpty(key?.KeyId)) return new("KMS returned a key without KeyId");
                if (isNew(key.KeyId)) added++;
            }

            if (!truncated) return null;
            if (!pages.MayContinue(page.NextMarker, listed.Count, added))
                return new("KMS returned Truncated without a new NextMarker or key");
            request.Marker = page.NextMarker;
        }
    }
}
