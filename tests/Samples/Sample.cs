using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.Lambda.ConfigEvents;
using KeyRotation.Tests.Reading;

namespace KeyRotation.Tests.Samples;

/// <summary>One file in samples/events. Its folder names the expected verdict.</summary>
internal sealed record Sample(string Folder, string FileName, string Text)
{
    public const string Rejected = "rejected";

    /// <summary>All samples of a single event: those with a verdict, and those that are rejected.</summary>
    public static IReadOnlyList<Sample> All { get; } = [.. In("compliant"), .. In("non-compliant"), .. In("not-applicable"), .. In(Rejected)];

    public static IReadOnlyList<Sample> Sweeps { get; } = In("sweep");

    public static IEnumerable<Sample> Judged => All.Where(sample => sample.Folder != Rejected);

    /// <summary>Each notification that is valid JSON.</summary>
    public static IEnumerable<(Sample Sample, JsonNode Notification)> Notifications =>
        from sample in All.Concat(Sweeps)
        let notification = sample.Notification()
        where notification is not null
        select (sample, notification);

    /// <summary>The configuration item of each notification. An oversized notification has a summary with fewer fields instead.</summary>
    public static IEnumerable<(Sample Sample, JsonObject Item)> Items =>
        from row in Notifications
        let item = row.Notification["configurationItem"] ?? row.Notification["configurationItemSummary"]
        where item is not null
        select (row.Sample, item.AsObject());

    public string FilePath => Path.Combine(FolderPath(Folder), FileName);

    /// <summary>The event as the function reads it.</summary>
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
