namespace KeyRotation.Local;

/// <summary>One event in a file: a sample, or your own.</summary>
/// <param name="Name">Its name in the output.</param>
/// <param name="Expected">The expected verdict, from the folder of a sample; null for your own event.</param>
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

    /// <summary>The samples folder at or above this program, or else at or above the current folder.</summary>
    public static string SamplesFolder { get; } =
        Above(AppContext.BaseDirectory).Concat(Above(Environment.CurrentDirectory))
            .SelectMany(folder => new[] { folder, Path.Combine(folder, "samples") })
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "account.json")) && Directory.Exists(Path.Combine(folder, "events")))
        ?? throw new UsageException("samples/account.json and samples/events were not found above this program or the current folder.");

    public static IEnumerable<string> All => Directory
        .EnumerateFiles(Path.Combine(SamplesFolder, "events"), "*.json", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Above(string path)
    {
        for (var folder = new DirectoryInfo(path); folder is not null; folder = folder.Parent) yield return folder.FullName;
    }
}

/// <summary>The verdicts of the local run. A verdict is a compliance type, or one of these.</summary>
internal static class Verdicts
{
    /// <summary>The invocation failed with a numbered problem, and nothing was reported.</summary>
    public const string Rejected = "rejected";

    /// <summary>The account was swept, so there is no single verdict.</summary>
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
