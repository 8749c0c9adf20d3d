using System.Text.RegularExpressions;

namespace KeyRotation.Tests.Documents;

/// <summary>The map and the steps in CONTRIBUTING.md name what is there.</summary>
internal sealed partial class ContributingTests
{
    private static readonly Markdown Page = new("CONTRIBUTING.md");
    private static readonly string[] Parents = ["rule", "tests"];
    private static readonly string[] NotRooms = ["bin", "obj", "TestResults", "StrykerOutput"];

    [Test]
    public void Links_lead_somewhere() =>
        Assert.That(Page.LocalLinks.Where(link => !Path.Exists(Repository.PathOf(link))), Is.Empty);

    [Test]
    public void Commands_name_targets_and_files_that_are_there()
    {
        var words = Page.Commands.Select(command => command.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(words.Where(word => word[0] == "make").Select(word => word[1]), Is.All.Matches<string>(target => Repository.Read("Makefile").Contains($"\n{target}:", StringComparison.Ordinal)));
            Assert.That(words.SelectMany(word => word).Where(word => word.EndsWith(".sln", StringComparison.Ordinal) || word is "tests" or "samples/local" or ".ci/run"), Is.All.Matches<string>(path => Path.Exists(Repository.PathOf(path))));
        }
    }

    [Test]
    public void The_map_has_every_folder_of_the_rule_and_of_the_tests()
    {
        var map = Page.Section("## Where things are");
        var folders = Parents.SelectMany(room => Directory.GetDirectories(Repository.PathOf(room)).Select(path => $"{room}/{Path.GetFileName(path)}"));
        Assert.That(folders.Where(folder => !NotRooms.Contains(Path.GetFileName(folder)) && !map.Contains($"]({folder})", StringComparison.Ordinal)), Is.Empty, "Add the folder to the table in CONTRIBUTING.md.");
    }

    [TestCase("## Add a scenario")]
    [TestCase("## Add a parameter")]
    public void Steps_name_files_that_are_there(string heading) =>
        Assert.That(FileName().Matches(Page.Section(heading)).Select(name => name.Groups[1].Value).Where(path => !Path.Exists(Repository.PathOf(path))), Is.Empty);

    [GeneratedRegex(@"`([\w./-]+(?:\.\w+|/))`")]
    private static partial Regex FileName();
}
