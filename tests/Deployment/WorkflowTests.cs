using System.Text.Json.Nodes;

namespace KeyRotation.Tests.Deployment;

/// <summary>The files in .github are valid for GitHub, and the commands and files that a workflow uses exist.</summary>
internal sealed class WorkflowTests
{
    private static readonly string[] OfTheRunner = ["dotnet", "gh", "mv", "npm", "python3", "sudo", "test"];
    private static readonly string[] Elements = ["checkboxes", "dropdown", "input", "markdown", "textarea"];

    private static IEnumerable<string> Workflows => Files("workflows");

    private static IEnumerable<string> Forms => Files("ISSUE_TEMPLATE").Where(path => !path.EndsWith("config.yml", StringComparison.Ordinal));

    private static IEnumerable<TestCaseData<string, string>> Commands =>
        from path in Workflows
        from step in Steps(path)
        from line in $"{step["run"]}".Split('\n', StringSplitOptions.RemoveEmptyEntries)
        select new TestCaseData<string, string>(path, line);

    /// <summary>To install the linter: <c>npm install --global @action-validator/cli @action-validator/core</c>.</summary>
    [TestCaseSource(nameof(Workflows))]
    public void Workflow_has_no_lint_findings(string path) => Assert.That(Tool.ActionValidator.Run("", path), Is.Empty);

    [TestCaseSource(nameof(Commands))]
    public void Command_and_its_files_exist(string path, string command)
    {
        var words = command.Split(' ');
        using (Assert.EnterMultipleScope())
        {
            if (words[0] == "make")
                Assert.That(Repository.Read("Makefile"), Does.Contain($"\n{words[1]}:"), path);
            else if (!OfTheRunner.Contains(words[0]))
                Assert.That(Repository.PathOf(words[0]), Does.Exist, path);

            foreach (var file in words.Where(IsPath))
                Assert.That(Repository.PathOf(file), Does.Exist, path);
        }
    }

    [TestCaseSource(nameof(Workflows))]
    public void Actions_are_pinned_to_a_major_version(string path) =>
        Assert.That(
            Steps(path).Where(step => step["uses"] is not null).Select(step => $"{step["uses"]}"),
            Is.Not.Empty.And.All.Match("^actions/[a-z-]+@v[0-9]+$"));

    /// <summary>Source: GitHub Docs, Syntax for issue forms and Syntax for GitHub's form schema.</summary>
    [TestCaseSource(nameof(Forms))]
    public void Issue_form_has_the_required_elements(string path)
    {
        var form = Template.Yaml(Repository.Read(path));
        var body = form["body"]!.AsArray().Select(element => (Type: $"{element!["type"]}", Id: $"{element["id"]}", Attributes: element["attributes"]!)).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That($"{form["name"]}{form["description"]}", Is.Not.Empty);
            Assert.That(body.Select(element => element.Type), Is.All.AnyOf(Elements));
            Assert.That(body.Where(element => element.Type != "markdown").Select(element => element.Id), Is.Unique.And.All.Match("^[a-z]+$"));
            Assert.That(body.Select(element => element.Attributes[element.Type == "markdown" ? "value" : "label"]), Is.All.Not.Null);
            Assert.That(body.Where(element => element.Type == "dropdown").Select(element => element.Attributes["options"]), Is.All.Not.Empty);
        }
    }

    [Test]
    public void Dependabot_checks_packages_and_actions() =>
        Assert.That(
            Template.Yaml(Repository.Read(".github/dependabot.yml"))["updates"]!.AsArray().Select(update => $"{update!["package-ecosystem"]}"),
            Is.EquivalentTo((string[])["nuget", "github-actions"]));

    private static IEnumerable<string> Files(string folder) =>
        Directory.GetFiles(Repository.PathOf(".github", folder), "*.yml").Select(path => Path.GetRelativePath(Repository.Root, path)).Order();

    private static IEnumerable<JsonNode> Steps(string path) =>
        Template.Yaml(Repository.Read(path))["jobs"]!.AsObject().SelectMany(job => job.Value!["steps"]!.AsArray()).Select(step => step!);

    private static bool IsPath(string word) =>
        word.EndsWith(".sln", StringComparison.Ordinal) || word.StartsWith("samples/", StringComparison.Ordinal);
}
