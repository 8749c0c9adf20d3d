using System.Security.Cryptography;
using System.Text;

namespace KeyRotation.Audit.Reports;

/// <summary>Writes reports to files, whose extensions select the format, or to standard output.</summary>
internal static class Output
{
    public const string Valid = ".html, .csv, .json, .ocsf.json, .junit.xml or .md";

    private static readonly (string Name, string Extension, Func<AuditReport, Stream, Task> WriteAsync)[] Kinds =
    [
        ("ocsf", ".ocsf.json", OcsfReport.WriteAsync),
        ("json", ".json", JsonReport.WriteAsync),
        ("csv", ".csv", CsvReport.WriteAsync),
        ("html", ".html", HtmlReport.WriteAsync),
        ("junit", ".junit.xml", JUnitReport.WriteAsync),
        ("markdown", ".md", MarkdownReport.WriteAsync),
    ];

    public static string[] Names => Array.ConvertAll(Kinds, kind => kind.Name);

    public static bool IsKnown(string path) => path == "-" || Array.Exists(Kinds, kind => Has(path, kind.Extension));

    /// <summary>Checks before the audit that a report can be written, so that an audit of an hour does not fail at its end.</summary>
    /// <exception cref="UsageException">The file cannot be written.</exception>
    public static void CheckWritable(string path)
    {
        if (path == "-") return;
        if (Directory.Exists(path)) throw new UsageException($"--output: '{path}' is a folder.");
        try
        {
            using (File.Create(Unfinished(path))) { }
            File.Delete(Unfinished(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new UsageException($"--output: '{path}' cannot be written: {e.Message}");
        }
    }

    /// <summary>Writes every report, and next to the first file a manifest of all files, which <c>sha256sum --check</c> reads.</summary>
    /// <returns>One sentence for each file that was written.</returns>
    public static async Task<IReadOnlyList<string>> WriteAsync(AuditReport report, AuditOptions options)
    {
        var sums = new List<(string Path, string Sum)>();
        foreach (var path in options.Outputs)
        {
            if (path != "-")
            {
                sums.Add((path, await ToFileAsync(path, stream => Kind(path).WriteAsync(report, stream))));
                continue;
            }

            await using var output = Console.OpenStandardOutput();
            await Array.Find(Kinds, kind => kind.Name == options.Format).WriteAsync(report, output);
        }

        if (sums is not [var (first, _), ..]) return [];
        var manifest = first[..^Kind(first).Extension.Length] + ".sha256";
        await ToFileAsync(manifest, stream => stream.WriteAsync(Encoding.UTF8.GetBytes(Manifest(report, manifest, sums))).AsTask());
        return [.. sums.Select(file => $"Written: {file.Path} (SHA-256 {file.Sum})"), $"Written: {manifest} (to be checked with sha256sum --check)"];
    }

    /// <summary>Creates or replaces the file only when its content is complete.</summary>
    /// <returns>The SHA-256 of the file.</returns>
    public static async Task<string> ToFileAsync(string path, Func<Stream, Task> writeAsync)
    {
        string sum;
        await using (var stream = new FileStream(
            Unfinished(path), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 65536, useAsync: true))
        {
            await writeAsync(stream);
            stream.Position = 0;
            sum = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream));
        }

        File.Move(Unfinished(path), path, overwrite: true);
        return sum;
    }

    private static string Manifest(AuditReport report, string path, IEnumerable<(string Path, string Sum)> files)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var lines = files.Select(file => $"{file.Sum}  {Path.GetRelativePath(folder, Path.GetFullPath(file.Path))}\n");
        return $"""
            # KMS key rotation audit {report.ProgramVersion}{(report.Demonstration ? ", demonstration: made-up keys" : "")}
            # From {Sentences.Time(report.StartedAt)} to {Sentences.Time(report.FinishedAt)}
            # {report.Evidence?.CallerArn ?? "no caller"}
            # {Sentences.Totals(report)}{(report.Complete ? "" : "; not complete")}
            {string.Concat(lines)}
            """;
    }

    private static (string Name, string Extension, Func<AuditReport, Stream, Task> WriteAsync) Kind(string path) =>
        Array.Find(Kinds, kind => Has(path, kind.Extension));

    private static string Unfinished(string path) => path + ".unfinished";

    private static bool Has(string path, string extension) => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}
