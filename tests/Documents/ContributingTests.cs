using System.Text.RegularExpressions;

namespace KeyRotation.Tests.Documents;

/// <summary>The map and the steps in CONTRIBUTING.md name what is there.</summary>
internal sealed partial class ContributingTests
{
    private static readonly Markdown Page = new("CONTRIBUTING.md");
    private static readonly string[] Parents = ["rule", "tests"];
    private static readonly string[] NotRooms = ["bin", "obj", "TestResults", "StrykerOutput"];

    [Test]
    public void The_map_has_every_folder_of_the_rule_and_of_the_tests()
    {
        var map = Page.Section("## Where things are");
        var folders = Parents.SelectMany(room => Directory.GetDirectories(Repository.PathOf(room)).Select(path => $"{room}/{Path.GetFileName(path)}"));
        Assert.That(
            folders.Where(folder => !NotRooms.Contains(Path.GetFileName(folder)) && !map.Contains($"]({folder})", StringComparison.Ordinal)),
            Is.Empty,
            "Add the folder to the table in CONTRIBUTING.md.");
    }

    [TestCase("## Add a scenario")]
    [TestCase("## Add a parameter")]
    public void Steps_name_files_that_are_there(string heading) =>
        Assert.That(FileName().Matches(Page.Section(heading)).Select(name => name.Groups[1].Value).Where(path => !Path.Exists(Repository.PathOf(path))), Is.Empty);

    [GeneratedRegex(@"`([\w./-]+(?:\.\w+|/))`")]
    private static partial Regex FileName();
}
