using System.Collections.Concurrent;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;

namespace KeyRotation.Audit;

/// <summary>
/// A KMS client that keeps the responses to the rule's calls. The rule drops values that it does not need for a verdict, such as the
/// description or the next rotation date. Reading them again would cost a call per key.
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

    /// <summary>Returns and removes the responses for a key.</summary>
    public (KeyMetadata? Description, GetKeyRotationStatusResponse? Status) Take(string keyArn)
    {
        descriptions.TryRemove(keyArn, out var description);
        statuses.TryRemove(keyArn, out var status);
        return (description, status);
    }
}
