namespace KeyRotation.Tests.Core;

/// <summary>Whether a sweep reports a verdict, given the result that AWS Config holds.</summary>
internal sealed class ComparisonTests
{
    private static readonly RuleParameters Changes = RuleParameters.Default;
    private static readonly RuleParameters All = Changes with { Report = Report.All };
    private static readonly StackOwner Nobody = new StackOwner.None();
    private static readonly StackOwner Unknown = new StackOwner.Unknown();
    private static readonly StackOwner Stack = new StackOwner.Stack("payments", "Key");

    private static readonly Verdict On = new Verdict.Compliant('m', "Rotation is on.");
    private static readonly Verdict Off = new Verdict.NonCompliant('k', "Rotation is off.", Fix.EnableKeyRotation);
    private static readonly Verdict Denied = new Verdict.NonCompliant('i', "Denied.", Fix.AllowReading);
    private static readonly Verdict Skipped = new Verdict.NotApplicable('c', "RSA.");
    private static readonly ExistingResult Other = ExistingResult.Of("COMPLIANT", "Something else.");

    [TestCaseSource(nameof(Cases))]
    public void Finds_the_difference_to_report(
        Verdict verdict, KeyFacts key, ExistingResult? existing, bool isComplete, RuleParameters parameters, Difference expected) =>
        Assert.That(Comparison.Of(verdict, key, existing, isComplete, parameters), Is.EqualTo(expected));

    private static IEnumerable<TestCaseData> Cases()
    {
        var key = Keys.Off;
        var unread = new Verdict.Unreadable("Throttled.");
        yield return Case("unreadable, no result", unread, key, null, Changes, Difference.None);
        yield return Case("unreadable, existing result", unread, key, Other, All, Difference.None);

        // AWS Config does not keep NOT_APPLICABLE results.
        yield return Case("not applicable, no result", Skipped, key, null, Changes, Difference.None);
        yield return Case("not applicable, existing result", Skipped, key, Other, Changes, Difference.Result);
        yield return Case("not applicable, incomplete list of results", Skipped, key, null, Changes, Difference.Result, isComplete: false);
        yield return Case("not applicable, report=all", Skipped, key, null, All, Difference.Result);
        yield return Case("gone, no result", Skipped, key with { IsGone = true }, null, All, Difference.None, isComplete: false);
        yield return Case("gone, existing result", Skipped, key with { IsGone = true }, Other, Changes, Difference.Result);
        yield return Case(
            "AWS managed, no result", Skipped, key with { KeyManager = "AWS" }, null, All, Difference.None, isComplete: false);
        yield return Case("AWS managed, existing result", Skipped, key with { KeyManager = "AWS" }, Other, Changes, Difference.Result);

        yield return Case("compliant, no result", On, key, null, Changes, Difference.Result);
        yield return Case("compliant, same result", On, key, Held("COMPLIANT", On, Nobody), Changes, Difference.None);
        yield return Case(
            "compliant, same result, incomplete list of results",
            On,
            key,
            Held("COMPLIANT", On, Nobody),
            Changes,
            Difference.None,
            isComplete: false);
        yield return Case("compliant, different annotation", On, key, Other, Changes, Difference.Result);
        yield return Case("compliant, different compliance type", On, key, Held("NON_COMPLIANT", On, Nobody), Changes, Difference.Result);
        yield return Case("compliant, same result, report=all", On, key, Held("COMPLIANT", On, Nobody), All, Difference.Result);

        yield return Case("non-compliant, no result", Off, key, null, Changes, Difference.Result);
        yield return Case(
            "non-compliant, different annotation", Off, key, Held("NON_COMPLIANT", Denied, Nobody), Changes, Difference.Result);
        yield return Case("non-compliant, different compliance type", Off, key, Held("COMPLIANT", Off, Nobody), Changes, Difference.Result);
        yield return Case(
            "non-compliant, same result without a stack", Off, key, Held("NON_COMPLIANT", Off, Nobody), Changes, Difference.None);
        yield return Case("non-compliant, same result with a stack", Off, key, Held("NON_COMPLIANT", Off, Stack), Changes, Difference.None);
        yield return Case("non-compliant, stack not known", Off, key, Held("NON_COMPLIANT", Off, Unknown), Changes, Difference.Owner);
        yield return Case(
            "non-compliant, stack not known, report=all", Off, key, Held("NON_COMPLIANT", Off, Unknown), All, Difference.Result);
        yield return Case(
            "non-compliant, stack not in the annotation", Denied, key, Held("NON_COMPLIANT", Denied, Unknown), Changes, Difference.None);
        yield return Case(
            "non-compliant, different maximum period",
            Off,
            key,
            Held("NON_COMPLIANT", Off, Nobody),
            Changes with { MaxRotationPeriodInDays = 90 },
            Difference.Result);
    }

    private static ExistingResult Held(string complianceType, Verdict verdict, StackOwner owner) =>
        ExistingResult.Of(complianceType, Annotation.Of(verdict, Keys.Off, 365, owner));

    private static TestCaseData Case(
        string name,
        Verdict verdict,
        KeyFacts key,
        ExistingResult? existing,
        RuleParameters parameters,
        Difference expected,
        bool isComplete = true) =>
        new TestCaseData(verdict, key, existing, isComplete, parameters, expected).SetArgDisplayNames(name);
}
