using CsCheck;

namespace KeyRotation.Tests.Core;

/// <summary>Properties that hold for every key and all parameters, tested with random ones.</summary>
internal sealed class KeyRuleLaws
{
    // Many are needed, because scenarios a to h match most random keys.
    private const int Many = 20_000;

    [Test]
    public void Verdict_needs_at_most_four_questions() =>
        Gen.Select(Gens.Facts, Gens.Facts, Gens.Parameters).Sample((key, answer, parameters) =>
        {
            var asked = new List<Question>();
            var judgment = Judge(key, parameters);
            while (judgment is Judgment.Pending { Question: var question })
            {
                asked.Add(question);
                key = key.Answered(question, answer);
                judgment = Judge(key, parameters);
            }

            return asked.Count <= 4 && asked.Distinct().Count() == asked.Count;
        }, iter: Many);

    [Test]
    public void COMPLIANT_stays_with_a_longer_allowed_period() =>
        Gen.Select(Gens.Facts, Gens.Parameters, Gen.Int[0, 2000]).Sample((key, parameters, more) =>
            Judge(key, parameters) is not Verdict.Compliant
            || Judge(key, parameters with { MaxRotationPeriodInDays = parameters.MaxRotationPeriodInDays + more }) is Verdict.Compliant,
            iter: Many);

    [Test]
    public void COMPLIANT_stays_after_another_rotation() =>
        Gen.Select(Gens.Facts, Gens.Parameters, Gen.Int[0, 3000]).Sample((key, parameters, days) =>
        {
            if (Judge(key, parameters) is not Verdict.Compliant || key.Rotations is not RotationHistory.Known history) return true;
            var newest = history.Newest > Keys.Now.AddDays(-days) ? history.Newest.Value : Keys.Now.AddDays(-days);
            return newest < key.CreationDate || Judge(key.RotatedOn(newest), parameters) is Verdict.Compliant;
        }, iter: Many);

    [Test]
    public void Rotations_have_no_effect_by_default() =>
        Gen.Select(Gens.Facts, Gens.Parameters).Sample((key, parameters) =>
        {
            var defaults = parameters with
            {
                RotationEvidence = RotationEvidence.Ignore,
                OnDemandRotation = OnDemandRotation.Ignore,
                ImportedKeys = ImportedKeys.Skip,
            };
            var verdict = Judge(key, defaults);
            return verdict == Judge(key with { Rotations = null, OnDemandRotationStartDate = null }, defaults)
                && verdict is not Judgment.Pending { Question: Question.RotationHistory }
                && verdict is not (Verdict.NonCompliant { Scenario: >= 'n' } or Verdict.Compliant { Scenario: not 'm' });
        }, iter: Many);

    [Test]
    public void COMPLIANT_requires_frequent_or_recent_rotation() =>
        Gen.Select(Gens.Facts, Gens.Parameters).Sample((key, parameters) =>
        {
            var max = parameters.MaxRotationPeriodInDays;
            return Judge(key, parameters) switch
            {
                Verdict.Compliant { Scenario: 'm' } => key.Rotation is RotationStatus.On { PeriodInDays: var days } && (days ?? 365) <= max
                    && (parameters.RotationEvidence == RotationEvidence.Ignore || IsRotated(key, max + 7) || IsYoung(key, max + 7)),
                Verdict.Compliant when key.Origin == "EXTERNAL" =>
                    parameters.ImportedKeys == ImportedKeys.Evaluate && (IsRotated(key, max) || IsYoung(key, max)),
                Verdict.Compliant => parameters.OnDemandRotation == OnDemandRotation.Count && IsRotated(key, max),
                _ => true,
            };
        }, iter: Many);

    [Test]
    public void NON_COMPLIANT_requires_one_of_its_reasons() =>
        Gen.Select(Gens.Facts, Gens.Parameters).Sample((key, parameters) =>
        {
            var max = parameters.MaxRotationPeriodInDays;
            return Judge(key, parameters) is not Verdict.NonCompliant { Scenario: var scenario } || scenario switch
            {
                'i' => parameters.UnreadableKeys == UnreadableKeys.NonCompliant,
                'k' => key.Rotation is RotationStatus.Off or RotationStatus.Unreadable { Failure.AccessDenied: true },
                'l' => key.Rotation is RotationStatus.On { PeriodInDays: var days } && (days ?? 365) > max,
                'n' => key.Origin == "EXTERNAL" && IsKnownToBeOld(key, max),
                'p' => key.Rotation is RotationStatus.On && IsKnownToBeOld(key, max + 7),
                _ => false,
            };
        }, iter: Many);

    [Test]
    public void Scenarios_a_to_h_need_no_rotation_facts() =>
        Gen.Select(Gens.Facts, Gens.Parameters).Sample((key, parameters) =>
            Judge(key, parameters) is not Verdict.NotApplicable { Scenario: >= 'a' and <= 'h' } verdict
            || key.Rotation is RotationStatus.Unsupported
            || verdict.Finding.Contains("not rotated since", StringComparison.Ordinal)
            || Judge(key with { Rotation = null, Rotations = null }, parameters) == verdict, iter: Many);

    [Test]
    public void COMPLIANT_key_needs_no_tags() =>
        Gen.Select(Gens.Facts, Gens.Parameters).Sample((key, parameters) =>
            Judge(key, parameters with { ExemptTagKey = null }) is not Verdict.Compliant
            || Judge(key, parameters with { ExemptTagKey = "keep" }) is Verdict.Compliant or Verdict.NotApplicable { Scenario: 'h' },
            iter: Many);

    [Test]
    public void Annotation_is_one_line_of_1_to_256_characters() =>
        Gen.Select(Gens.Facts, Gens.Parameters, Gens.StackOwner).Sample((key, parameters, owner) =>
            Judge(key, parameters) is not Verdict verdict
            || IsValid(Annotation.Of(verdict, key, parameters.MaxRotationPeriodInDays, owner)), iter: Many);

    [Test]
    public void Cut_text_is_valid_and_not_cut_again() =>
        Gens.Text.Where(text => text.Length > 0).Select(text => SingleLine.Cut(text))
            .Sample(cut => IsValid(cut) && SingleLine.Cut(cut) == cut, iter: Many);

    [Test]
    public void Annotation_starts_with_the_finding() =>
        Gen.Select(Gens.Facts, Gens.Parameters, Gens.StackOwner).Sample((key, parameters, owner) =>
            Judge(key, parameters) is not Verdict.NonCompliant verdict
            || Annotation.Of(verdict, key, parameters.MaxRotationPeriodInDays, owner)
                .StartsWith(SingleLine.Cut(verdict.Finding), StringComparison.Ordinal));

    /// <summary>A sweep can therefore compare its results with existing ones without a call to CloudFormation.</summary>
    [Test]
    public void WithoutStack_gives_the_same_text_for_all_stacks() =>
        Gen.Select(Gens.Facts, Gens.Parameters, Gens.StackOwner).Sample((key, parameters, owner) =>
            Judge(key, parameters) is not Verdict.NonCompliant verdict
            || new StackOwner[] { new StackOwner.None(), new StackOwner.Unknown(), new StackOwner.Stack("", "") }
                .Select(each => Annotation.WithoutStack(Annotation.Of(verdict, key, parameters.MaxRotationPeriodInDays, each)))
                .Contains(Annotation.WithoutStack(Annotation.Of(verdict, key, parameters.MaxRotationPeriodInDays, owner))), iter: Many);

    private static Judgment Judge(KeyFacts key, RuleParameters parameters) => KeyRule.Judge(key, parameters, Keys.Now);

    private static bool IsRotated(KeyFacts key, int days) =>
        key.OnDemandRotationStartDate > Keys.Now.AddDays(-1) || (key.Rotations as RotationHistory.Known)?.Newest >= Keys.Now.AddDays(-days);

    private static bool IsYoung(KeyFacts key, int days) => key.CreationDate >= Keys.Now.AddDays(-days);

    private static bool IsKnownToBeOld(KeyFacts key, int days) =>
        key.Rotations is RotationHistory.Known history && (history.Newest ?? key.CreationDate) < Keys.Now.AddDays(-days);

    private static bool IsValid(string annotation) => annotation.Length is > 0 and <= 256
        && !annotation.Any(char.IsControl)
        && annotation.EnumerateRunes().Sum(rune => rune.Utf16SequenceLength) == annotation.Length
        && System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(annotation)) == annotation;
}
