namespace KeyRotation.Audit.Reports;

/// <summary>A report in a file; the file's extension says which kind.</summary>
internal static class Output
{
    public const string Valid = ".html, .csv, .json or .ocsf.json";

    private static readonly (string Extension, Func<AuditReport, Stream, Task> WriteAsync)[] Kinds =
    [
        (".ocsf.json", OcsfReport.WriteAsync),
        (".json", JsonReport.WriteAsync),
        (".csv", CsvReport.WriteAsync),
        (".html", HtmlReport.WriteAsync),
    ];

    public static bool IsKnown(string path) => Array.Exists(Kinds, kind => Has(path, kind.Extension));

    /// <summary>The file is there when it is whole, and an older one until then.</summary>
    public static async Task WriteAsync(AuditReport report, string path)
    {
        var unfinished = path + ".unfinished";
        await using (var stream = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 65536, useAsync: true))
            await Array.Find(Kinds, kind => Has(path, kind.Extension)).WriteAsync(report, stream);
        File.Move(unfinished, path, overwrite: true);
    }

    private static bool Has(string path, string extension) => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}
