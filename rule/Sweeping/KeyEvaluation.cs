using Amazon.ConfigService;
using Amazon.ConfigService.Model;
using KeyRotation.Core;

namespace KeyRotation.Sweeping;

/// <summary>Creates evaluations for AWS Config.</summary>
internal static class KeyEvaluation
{
    /// <summary>The evaluation of a key that could be judged.</summary>
    public static Evaluation Of(
        Verdict verdict, KeyFacts key, RuleParameters parameters, StackOwner owner, DateTimeOffset orderingTimestamp) =>
        new()
        {
            Annotation = Annotation.Of(verdict, key, parameters.MaxRotationPeriodInDays, owner),
            ComplianceResourceId = key.KeyId,
            ComplianceResourceType = KeyFacts.ResourceType,
            ComplianceType = verdict switch
            {
                Verdict.Compliant => ComplianceType.COMPLIANT,
                Verdict.NonCompliant => ComplianceType.NON_COMPLIANT,
                Verdict.NotApplicable => ComplianceType.NOT_APPLICABLE,
                _ => throw new ArgumentOutOfRangeException(nameof(verdict), "A key that could not be judged has no evaluation."),
            },
            OrderingTimestamp = orderingTimestamp.UtcDateTime,
        };

    /// <summary>Withdraws the result of a resource that no longer exists.</summary>
    public static Evaluation Withdrawal(string resourceType, string resourceId, DateTimeOffset orderingTimestamp) => new()
    {
        Annotation = "The key no longer exists in this account.",
        ComplianceResourceId = resourceId,
        ComplianceResourceType = resourceType,
        ComplianceType = ComplianceType.NOT_APPLICABLE,
        OrderingTimestamp = orderingTimestamp.UtcDateTime,
    };
}
