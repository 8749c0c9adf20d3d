using System.Collections.Concurrent;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;

namespace KeyRotation.Audit;

/// <summary>
/// KMS's own client, that keeps what KMS answered to the rule's questions: the rule drops what it does not judge by, such as a description
/// or the date of the next rotation, and asking again would cost a call a key.
/// </summary>
internal sealed class RememberingKms(AWSCredentials credentials, AmazonKeyManagementServiceConfig config, CallPolicy policy)
    : KmsClient(credentials, config, policy)
{
    private readonly ConcurrentDictionary<string, KeyMetadata> descriptions = new();
    private readonly ConcurrentDictionary<string, GetKeyRotationStatusResponse> statuses = new();

    public override async Task<DescribeKeyResponse> DescribeKeyAsync(
        DescribeKeyRequest request, CancellationToken cancellationToken = default)
    {
        var response = await base.DescribeKeyAsync(request, cancellationToken);
        if (response.KeyMetadata is { } metadata) descriptions[request.KeyId] = metadata;
        return response;
    }

    public override async Task<GetKeyRotationStatusResponse> GetKeyRotationStatusAsync(
        GetKeyRotationStatusRequest request, CancellationToken cancellationToken = default)
    {
        var response = await base.GetKeyRotationStatusAsync(request, cancellationToken);
        statuses[request.KeyId] = response;
        return response;
    }

    /// <summary>What was answered about a key; told once, then forgotten.</summary>
    public (KeyMetadata? Description, GetKeyRotationStatusResponse? Status) Take(string keyArn)
    {
        descriptions.TryRemove(keyArn, out var description);
        statuses.TryRemove(keyArn, out var status);
        return (description, status);
    }
}
