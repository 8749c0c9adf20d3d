using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;

namespace KeyRotation.Local;

/// <summary>Keys in another stand-in for AWS, made through its KMS API.</summary>
internal sealed class EndpointKeys(AmazonKeyManagementServiceClient kms)
{
    public static AmazonKeyManagementServiceClient Client(Uri endpoint, LocalAccount account) =>
        new(account.Credentials, new AmazonKeyManagementServiceConfig { ServiceURL = endpoint.ToString(), AuthenticationRegion = account.Region, MaxErrorRetry = 0 });

    /// <summary>Makes a key like this one, as far as the endpoint goes along.</summary>
    public async Task<(string? KeyId, string? Why)> MakeAsync(LocalKey key)
    {
        if (key.IsReplica) return (null, "a replica needs a primary in another Region");
        try
        {
            var made = (await kms.CreateKeyAsync(new CreateKeyRequest
            {
                Description = key.Description,
                KeySpec = key.KeySpec,
                KeyUsage = key.KeyUsage,
                Origin = key.Origin,
                MultiRegion = key.MultiRegionKeyType is not null,
                Tags = [.. key.Tags.Select(tag => new Tag { TagKey = tag.Key, TagValue = tag.Value })],
            })).KeyMetadata.KeyId;
            if (key.KeyRotationEnabled == true && key.KeySpec == "SYMMETRIC_DEFAULT" && key.Origin == "AWS_KMS")
                await kms.EnableKeyRotationAsync(new EnableKeyRotationRequest { KeyId = made, RotationPeriodInDays = key.RotationPeriodInDays });
            if (key.KeyState == "Disabled") await kms.DisableKeyAsync(made);
            if (key.IsPendingDeletion) await kms.ScheduleKeyDeletionAsync(made, 7);
            return (made, null);
        }
        catch (AmazonServiceException e)
        {
            return (null, e.Message);
        }
    }

    /// <summary>The first thing that the endpoint says about its key and AWS would not say about the other, or null.</summary>
    public async Task<string?> DifferenceAsync(string keyId, AmazonKeyManagementServiceClient aws, string keyIdThere, bool ageMatters)
    {
        var (answers, expected) = (await AnswersAsync(kms, keyId, ageMatters), await AnswersAsync(aws, keyIdThere, ageMatters));
        return answers.Zip(expected).Where(pair => pair.First != pair.Second)
            .Select(pair => $"{pair.First.Name} has {pair.First.Value ?? "nothing"}, not {pair.Second.Value ?? "nothing"}").FirstOrDefault();
    }

    private static async Task<IReadOnlyList<(string Name, string? Value)>> AnswersAsync(AmazonKeyManagementServiceClient kms, string keyId, bool ageMatters)
    {
        var key = await AskAsync(async () => (await kms.DescribeKeyAsync(keyId)).KeyMetadata);
        var status = await AskAsync(() => kms.GetKeyRotationStatusAsync(new GetKeyRotationStatusRequest { KeyId = keyId }));
        return
        [
            ("The error of DescribeKey", key.Error),
            ("KeyManager", key.Answer?.KeyManager?.Value),
            ("KeySpec", key.Answer?.KeySpec?.Value),
            ("Origin", key.Answer?.Origin?.Value),
            ("KeyState", key.Answer?.KeyState?.Value),
            ("CreationDate", !ageMatters ? null : key.Answer?.CreationDate is { } created && DateTime.UtcNow - created.ToUniversalTime() < TimeSpan.FromDays(7) ? "recent" : "long ago"),
            ("The error of GetKeyRotationStatus", status.Error),
            ("KeyRotationEnabled", status.Answer?.KeyRotationEnabled?.ToString()),
            ("RotationPeriodInDays", status.Answer is { KeyRotationEnabled: true } ? $"{status.Answer.RotationPeriodInDays ?? 365}" : null),
        ];
    }

    private static async Task<(T? Answer, string? Error)> AskAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return (await ask(), null);
        }
        catch (AmazonServiceException e)
        {
            return (null, e.ErrorCode);
        }
    }
}
