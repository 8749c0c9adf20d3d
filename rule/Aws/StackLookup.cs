using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using KeyRotation.Core;

namespace KeyRotation.Aws;

/// <summary>
/// Finds the CloudFormation stack that a key belongs to. The stack only improves the annotation, so there is one short attempt, and
/// "unknown" is a valid result.
/// </summary>
/// <param name="limiter">Limits the lookups of a sweep.</param>
internal sealed class StackLookup(IAmazonCloudFormation cloudFormation, RateLimiter? limiter)
{
    /// <summary>
    /// The maximum number of lookups in a sweep or an audit. At five per second they take ten seconds. CloudFormation does not publish its
    /// request quota, and deployments share it.
    /// </summary>
    public const int MaxKeys = 50;
    public const double PerSecond = 5;

    /// <summary>
    /// The resource type of a replica, also after it becomes the primary. Source: AWS CloudFormation Template Reference,
    /// AWS::KMS::ReplicaKey: it has no property for rotation.
    /// </summary>
    private const string ReplicaKey = "AWS::KMS::ReplicaKey";

    /// <summary>How long the one attempt may take.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private int lookups;

    /// <summary>The owner of a key that needs a fix; unknown after <see cref="MaxKeys"/> lookups, or without a response.</summary>
    public async Task<StackOwner> OwnerAsync(Verdict verdict, KeyFacts key, CancellationToken cancellationToken)
    {
        if (verdict is not Verdict.NonCompliant found || !found.IsFixedWhereDefined(key)) return new StackOwner.None();
        return Interlocked.Increment(ref lookups) <= MaxKeys ? await LookUpAsync(key, cancellationToken) : new StackOwner.Unknown();
    }

    private async Task<StackOwner> LookUpAsync(KeyFacts key, CancellationToken cancellationToken)
    {
        try
        {
            if (limiter is not null) await limiter.WaitAsync(cancellationToken);
            using var oneTry = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            oneTry.CancelAfter(Timeout);
            var response = await cloudFormation.DescribeStackResourcesAsync(
                new DescribeStackResourcesRequest { PhysicalResourceId = key.KeyId }, oneTry.Token);

            // Sources disagree about the response: at most 100 resources of the whole stack, or the one resource.
            var resources = response.StackResources ?? [];
            var ofKey = resources.FindAll(r =>
                r.PhysicalResourceId == key.KeyId && r.ResourceType is KeyFacts.ResourceType or ReplicaKey);
            return ofKey.Find(CanSetRotation) switch
            {
                { StackName: { } stack, LogicalResourceId: { } logicalId } => new StackOwner.Stack(stack, logicalId),
                null when ofKey.Count > 0 || resources.Count == 0 => new StackOwner.None(),
                _ => new StackOwner.Unknown(),
            };
        }
        catch (AmazonCloudFormationException e) when (e.ErrorCode == "ValidationError")
        {
            return new StackOwner.None();
        }
        catch (Exception e) when (AwsFailure.ReadFailureOf(e, cancellationToken) is not null)
        {
            return new StackOwner.Unknown();
        }
    }

    /// <summary>A stack that left the key behind, or is deleted, no longer manages it.</summary>
    private static bool CanSetRotation(StackResource resource) => resource.ResourceType == KeyFacts.ResourceType
        && resource.ResourceStatus != ResourceStatus.DELETE_SKIPPED && resource.ResourceStatus != ResourceStatus.DELETE_COMPLETE;
}
