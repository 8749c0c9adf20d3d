using System.Text.RegularExpressions;

namespace KeyRotation.Tests.Documents;

/// <summary>Reads the headings, tables, commands and links of a Markdown page.</summary>
internal sealed partial class Markdown(string relativePath)
{
    private static readonly string[] NotSource = ["bin", "obj", "dist", "node_modules", "StrykerOutput", "TestResults"];

    public string Text { get; } = Repository.Read(relativePath);

    public static readonly Markdown Readme = new("README.md");

    /// <summary>The paths of all documents, relative to the root of the repository.</summary>
    public static IReadOnlyList<string> Pages { get; } =
    [
        .. Directory.EnumerateFiles(Repository.Root, "*.md", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.Root, path))
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Intersect(NotSource).Any())
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The rows of the first table under a heading, without its header. Each cell is trimmed and has no backticks.</summary>
    public string[][] Table(string heading)
    {
        var section = Section(heading);
        return [.. section.Split('\n')
            .SkipWhile(line => !line.StartsWith('|'))
            .TakeWhile(line => line.StartsWith('|'))
            .Skip(2)
            .Select(line => line.Trim().Trim('|').Split('|'))
            .Select(cells => Array.ConvertAll(cells, cell => cell.Replace("`", "", StringComparison.Ordinal).Trim()))];
    }

    public string Section(string heading)
    {
        var start = $"\n{Text}".IndexOf($"\n{heading}\n", StringComparison.Ordinal);
        Assert.That(start, Is.Not.Negative, $"{relativePath} has no heading '{heading}'");
        var next = Text.IndexOf("\n## ", start + heading.Length, StringComparison.Ordinal);
        return next < 0 ? Text[start..] : Text[start..next];
    }

    /// <summary>The code blocks with shell commands.</summary>
    public IEnumerable<string> ShellBlocks => ShellBlock().Matches(Text).Select(block => block.Groups[1].Value);

    /// <summary>The lines of these blocks, and the commands in the text.</summary>
    public IEnumerable<string> Commands => ShellBlocks
        .SelectMany(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        .Concat(InlineCommand().Matches(Text).Select(inline => inline.Groups[1].Value));

    /// <summary>Links to files in this repository and to headings of this page.</summary>
    public IEnumerable<string> LocalLinks => Link().Matches(Text)
        .Select(link => link.Groups[1].Value)
        .Where(target => !target.Contains("://", StringComparison.Ordinal));

    /// <summary>The link targets of the headings on this page.</summary>
    public IEnumerable<string> Anchors => Heading().Matches(Text)
        .Select(heading => "#" + NotInAnchor().Replace(heading.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex("^```(?:shell|bash|sh)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex("`((?:dotnet|make|bash|sam) [^`]+)`")]
    private static partial Regex InlineCommand();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("[^a-z0-9 _-]")]
    private static partial Regex NotInAnchor();
}
