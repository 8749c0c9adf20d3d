namespace KeyRotation.Local;

/// <summary>One event in a file.</summary>
/// <param name="Name">How it is called in the table.</param>
/// <param name="Expected">The expected verdict, if its folder names one.</param>
internal sealed record SampleFile(string Name, string? Expected, string Text, EventFields Event)
{
    public static SampleFile Load(string path)
    {
        var text = File.ReadAllText(path);
        var folder = Path.GetDirectoryName(path)!;
        var expected = Path.GetFileName(Path.GetDirectoryName(folder)) == "events" ? Verdicts.OfFolder(Path.GetFileName(folder)) : null;
        var name = Path.GetFileNameWithoutExtension(path);
        return new(expected is null ? name : $"{Path.GetFileName(folder)}/{name}", expected, text, EventFields.Of(text));
    }

    /// <summary>The samples folder that this program was built in, or that it is called in.</summary>
    public static string SamplesFolder { get; } =
        Above(AppContext.BaseDirectory).Concat(Above(Environment.CurrentDirectory))
            .SelectMany(folder => new[] { folder, Path.Combine(folder, "samples") })
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "account.json")) && Directory.Exists(Path.Combine(folder, "events")))
        ?? throw new UsageException("samples/account.json and samples/events are not found above this program, nor above the current folder.");

    public static IEnumerable<string> All => Directory
        .EnumerateFiles(Path.Combine(SamplesFolder, "events"), "*.json", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Above(string path)
    {
        for (var folder = new DirectoryInfo(path); folder is not null; folder = folder.Parent) yield return folder.FullName;
    }
}

/// <summary>What can come of an event: a compliance type, or one of these.</summary>
internal static class Verdicts
{
    /// <summary>The invocation failed with a numbered problem, and nothing was reported.</summary>
    public const string Rejected = "rejected";

    /// <summary>Every key was judged; there is no one verdict.</summary>
    public const string Swept = "swept";

    public static string? OfFolder(string folder) => folder switch
    {
        "compliant" => "COMPLIANT",
        "non-compliant" => "NON_COMPLIANT",
        "not-applicable" => "NOT_APPLICABLE",
        "rejected" => Rejected,
        "sweep" => Swept,
        _ => null,
    };
}
