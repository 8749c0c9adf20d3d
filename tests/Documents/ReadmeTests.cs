using System.Text.RegularExpressions;
using KeyRotation.Tests.Deployment;

namespace KeyRotation.Tests.Documents;

/// <summary>The README's verdicts, parameters and annotation are those of the code and of the template.</summary>
internal sealed partial class ReadmeTests
{
    private const string Advice = "Make the table of parameters in README.md say what rule/Core/RuleParameters.cs and template.yaml say, in the same order.";

    private static readonly Markdown Readme = Markdown.Readme;

    [Test]
    public void The_scenarios_and_their_verdicts_are_those_of_the_rules_header()
    {
        var header = Scenario().Matches(Repository.Read("rule/Core/KeyRule.cs"))
            .Select(match => (Letter: match.Groups[1].Value, Verdict: match.Groups[2].Value));
        var readme = Readme.Table("## Verdicts").Select(row => (Letter: row[0], Verdict: VerdictWord().Match(row[2]).Value));

        // A letter can have more than one place in the order of the header.
        Assert.That(readme, Is.EqualTo(header.Distinct().OrderBy(scenario => scenario.Letter)), "Make the rows of the table of verdicts in README.md those of the header of rule/Core/KeyRule.cs.");
    }

    [Test]
    public void The_scenarios_are_a_to_p() =>
        Assert.That(string.Concat(Readme.Table("## Verdicts").Select(row => row[0])), Is.EqualTo("abcdefghijklmnop"));

    [Test]
    public void The_parameters_are_those_of_the_code() =>
        Assert.That(
            Readme.Table("## Parameters").Select(row => row[0]),
            Is.EqualTo(RuleParameters.Definitions.Select(definition => definition.Name)),
            Advice);

    /// <summary>The code's values are the template's: see OfferedParametersTests.</summary>
    [TestCaseSource(nameof(ParameterRows))]
    public void A_parameters_values_and_default_are_those_of_the_code_and_the_template(string name, string valid, string defaultValue)
    {
        var parameter = Template.Function.Parameter(char.ToUpperInvariant(name[0]) + name[1..]);
        var ofTheCode = RuleParameters.Definitions.Single(definition => definition.Name == name).Valid;
        using (Assert.EnterMultipleScope())
        {
            if (parameter["MinValue"] is not null) Assert.That(ofTheCode, Is.EqualTo($"a whole number from {valid}"), Advice);
            if (parameter["AllowedValues"] is not null) Assert.That(ofTheCode, Is.EqualTo(valid.Replace(", ", " or ", StringComparison.Ordinal)), Advice);
            Assert.That(defaultValue, Is.EqualTo(parameter["Default"]!.ToString() is { Length: > 0 } text ? text : "none"), Advice);
        }
    }

    [Test]
    public void The_annotation_it_shows_is_the_functions_own()
    {
        var key = new KeyFacts
        {
            KeyId = "key",
            Arn = "arn:aws:kms:eu-central-1:111122223333:key/key",
            KeyManager = "CUSTOMER",
            KeySpec = "SYMMETRIC_DEFAULT",
            Origin = "AWS_KMS",
            KeyState = "Enabled",
            Rotation = new RotationStatus.On(730),
        };
        var verdict = (Verdict.NonCompliant)KeyRule.Judge(key, RuleParameters.Default, DateTimeOffset.UnixEpoch);
        var annotation = Annotation.Of(verdict, key, RuleParameters.Default.MaxRotationPeriodInDays, new StackOwner.Stack("payments-prod", "PaymentsKey"));

        Assert.That(Readme.Section("## Verdicts").ReplaceLineEndings(" "), Does.Contain(annotation), "Put the new annotation into README.md.");
    }

    private static IEnumerable<TestCaseData<string, string, string>> ParameterRows() =>
        Readme.Table("## Parameters").Select(row => new TestCaseData<string, string, string>(row[0], row[1], row[2]) { TestName = $"{{m}}({row[0]})" });

    [GeneratedRegex(@"(?m)^/// ([a-p])\) .*?(NOT_APPLICABLE|NON_COMPLIANT|COMPLIANT|the invocation fails)$")]
    private static partial Regex Scenario();

    [GeneratedRegex("NOT_APPLICABLE|NON_COMPLIANT|COMPLIANT|the invocation fails")]
    private static partial Regex VerdictWord();
}
