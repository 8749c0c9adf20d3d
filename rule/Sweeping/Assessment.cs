using Amazon.ConfigService;
using Amazon.ConfigService.Model;
using KeyRotation.Aws;
using KeyRotation.Core;
using KeyRotation.Reading;

namespace KeyRotation.Sweeping;

/// <summary>A verdict in AWS Config's words.</summary>
internal static class Assessment
{
    /// <param name="stacks">Null where nobody is to be asked.</param>
    public static async Task<Evaluation> WriteAsync(
        Verdict verdict, KeyFacts key, RuleParameters parameters, DateTimeOffset orderingTimestamp, StackLookup? stacks, CancellationToken cancellationToken) => verdict switch
        {
            Verdict.Compliant => Of(ComplianceType.COMPLIANT, key.KeyId, verdict.Finding, orderingTimestamp),
            Verdict.NotApplicable => Of(ComplianceType.NOT_APPLICABLE, key.KeyId, verdict.Finding, orderingTimestamp),
            Verdict.NonCompliant nonCompliant => Of(
                ComplianceType.NON_COMPLIANT,
                key.KeyId,
                Annotation.Of(nonCompliant, key, parameters, await OwnerAsync(nonCompliant, key, stacks, cancellationToken)),
                orderingTimestamp),
            _ => throw new ProblemException(Unjudged(verdict, key)),
        };

    public static Evaluation Of(
        ComplianceType complianceType, string resourceId, string annotation, DateTimeOffset orderingTimestamp, string resourceType = RecordedKey.ResourceType) => new()
        {
            Annotation = Annotation.Cut(annotation),
            ComplianceResourceId = resourceId,
            ComplianceResourceType = resourceType,
            ComplianceType = complianceType,
            OrderingTimestamp = orderingTimestamp.UtcDateTime,
        };

    private static Problem Unjudged(Verdict verdict, KeyFacts key) => new(
        ProblemNumber.KeysNotJudged,
        $"Key {key.KeyId} could not be judged. {verdict.Finding}");

    /// <summary>Where the fix may belong into a stack: a replica's rotation is the primary's.</summary>
    public static bool MayHaveStack(Verdict verdict, KeyFacts key) =>
        verdict is Verdict.NonCompliant { Fix: Fix.EnableKeyRotation or Fix.EnableKeyThenRotation } && !key.IsReplica;

    public static async Task<StackOwner> OwnerAsync(Verdict.NonCompliant verdict, KeyFacts key, StackLookup? stacks, CancellationToken cancellationToken) =>
        !MayHaveStack(verdict, key) ? new StackOwner.None()
        : stacks is null ? new StackOwner.Unknown()
        : await stacks.OwnerAsync(key, cancellationToken);
}
