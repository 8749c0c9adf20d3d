using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.Lambda.ConfigEvents;
using KeyRotation.Tests.Reading;

namespace KeyRotation.Tests.Samples;

/// <summary>One file of samples/events; its folder is the expected verdict.</summary>
internal sealed record Sample(string Folder, string FileName, string Text)
{
    public const string Rejected = "rejected";

    /// <summary>All that have a verdict.</summary>
    public static IReadOnlyList<Sample> All { get; } = [.. In("compliant"), .. In("non-compliant"), .. In("not-applicable"), .. In(Rejected)];

    public static IReadOnlyList<Sample> Sweeps { get; } = In("sweep");

    public static IEnumerable<Sample> Judged => All.Where(sample => sample.Folder != Rejected);

    /// <summary>Each notification that is JSON at all.</summary>
    public static IEnumerable<(Sample Sample, JsonNode Notification)> Notifications =>
        from sample in All.Concat(Sweeps)
        let notification = sample.Notification()
        where notification is not null
        select (sample, notification);

    /// <summary>Each configuration item of a notification; the summary of an oversized one has less.</summary>
    public static IEnumerable<(Sample Sample, JsonObject Item)> Items =>
        from row in Notifications
        let item = row.Notification["configurationItem"] ?? row.Notification["configurationItemSummary"]
        where item is not null
        select (row.Sample, item.AsObject());

    public string FilePath => Path.Combine(FolderPath(Folder), FileName);

    /// <summary>As the function reads it.</summary>
    public ConfigEvent Event => Events.Of(Text);

    public override string ToString() => $"{Folder}/{FileName}";

    private JsonNode? Notification()
    {
        try
        {
            return JsonNode.Parse(Event.InvokingEvent ?? "null");
        }
        catch (Exception e) when ((e is ProblemException or JsonException) && Folder == Rejected)
        {
            return null;
        }
    }

    private static Sample[] In(string folder) =>
    [
        .. Directory.GetFiles(FolderPath(folder)).Order(StringComparer.Ordinal)
            .Select(path => new Sample(folder, Path.GetFileName(path), File.ReadAllText(path))),
    ];

    private static string FolderPath(string folder) => Repository.PathOf("samples", "events", folder);
}
