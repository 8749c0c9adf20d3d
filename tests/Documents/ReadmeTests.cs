using System.Text.RegularExpressions;
using KeyRotation.Tests.Deployment;

namespace KeyRotation.Tests.Documents;

/// <summary>The verdicts, parameters and annotation in the README match the code and the template.</summary>
internal sealed partial class ReadmeTests
{
    private const string Advice = "The table of parameters in README.md must match rule/Core/RuleParameters.cs and template.yaml, in the same order.";

    private static readonly Markdown Readme = Markdown.Readme;

    [Test]
    public void Scenarios_and_verdicts_match_the_rule_header()
    {
        var header = Scenario().Matches(Repository.Read("rule/Core/KeyRule.cs"))
            .Select(match => (Letter: match.Groups[1].Value, Verdict: match.Groups[2].Value));
        var readme = Readme.Table("## Verdicts").Select(row => (Letter: row[0], Verdict: VerdictWord().Match(row[2]).Value));

        // A letter can occur more than once in the header.
        Assert.That(readme, Is.EqualTo(header.Distinct().OrderBy(scenario => scenario.Letter)), "The table of verdicts in README.md must match the header of rule/Core/KeyRule.cs.");
    }

    [Test]
    public void Scenarios_are_a_to_p() =>
        Assert.That(string.Concat(Readme.Table("## Verdicts").Select(row => row[0])), Is.EqualTo("abcdefghijklmnop"));

    [Test]
    public void Parameters_match_the_code() =>
        Assert.That(
            Readme.Table("## Parameters").Select(row => row[0]),
            Is.EqualTo(RuleParameters.Definitions.Select(definition => definition.Name)),
            Advice);

    /// <summary>OfferedParametersTests checks that the values in the code are those in the template.</summary>
    [TestCaseSource(nameof(ParameterRows))]
    public void Parameter_row_matches_the_code_and_the_template(string name, string valid, string defaultValue)
    {
        var parameter = Template.Function.Parameter(char.ToUpperInvariant(name[0]) + name[1..]);
        var validInCode = RuleParameters.Definitions.Single(definition => definition.Name == name).Valid;
        using (Assert.EnterMultipleScope())
        {
            if (parameter["MinValue"] is not null) Assert.That(validInCode, Is.EqualTo($"a whole number from {valid}"), Advice);
            if (parameter["AllowedValues"] is not null) Assert.That(validInCode, Is.EqualTo(valid.Replace(", ", " or ", StringComparison.Ordinal)), Advice);
            Assert.That(defaultValue, Is.EqualTo(parameter["Default"]!.ToString() is { Length: > 0 } text ? text : "none"), Advice);
        }
    }

    [Test]
    public void Annotation_matches_the_code()
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

        Assert.That(Readme.Section("## Verdicts").ReplaceLineEndings(" "), Does.Contain(annotation), "Replace the annotation in README.md with the new one.");
    }

    private static IEnumerable<TestCaseData<string, string, string>> ParameterRows() =>
        Readme.Table("## Parameters").Select(row => new TestCaseData<string, string, string>(row[0], row[1], row[2]) { TestName = $"{{m}}({row[0]})" });

    [GeneratedRegex(@"(?m)^/// ([a-p])\) .*?(NOT_APPLICABLE|NON_COMPLIANT|COMPLIANT|the invocation fails)$")]
    private static partial Regex Scenario();

    [GeneratedRegex("NOT_APPLICABLE|NON_COMPLIANT|COMPLIANT|the invocation fails")]
    private static partial Regex VerdictWord();
}
