namespace KeyRotation.Tests.Core;

/// <summary>Whether a verdict is news for AWS Config, given the result that it holds.</summary>
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
    public void Is_reported(
        Verdict verdict, KeyFacts key, ExistingResult? existing, bool isComplete, RuleParameters parameters, Difference expected) =>
        Assert.That(Comparison.Of(verdict, key, existing, isComplete, parameters), Is.EqualTo(expected));

    private static IEnumerable<TestCaseData> Cases()
    {
        var key = Keys.Off;
        var unread = new Verdict.Unreadable("Throttled.");
        yield return Case("unreadable, nothing held", unread, key, null, Changes, Difference.None);
        yield return Case("unreadable, something held", unread, key, Other, All, Difference.None);

        // AWS Config keeps no NOT_APPLICABLE result.
        yield return Case("not applicable, nothing held", Skipped, key, null, Changes, Difference.None);
        yield return Case("not applicable, something held", Skipped, key, Other, Changes, Difference.Result);
        yield return Case("not applicable, not known whether something is held", Skipped, key, null, Changes, Difference.Result, isComplete: false);
        yield return Case("not applicable, report=all", Skipped, key, null, All, Difference.Result);
        yield return Case("gone, nothing held", Skipped, key with { IsGone = true }, null, All, Difference.None, isComplete: false);
        yield return Case("gone, something held", Skipped, key with { IsGone = true }, Other, Changes, Difference.Result);
        yield return Case("AWS managed, nothing held", Skipped, key with { KeyManager = "AWS" }, null, All, Difference.None, isComplete: false);
        yield return Case("AWS managed, something held", Skipped, key with { KeyManager = "AWS" }, Other, Changes, Difference.Result);

        yield return Case("compliant, nothing held", On, key, null, Changes, Difference.Result);
        yield return Case("compliant, the same held", On, key, Held("COMPLIANT", On, Nobody), Changes, Difference.None);
        yield return Case("compliant, the same held, list not complete", On, key, Held("COMPLIANT", On, Nobody), Changes, Difference.None, isComplete: false);
        yield return Case("compliant, another annotation held", On, key, Other, Changes, Difference.Result);
        yield return Case("compliant, another type held", On, key, Held("NON_COMPLIANT", On, Nobody), Changes, Difference.Result);
        yield return Case("compliant, the same held, report=all", On, key, Held("COMPLIANT", On, Nobody), All, Difference.Result);

        yield return Case("non-compliant, nothing held", Off, key, null, Changes, Difference.Result);
        yield return Case("non-compliant, another annotation held", Off, key, Held("NON_COMPLIANT", Denied, Nobody), Changes, Difference.Result);
        yield return Case("non-compliant, another type held", Off, key, Held("COMPLIANT", Off, Nobody), Changes, Difference.Result);
        yield return Case("non-compliant, held without stack", Off, key, Held("NON_COMPLIANT", Off, Nobody), Changes, Difference.None);
        yield return Case("non-compliant, held with any stack", Off, key, Held("NON_COMPLIANT", Off, Stack), Changes, Difference.None);
        yield return Case("non-compliant, owner open", Off, key, Held("NON_COMPLIANT", Off, Unknown), Changes, Difference.Owner);
        yield return Case("non-compliant, owner open, report=all", Off, key, Held("NON_COMPLIANT", Off, Unknown), All, Difference.Result);
        yield return Case("non-compliant, owner without meaning", Denied, key, Held("NON_COMPLIANT", Denied, Unknown), Changes, Difference.None);
        yield return Case("non-compliant, another period allowed", Off, key, Held("NON_COMPLIANT", Off, Nobody), Changes with { MaxRotationPeriodInDays = 90 }, Difference.Result);
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
