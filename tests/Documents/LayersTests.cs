using System.Text.RegularExpressions;

namespace KeyRotation.Tests.Documents;

/// <summary>Each folder of the rule uses only the folders below it, in the order of rule/README.md.</summary>
internal sealed partial class LayersTests
{
    /// <summary>From the lowest to the highest. Function stands for the files next to the folders, and Program for Program.cs.</summary>
    private static readonly string[] Layers = ["Core", "Aws", "Reading", "Sweeping", "Function", "Runtime", "Program"];

    private static readonly IReadOnlyList<SourceFile> Files =
    [
        .. Directory.EnumerateFiles(Repository.PathOf("rule"), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.PathOf("rule"), path))
            .Where(path => path.Split('/')[0] is not ("obj" or "bin" or "AwsPackages"))
            .Select(path => new SourceFile(path, Repository.Read("rule", path))),
    ];

    /// <summary>For each type name, the lowest layer that declares it.</summary>
    private static readonly Dictionary<string, int> Declared = Files
        .SelectMany(file => Declaration().Matches(file.Code).Select(type => (Name: type.Groups[1].Value, file.Layer)))
        .GroupBy(type => type.Name)
        .ToDictionary(types => types.Key, types => types.Min(type => type.Layer));

    [TestCaseSource(nameof(Files))]
    public void File_names_no_higher_layer(SourceFile file) => Assert.That(AboveIn(file), Is.Empty);

    [TestCase("Core/New.cs", "using KeyRotation.Aws;", "KeyRotation.Aws")]
    [TestCase("Core/New.cs", "Reading.Notification notification;", "Notification")]
    [TestCase("Aws/New.cs", "RecordedKey Key { get; }", "RecordedKey")]
    [TestCase("Sweeping/New.cs", "class New(Settings settings);", "Settings")]
    [TestCase("Sweeping/New.cs", "Function function;", "Function")]
    [TestCase("Change.cs", "Log log;", "Log")]
    public void Reference_to_a_higher_layer_is_found(string path, string code, string above) =>
        Assert.That(AboveIn(new(path, code)), Is.EqualTo([above]));

    [TestCase("Core/New.cs", "// A Function in words")]
    [TestCase("Runtime/New.cs", "using KeyRotation.Core; Function f; Sweep s; StackLookup l;")]
    [TestCase("Sweeping/New.cs", "using KeyRotation.Sweeping; Sweep s;")]
    public void Reference_to_this_or_a_lower_layer_is_allowed(string path, string code) => Assert.That(AboveIn(new(path, code)), Is.Empty);

    [Test]
    public void README_table_has_the_same_order()
    {
        var table = new Markdown("rule/README.md").Section("## Layers");
        var places = Layers.Reverse().Select(layer => table.IndexOf($"| [{(layer is "Function" or "Program" ? $"{layer}.cs" : layer)}]", StringComparison.Ordinal));
        Assert.That(places, Is.Ordered.And.All.Positive);
    }

    private static IEnumerable<string> AboveIn(SourceFile file) =>
    [
        .. Namespace().Matches(file.Code)
            .Where(layer => Array.IndexOf(Layers, layer.Groups[1].Value) > file.Layer)
            .Select(layer => layer.Value),
        .. Name().Matches(file.Code).Select(name => name.Value).Distinct()
            .Where(name => Declared.TryGetValue(name, out var layer) && layer > file.Layer),
    ];

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\bKeyRotation\.([A-Z]\w*)")]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\b[A-Z]\w*")]
    private static partial Regex Name();

    [GeneratedRegex(@"\b(?:class|record struct|record|struct|enum|interface|delegate [\w<>]+) ([A-Z]\w*)")]
    private static partial Regex Declaration();

    internal sealed record SourceFile(string Path, string Text)
    {
        public int Layer { get; } = Array.IndexOf(Layers, Path.Split('/') is [var folder, _, ..] ? folder : Path == "Program.cs" ? "Program" : "Function");

        public string Code { get; } = Comment().Replace(Text, "");

        public override string ToString() => Path;
    }
}
