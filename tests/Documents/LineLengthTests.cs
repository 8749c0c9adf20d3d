using System.Text.RegularExpressions;

namespace KeyRotation.Tests.Documents;

/// <summary>
/// Lines have at most 140 characters, as .editorconfig requires. This applies to prose in documents, and to code without the text of its
/// strings. Rows of tables, commands and links cannot be wrapped.
/// </summary>
internal sealed partial class LineLengthTests
{
    private const int Longest = 140;

    private static readonly string[] Folders = ["build", "rule", "samples", "tests"];

    [TestCaseSource(typeof(Markdown), nameof(Markdown.Pages))]
    public void Prose_is_wrapped(string page) =>
        Assert.That(
            TooLong(CodeBlock().Replace(Repository.Read(page), "")).Where(line => !line.StartsWith('|') && line.Trim().Contains(' ')),
            Is.Empty,
            $"Wrap these lines of {page} at {Longest} characters.");

    [TestCaseSource(nameof(Folders))]
    public void Code_is_wrapped(string folder) =>
        Assert.That(
            Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories)
                .Where(path => !path.Contains("/obj/", StringComparison.Ordinal))
                .SelectMany(path => TooLong(Text().Replace(Repository.Read(path), "\"\"")).Select(line => $"{Path.GetFileName(path)}: {line.Trim()}")),
            Is.Empty,
            $"Wrap these lines in {folder} at {Longest} characters.");

    private static IEnumerable<string> TooLong(string text) => text.Split('\n').Where(line => line.Length > Longest);

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    /// <summary>A raw string, which can span several lines, or an ordinary one.</summary>
    [GeneratedRegex("""(?s)("{3,}).*?\1|"(?:\\.|[^"\\\n])*["]""")]
    private static partial Regex Text();
}
