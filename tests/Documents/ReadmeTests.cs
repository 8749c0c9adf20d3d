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

    [TestCaseSource(nameof(ParameterRows))]
    public void A_parameters_default_and_range_are_those_of_the_code(string name, string valid, string defaultValue)
    {
        using (Assert.EnterMultipleScope())
        {
            if (Range().Match(valid) is { Success: true } range)
            {
                var (min, max) = (int.Parse(range.Groups[1].Value, null), int.Parse(range.Groups[2].Value, null));
                Assert.That(Accepted(name, $"{min}"), Is.True, $"Lower bound. {Advice}");
                Assert.That(Accepted(name, $"{max}"), Is.True, $"Upper bound. {Advice}");
                Assert.That(Accepted(name, $"{min - 1}"), Is.False, $"Below the range. {Advice}");
                Assert.That(Accepted(name, $"{max + 1}"), Is.False, $"Above the range. {Advice}");
            }
            else if (Choices().IsMatch(valid))
            {
                var definition = RuleParameters.Definitions.Single(definition => definition.Name == name);
                Assert.That(definition.Valid, Is.EqualTo(valid.Replace(", ", " or ", StringComparison.Ordinal)), Advice);
            }

            // A record has its fields in its text, so that a default given by name leaves it as it is.
            if (defaultValue != "none") Assert.That(Parsed(name, defaultValue).ToString(), Is.EqualTo(Parsed().ToString()), Advice);
        }
    }

    [TestCaseSource(nameof(ParameterRows))]
    public void A_parameters_default_and_range_are_those_of_the_template(string name, string valid, string defaultValue)
    {
        var parameter = Template.Function.Parameter(char.ToUpperInvariant(name[0]) + name[1..]);
        string[] values =
        [
            .. parameter["AllowedValues"]?.AsArray().Select(value => value!.ToString()) ?? [],
            .. new[] { parameter["MinValue"], parameter["MaxValue"] }.Where(bound => bound is not null).Select(bound => bound!.ToString()),
        ];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(values, Is.All.Matches<string>(valid.Contains), Advice);
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

    private static bool Accepted(string name, string value) => RuleParameters.TryParse($$"""{"{{name}}":"{{value}}"}""", out _, out _);

    private static RuleParameters Parsed(string? name = null, string value = "")
    {
        Assert.That(RuleParameters.TryParse(name is null ? "{}" : $$"""{"{{name}}":"{{value}}"}""", out var parameters, out var problem), Is.True, problem?.Message);
        return parameters! with { ExemptKeyIds = RuleParameters.Default.ExemptKeyIds };
    }

    [GeneratedRegex(@"(?m)^/// ([a-p])\) .*?(NOT_APPLICABLE|NON_COMPLIANT|COMPLIANT|the invocation fails)$")]
    private static partial Regex Scenario();

    [GeneratedRegex("NOT_APPLICABLE|NON_COMPLIANT|COMPLIANT|the invocation fails")]
    private static partial Regex VerdictWord();

    [GeneratedRegex(@"^(\d+) to (\d+)$")]
    private static partial Regex Range();

    [GeneratedRegex(@"^\w+, \w+$")]
    private static partial Regex Choices();
}
