using System.Text.RegularExpressions;

namespace KeyRotation.Tests.Documents;

/// <summary>The map and the steps in CONTRIBUTING.md match the folders, files and parameters that exist.</summary>
internal sealed partial class ContributingTests
{
    private static readonly Markdown Page = new("CONTRIBUTING.md");
    private static readonly string[] Parents = ["rule", "tests"];
    private static readonly string[] NotFolders = ["bin", "obj", "TestResults", "StrykerOutput"];

    [Test]
    public void Map_has_every_folder_of_the_rule_and_the_tests()
    {
        var map = Page.Section("## Where things are");
        var folders = Parents.SelectMany(parent => Directory.GetDirectories(Repository.PathOf(parent)).Select(path => $"{parent}/{Path.GetFileName(path)}"));
        Assert.That(
            folders.Where(folder => !NotFolders.Contains(Path.GetFileName(folder)) && !map.Contains($"]({folder})", StringComparison.Ordinal)),
            Is.Empty,
            "Add the folder to the table in CONTRIBUTING.md.");
    }

    [TestCase("## Add a sample")]
    [TestCase("## Add a scenario")]
    [TestCase("## Add a parameter")]
    [TestCase("## Add an AWS call")]
    public void Steps_name_existing_files(string heading) =>
        Assert.That(
            FileName().Matches(Page.Section(heading)).Select(name => name.Groups[1].Value)
                .Where(path => !Path.Exists(Repository.PathOf(path))),
            Is.Empty);

    [TestCaseSource(nameof(Parameters))]
    public void Parameter_is_in_the_random_events(string parameter) =>
        Assert.That(Repository.Read("tests/Fuzzing/FuzzedEvent.cs"), Does.Contain($"\"{parameter}\""), "Set the parameter in tests/Fuzzing/FuzzedEvent.cs.");

    [TestCaseSource(nameof(ParametersOfVerdicts))]
    public void Parameter_that_affects_verdicts_is_generated(string parameter)
    {
        var property = char.ToUpperInvariant(parameter[0]) + parameter[1..];
        Assert.That(Repository.Read("tests/Core/Gens.cs"), Does.Contain($" {property} = "), "Set the parameter in tests/Core/Gens.cs, Parameters.");
    }

    private static IEnumerable<string> ParametersOfVerdicts() => Parameters().Except(["executionRoleName", "report"]);

    private static IEnumerable<string> Parameters() => RuleParameters.Definitions.Select(definition => definition.Name);

    [GeneratedRegex(@"`([\w./-]+(?:\.\w+|/))`")]
    private static partial Regex FileName();
}
