using System.Text.RegularExpressions;

namespace KeyRotation.Tests.Documents;

/// <summary>What the README says is what the code does.</summary>
internal sealed partial class ReadmeTests
{
    private static readonly Markdown Readme = Markdown.Readme;

    [Test]
    public void The_scenarios_and_their_verdicts_are_those_of_the_rules_header()
    {
        var header = Scenario().Matches(Repository.Read("rule/Core/KeyRule.cs")).Select(match => (Letter: match.Groups[1].Value, Verdict: match.Groups[2].Value));
        var readme = Readme.Table("## What it says").Select(row => (Letter: row[0], Verdict: VerdictWord().Match(row[2]).Value));

        Assert.That(readme, Is.EqualTo(header));
    }

    [Test]
    public void The_scenarios_are_a_to_m() =>
        Assert.That(string.Concat(Readme.Table("## What it says").Select(row => row[0])), Is.EqualTo("abcdefghijklm"));

    [Test]
    public void The_parameters_are_those_of_the_code() =>
        Assert.That(Readme.Table("## Parameters").Select(row => row[0]), Is.EqualTo(RuleParameters.Definitions.Select(definition => definition.Name)),
            "Make the rows of the table of parameters in README.md those of rule/Core/RuleParameters.cs, in the same order.");

    [TestCaseSource(nameof(ParameterRows))]
    public void A_parameters_default_and_bounds_are_the_codes(string name, string valid, string defaultValue)
    {
        using (Assert.EnterMultipleScope())
        {
            if (Range().Match(valid) is { Success: true } range)
            {
                var (min, max) = (int.Parse(range.Groups[1].Value, null), int.Parse(range.Groups[2].Value, null));
                Assert.That(Accepted(name, $"{min}"), Is.True, "lower bound");
                Assert.That(Accepted(name, $"{max}"), Is.True, "upper bound");
                Assert.That(Accepted(name, $"{min - 1}"), Is.False, "below the range");
                Assert.That(Accepted(name, $"{max + 1}"), Is.False, "above the range");
            }
            else if (Choices().IsMatch(valid))
            {
                Assert.That(RuleParameters.Definitions.Single(d => d.Name == name).Valid, Is.EqualTo(valid.Replace(", ", " or ", StringComparison.Ordinal)));
            }

            // A record has its fields in its text, so that a default given by name leaves it as it is.
            if (defaultValue != "none") Assert.That(Parsed(name, defaultValue).ToString(), Is.EqualTo(Parsed().ToString()));
        }
    }

    [Test]
    public void The_problems_are_those_of_the_code() =>
        Assert.That(
            Readme.Table("## Problems, by number").Select(row => row[0]),
            Is.EqualTo(Enum.GetValues<ProblemNumber>().Select(number => new Problem(number, "").ToString().TrimEnd(' ', ':'))));

    [Test]
    public void The_actions_are_those_that_the_code_calls()
    {
        var actions = Readme.Table("## What it may touch").ToLookup(row => row[2], row => row[0]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(actions["always"], Is.EquivalentTo(IamActions.Always));
            Assert.That(actions["with exemptTagKey"], Is.EqualTo(new[] { IamActions.ListResourceTags }));
            Assert.That(actions["with executionRoleName"], Is.EqualTo(new[] { IamActions.AssumeRole }));
            Assert.That(actions, Has.Count.EqualTo(3));
        }
    }

    [Test]
    public void The_annotation_it_shows_is_the_functions_own()
    {
        var key = new KeyFacts { KeyId = "key", Arn = "arn:aws:kms:eu-central-1:111122223333:key/key", KeyManager = "CUSTOMER", KeySpec = "SYMMETRIC_DEFAULT", Origin = "AWS_KMS", KeyState = "Enabled", Rotation = new RotationStatus.On(730) };
        var verdict = (Verdict.NonCompliant)KeyRule.Judge(key, RuleParameters.Default, DateTimeOffset.UnixEpoch);
        var annotation = Annotation.Of(verdict, key, RuleParameters.Default, new StackOwner.Stack("payments-prod", "PaymentsKey"));

        Assert.That(Readme.Section("## What it says").ReplaceLineEndings(" "), Does.Contain(annotation));
    }

    [TestCaseSource(nameof(LocalLinks))]
    public void A_link_leads_somewhere(string target) =>
        Assert.That(target.StartsWith('#') ? Readme.Anchors.Contains(target) : Path.Exists(Path.Combine(Repository.Root, target.Split('#')[0])), Is.True);

    [TestCaseSource(nameof(Commands))]
    public void A_command_names_files_and_targets_that_exist(string command)
    {
        var words = command.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        using (Assert.EnterMultipleScope())
        {
            foreach (var file in words.Where(word => word.StartsWith("samples/", StringComparison.Ordinal) || word is "rule" or ".ci/run" or "tests/benchmark" or "stryker-config.json"))
                Assert.That(Path.Exists(Path.Combine(Repository.Root, file)), Is.True, file);
            if (words is ["make", var target, ..])
                Assert.That(Repository.Read("Makefile"), Does.Match($"(?m)^{Regex.Escape(target)}:"), "make target");
        }
    }

    private static IEnumerable<TestCaseData<string, string, string>> ParameterRows() =>
        Readme.Table("## Parameters").Select(row => new TestCaseData<string, string, string>(row[0], row[1], row[2]) { TestName = $"Parameter {row[0]}" });

    private static IEnumerable<string> LocalLinks() => Readme.LocalLinks.Distinct();

    private static IEnumerable<string> Commands() => Readme.Commands.Distinct();

    private static bool Accepted(string name, string value) => RuleParameters.TryParse($$"""{"{{name}}":"{{value}}"}""", out _, out _);

    private static RuleParameters Parsed(string? name = null, string value = "")
    {
        Assert.That(RuleParameters.TryParse(name is null ? "{}" : $$"""{"{{name}}":"{{value}}"}""", out var parameters, out var problem), Is.True, problem?.Message);
        return parameters! with { ExemptKeyIds = RuleParameters.Default.ExemptKeyIds };
    }

    [GeneratedRegex(@"(?m)^/// ([a-m])\) .*?(NOT_APPLICABLE|NON_COMPLIANT|COMPLIANT|the invocation fails)$")]
    private static partial Regex Scenario();

    [GeneratedRegex("NOT_APPLICABLE|NON_COMPLIANT|COMPLIANT|the invocation fails")]
    private static partial Regex VerdictWord();

    [GeneratedRegex(@"^(\d+) to (\d+)$")]
    private static partial Regex Range();

    [GeneratedRegex(@"^\w+, \w+$")]
    private static partial Regex Choices();
}
