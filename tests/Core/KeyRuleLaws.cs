using CsCheck;

namespace KeyRotation.Tests.Core;

/// <summary>What holds for every key and all parameters, tried on many at random.</summary>
internal sealed class KeyRuleLaws
{
    // A random key is rarely one that a to h let pass.
    private const int Many = 20_000;

    [Test]
    public void Whatever_is_known_the_verdict_comes_within_three_questions() =>
        Gen.Select(Gens.Facts, Gens.Facts, Gens.Parameters).Sample((key, answer, parameters) =>
        {
            var asked = new List<Question>();
            var judgment = KeyRule.Judge(key, parameters, Keys.Now);
            while (judgment is Judgment.Pending { Question: var question })
            {
                asked.Add(question);
                key = key.Answered(question, answer);
                judgment = KeyRule.Judge(key, parameters, Keys.Now);
            }

            return asked.Count <= 3 && asked.Distinct().Count() == asked.Count;
        }, iter: Many);

    [Test]
    public void A_longer_allowed_period_never_turns_COMPLIANT_into_NON_COMPLIANT() =>
        Gen.Select(Gens.Facts, Gens.Parameters, Gen.Int[0, 2000]).Sample((key, parameters, more) =>
            KeyRule.Judge(key, parameters, Keys.Now) is not Verdict.Compliant
            || KeyRule.Judge(key, parameters with { MaxRotationPeriodInDays = parameters.MaxRotationPeriodInDays + more }, Keys.Now) is Verdict.Compliant, iter: Many);

    [Test]
    public void Only_a_key_that_KMS_says_it_rotates_often_enough_is_COMPLIANT() =>
        Gen.Select(Gens.Facts, Gens.Parameters).Sample((key, parameters) =>
            KeyRule.Judge(key, parameters, Keys.Now) is not Verdict.Compliant
            || (key.Rotation is RotationStatus.On { PeriodInDays: var days } && (days ?? 365) <= parameters.MaxRotationPeriodInDays), iter: Many);

    [Test]
    public void Only_a_key_that_is_off_or_rotates_too_seldom_or_cannot_be_read_is_NON_COMPLIANT() =>
        Gen.Select(Gens.Facts, Gens.Parameters).Sample((key, parameters) => KeyRule.Judge(key, parameters, Keys.Now) switch
        {
            Verdict.NonCompliant { Scenario: 'i' } => parameters.UnreadableKeys == UnreadableKeys.NonCompliant,
            Verdict.NonCompliant { Scenario: 'k' } => key.Rotation is RotationStatus.Off or RotationStatus.Unreadable { Failure.AccessDenied: true },
            Verdict.NonCompliant { Scenario: 'l' } => key.Rotation is RotationStatus.On { PeriodInDays: var days } && (days ?? 365) > parameters.MaxRotationPeriodInDays,
            Verdict.NonCompliant => false,
            _ => true,
        }, iter: Many);

    [Test]
    public void What_a_to_h_decide_is_decided_without_a_question_whatever_KMS_would_say() =>
        Gen.Select(Gens.Facts, Gens.Facts, Gens.Parameters).Sample((key, other, parameters) =>
            KeyRule.Judge(key, parameters, Keys.Now) is not Verdict.NotApplicable { Scenario: >= 'a' and <= 'h' } verdict
            || key.Rotation is RotationStatus.Unsupported
            || KeyRule.Judge(key with { Rotation = null }, parameters, Keys.Now) == verdict, iter: Many);

    [Test]
    public void A_key_that_is_COMPLIANT_costs_no_question_about_its_tags() =>
        Gen.Select(Gens.Facts, Gens.Parameters).Sample((key, parameters) =>
            KeyRule.Judge(key, parameters with { ExemptTagKey = null }, Keys.Now) is not Verdict.Compliant
            || KeyRule.Judge(key, parameters with { ExemptTagKey = "keep" }, Keys.Now) is Verdict.Compliant or Verdict.NotApplicable { Scenario: 'h' }, iter: Many);

    [Test]
    public void The_annotation_is_one_line_of_1_to_256_characters_of_whole_text() =>
        Gen.Select(Gens.Facts, Gens.Parameters, Gens.StackOwner).Sample((key, parameters, owner) => IsWell(KeyRule.Judge(key, parameters, Keys.Now) switch
        {
            Verdict verdict => Annotation.Of(verdict, key, parameters.MaxRotationPeriodInDays, owner),
            _ => "-",
        }), iter: Many);

    [Test]
    public void Any_text_is_cut_well_and_cutting_it_again_changes_nothing() =>
        Gens.Text.Where(text => text.Length > 0).Sample(text => IsWell(SingleLine.Cut(text)) && SingleLine.Cut(SingleLine.Cut(text)) == SingleLine.Cut(text), iter: Many);

    [Test]
    public void The_cause_stands_before_the_next_step_whoever_owns_the_key() =>
        Gen.Select(Gens.Facts, Gens.Parameters, Gens.StackOwner).Sample((key, parameters, owner) =>
            KeyRule.Judge(key, parameters, Keys.Now) is not Verdict.NonCompliant verdict
            || Annotation.Of(verdict, key, parameters.MaxRotationPeriodInDays, owner).StartsWith(SingleLine.Cut(verdict.Finding), StringComparison.Ordinal));

    /// <summary>So that a sweep can tell, without asking CloudFormation, whether a result is still what it would say.</summary>
    [Test]
    public void Whichever_stack_owns_a_key_without_it_the_annotation_is_that_of_any_stack_or_of_none() =>
        Gen.Select(Gens.Facts, Gens.Parameters, Gens.StackOwner).Sample((key, parameters, owner) =>
            KeyRule.Judge(key, parameters, Keys.Now) is not Verdict.NonCompliant verdict
            || new StackOwner[] { new StackOwner.None(), new StackOwner.Unknown(), new StackOwner.Stack("", "") }
                .Select(each => Annotation.WithoutStack(Annotation.Of(verdict, key, parameters.MaxRotationPeriodInDays, each)))
                .Contains(Annotation.WithoutStack(Annotation.Of(verdict, key, parameters.MaxRotationPeriodInDays, owner))), iter: Many);

    private static bool IsWell(string annotation) => annotation.Length is > 0 and <= 256
        && !annotation.Any(char.IsControl)
        && annotation.EnumerateRunes().Sum(rune => rune.Utf16SequenceLength) == annotation.Length
        && System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(annotation)) == annotation;
}
