using System.Text.RegularExpressions;
using KeyRotation.Tests.Deployment;

namespace KeyRotation.Tests.Documents;

/// <summary>Every file, heading, make target and template parameter that a document names exists.</summary>
internal sealed partial class DocumentTests
{
    private static IEnumerable<TestCaseData<string, string>> Links =>
        from page in Markdown.Pages
        from link in new Markdown(page).LocalLinks.Distinct()
        select new TestCaseData<string, string>(page, link);

    [TestCaseSource(nameof(Links))]
    public void Link_target_exists(string page, string link)
    {
        var (file, anchor) = link.Split('#') is [var path, var heading] ? (path, "#" + heading) : (link, null);
        var target = file.Length == 0
            ? page
            : Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.PathOf(page), "..", file)));
        Assert.That(Path.Exists(Repository.PathOf(target)), $"{page} links to {target}, which does not exist.");
        if (anchor is not null) Assert.That(new Markdown(target).Anchors, Does.Contain(anchor), $"{page} links to a heading that {target} does not have.");
    }

    [TestCaseSource(typeof(Markdown), nameof(Markdown.Pages))]
    public void Named_files_exist(string page)
    {
        var document = new Markdown(page);
        var paths = Matches(SourceFile(), document.Text)
            .Concat(document.Commands.SelectMany(command => Matches(CommandPath(), command.Split('#')[0])));
        Assert.That(paths.Where(path => !IsThere(path)), Is.Empty, $"{page} names files that do not exist.");
    }

    [TestCaseSource(typeof(Markdown), nameof(Markdown.Pages))]
    public void Make_targets_and_parameters_exist(string page)
    {
        var targets = Target().Matches(Repository.Read("Makefile")).Select(match => match.Groups[1].Value);
        var parameters = Template.All.SelectMany(template => template.Parameters.Select(parameter => parameter.Key))
            .Concat(["CodeBucket", "CodeKey"]).Distinct();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Matches(MakeCall(), Repository.Read(page)), Is.SubsetOf(targets), $"{page} calls targets that the Makefile does not have.");
            Assert.That(Matches(Override(), Repository.Read(page)), Is.SubsetOf(parameters), $"{page} sets parameters that no template has.");
        }
    }

    [Test]
    public void Surviving_mutants_are_in_files_of_the_rule()
    {
        var files = Directory.EnumerateFiles(Repository.PathOf("rule"), "*.cs", SearchOption.AllDirectories)
            .Select(Path.GetFileNameWithoutExtension).ToHashSet();
        var named = new Markdown("tests/mutants.md").Table("# Surviving mutants").SelectMany(row => row[0].Split(", "));
        Assert.That(named.Where(name => !files.Contains(name)), Is.Empty, "Correct the first column of tests/mutants.md.");
    }

    [Test]
    public void All_documents_are_found() => Assert.That(Markdown.Pages, Is.SupersetOf((string[])["README.md", "SECURITY.md", "rule/README.md", ".github/pull_request_template.md"]));

    private static IEnumerable<string> Matches(Regex regex, string text) =>
        regex.Matches(text).Select(match => match.Groups[1].Value).Distinct();

    private static bool IsThere(string path)
    {
        var folder = Repository.PathOf(Path.GetDirectoryName(path)!);
        return path.Contains('*', StringComparison.Ordinal)
            ? Directory.Exists(folder) && Directory.EnumerateFiles(folder, Path.GetFileName(path)).Any()
            : Path.Exists(Repository.PathOf(path));
    }

    [GeneratedRegex(@"^([A-Za-z-]+):", RegexOptions.Multiline)]
    private static partial Regex Target();

    [GeneratedRegex(@"(?:^|`)make ([a-z][A-Za-z-]*)", RegexOptions.Multiline)]
    private static partial Regex MakeCall();

    [GeneratedRegex(@"(?:parameter-overrides |ParameterKey=|ParameterName=|(?<=parameter-overrides .*) |`)(?!ParameterKey=|ParameterName=)([A-Z]\w+)(?:=|,ParameterValue)")]
    private static partial Regex Override();

    [GeneratedRegex(@"(?<![\w./-])((?:samples|tests|rule|build)/[\w./-]+\.\w+)\b")]
    private static partial Regex SourceFile();

    [GeneratedRegex(@"(?<=^|\s)((?:samples|tests|rule|\.ci)(?:/[\w./*-]+)?)(?=$|[\s)""])")]
    private static partial Regex CommandPath();
}
