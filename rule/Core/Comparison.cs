namespace KeyRotation.Core;

/// <summary>How a verdict differs from the result that AWS Config holds for the key.</summary>
internal enum Difference
{
    /// <summary>Nothing to report.</summary>
    None,

    /// <summary>The verdict or its annotation.</summary>
    Result,

    /// <summary>Only the stack that owns the key: the result was written before the stack was known.</summary>
    Owner,
}

/// <summary>Decides which results a sweep reports. AWS Config bills each evaluation, so a result that it holds is not sent again.</summary>
internal static class Comparison
{
    /// <summary>The names of a stack and its resource are not compared, so one name stands for all.</summary>
    private const string AnyName = "";

    /// <param name="existing">The result that AWS Config holds, or null.</param>
    /// <param name="isComplete">All existing results are known, so null means that there is none.</param>
    public static Difference Of(Verdict verdict, KeyFacts key, ExistingResult? existing, bool isComplete, RuleParameters parameters) =>
        verdict switch
        {
            Verdict.Unreadable => Difference.None,

            // AWS Config cleans up NOT_APPLICABLE results: one is reported only in place of another result, if there is or may be one.
            Verdict.NotApplicable when existing is not null => Difference.Result,
            Verdict.NotApplicable when key.IsGone || key.KeyManager == "AWS" => Difference.None,
            Verdict.NotApplicable when parameters.Report == Report.Changes && isComplete => Difference.None,
            Verdict.NotApplicable => Difference.Result,

            _ when parameters.Report == Report.All => Difference.Result,
            _ when existing == Written(verdict, key, parameters, new StackOwner.None()) => Difference.None,
            _ when existing == Written(verdict, key, parameters, new StackOwner.Unknown()) => Difference.Owner,

            _ when existing == Written(verdict, key, parameters, new StackOwner.Stack(AnyName, AnyName)) => Difference.None,
            _ => Difference.Result,
        };

    private static ExistingResult Written(Verdict verdict, KeyFacts key, RuleParameters parameters, StackOwner owner) => ExistingResult.Of(
        verdict is Verdict.Compliant ? "COMPLIANT" : "NON_COMPLIANT", Annotation.Of(verdict, key, parameters.MaxRotationPeriodInDays, owner));
}
