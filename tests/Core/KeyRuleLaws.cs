using CsCheck;

namespace KeyRotation.Tests.Core;

/// <summary>What holds for every key and all parameters, tried on many at random.</summary>
internal sealed class KeyRuleLaws
{
    // A random key is rarely one that a to h let pass.
    private const int Many = 20_000;

    [Test]
    public void Whatever_is_known_the_verdict_comes_within_four_questions() =>
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
    public void A_longer_allowed_period_never_turns_COMPLIANT_into_NON_COMPLIANT() =>
        Gen.Select(Gens.Facts, Gens.Parameters, Gen.Int[0, 2000]).Sample((key, parameters, more) =>
            Judge(key, parameters) is not Verdict.Compliant
            || Judge(key, parameters with { MaxRotationPeriodInDays = parameters.MaxRotationPeriodInDays + more }) is Verdict.Compliant,
            iter: Many);

    [Test]
    public void One_more_rotation_in_the_past_never_turns_COMPLIANT_into_NON_COMPLIANT() =>
        Gen.Select(Gens.Facts, Gens.Parameters, Gen.Int[0, 3000]).Sample((key, parameters, days) =>
        {
            if (Judge(key, parameters) is not Verdict.Compliant || key.Rotations is not RotationHistory.Known history) return true;
            var newest = history.Newest > Keys.Now.AddDays(-days) ? history.Newest.Value : Keys.Now.AddDays(-days);
            return newest < key.CreationDate || Judge(key.RotatedOn(newest), parameters) is Verdict.Compliant;
        }, iter: Many);

    [Test]
    public void Without_the_parameters_about_rotations_no_rotation_is_asked_for_or_changes_a_verdict() =>
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
    public void Only_a_key_that_KMS_says_it_rotates_often_enough_or_has_rotated_is_COMPLIANT() =>
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
    public void Only_a_key_that_is_off_or_rotates_too_seldom_or_cannot_be_read_is_NON_COMPLIANT() =>
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
    public void What_a_to_h_decide_is_decided_without_a_question_whatever_KMS_would_say() =>
        Gen.Select(Gens.Facts, Gens.Facts, Gens.Parameters).Sample((key, other, parameters) =>
            Judge(key, parameters) is not Verdict.NotApplicable { Scenario: >= 'a' and <= 'h' } verdict
            || key.Rotation is RotationStatus.Unsupported
            || verdict.Finding.Contains("not rotated since", StringComparison.Ordinal)
            || Judge(key with { Rotation = null, Rotations = null }, parameters) == verdict, iter: Many);

    [Test]
    public void A_key_that_is_COMPLIANT_costs_no_question_about_its_tags() =>
        Gen.Select(Gens.Facts, Gens.Parameters).Sample((key, parameters) =>
            Judge(key, parameters with { ExemptTagKey = null }) is not Verdict.Compliant
            || Judge(key, parameters with { ExemptTagKey = "keep" }) is Verdict.Compliant or Verdict.NotApplicable { Scenario: 'h' },
            iter: Many);

    [Test]
    public void The_annotation_is_one_line_of_1_to_256_characters_of_whole_text() =>
        Gen.Select(Gens.Facts, Gens.Parameters, Gens.StackOwner).Sample((key, parameters, owner) =>
            Judge(key, parameters) is not Verdict verdict
            || IsWell(Annotation.Of(verdict, key, parameters.MaxRotationPeriodInDays, owner)), iter: Many);

    [Test]
    public void Any_text_is_cut_well_and_cutting_it_again_changes_nothing() =>
        Gens.Text.Where(text => text.Length > 0).Select(text => SingleLine.Cut(text))
            .Sample(cut => IsWell(cut) && SingleLine.Cut(cut) == cut, iter: Many);

    [Test]
    public void The_cause_stands_before_the_next_step_whoever_owns_the_key() =>
        Gen.Select(Gens.Facts, Gens.Parameters, Gens.StackOwner).Sample((key, parameters, owner) =>
            Judge(key, parameters) is not Verdict.NonCompliant verdict
            || Annotation.Of(verdict, key, parameters.MaxRotationPeriodInDays, owner)
                .StartsWith(SingleLine.Cut(verdict.Finding), StringComparison.Ordinal));

    /// <summary>So that a sweep can tell, without asking CloudFormation, whether a result is still what it would say.</summary>
    [Test]
    public void Whichever_stack_owns_a_key_without_it_the_annotation_is_that_of_any_stack_or_of_none() =>
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

    private static bool IsWell(string annotation) => annotation.Length is > 0 and <= 256
        && !annotation.Any(char.IsControl)
        && annotation.EnumerateRunes().Sum(rune => rune.Utf16SequenceLength) == annotation.Length
        && System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(annotation)) == annotation;
}
