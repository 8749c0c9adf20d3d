using Amazon.ConfigService;
using Amazon.ConfigService.Model;
using KeyRotation.Aws;
using KeyRotation.Core;

namespace KeyRotation.Reading;

/// <summary>The item behind an oversized notification.</summary>
internal sealed class RecordedHistory(IAmazonConfigService config)
{
    /// <summary>
    /// The newest item; or the key from the notification, if the history does not hold it (yet): the rule then reads the missing facts from
    /// KMS.
    /// </summary>
    public async Task<RecordedKey> NewestAsync(RecordedKey notified, CancellationToken cancellationToken)
    {
        if (notified.Key.IsGone) return notified;
        try
        {
            var request = new GetResourceConfigHistoryRequest
            {
                ResourceType = ResourceType.AWSKMSKey,
                ResourceId = notified.Key.KeyId,
                Limit = 1,
            };
            var response = await config.GetResourceConfigHistoryAsync(request, cancellationToken);
            var newest = response.ConfigurationItems is [var item, ..] ? notified.With(item) : notified;
            return newest.CaptureTime >= notified.CaptureTime ? newest : notified;
        }
        catch (ResourceNotDiscoveredException)
        {
            return notified;
        }
        catch (Exception e) when (AwsFailure.IsFailedCall(e) && !cancellationToken.IsCancellationRequested)
        {
            throw new ProblemException(
                ProblemNumber.KeysNotJudged, $"Key {notified.Key.KeyId} could not be judged. GetResourceConfigHistory: {AwsFailure.MessageOf(e)}");
        }
    }
}
