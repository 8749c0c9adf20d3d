using System.Globalization;
using System.Text.Json;

namespace KeyRotation.Audit.Reports;

/// <summary>
/// The keys in the form that the page's script reads: each text once, and rows of indexes into the texts, because 20,000 keys share most of
/// them. The encoder of AuditJson escapes &lt;, &gt; and &amp;, so nothing in the data can end the script element that contains it.
/// </summary>
internal sealed record PageData(IEnumerable<string> Columns, IEnumerable<int?[]> Rows, IEnumerable<string> Texts)
{
    private static readonly (string Name, Func<KeyRow, string?> Value)[] Cells =
    [
        ("verdict", key => key.Verdict.Name()),
        ("account", key => key.AccountId),
        ("region", key => key.Region),
        ("id", key => key.KeyId),
        ("arn", key => key.Arn),
        ("alias", key => key.Aliases is [var alias, ..] ? alias : null),
        ("aliases", key => key.Aliases.Count > 1 ? string.Join(", ", key.Aliases) : null),
        ("description", key => key.Description),
        ("reason", key => Reasons.Of(key.Scenario)),
        ("finding", key => key.Finding),
        ("step", key => key.NextStep),
        ("rotation", key => key.RotationEnabled is { } enabled ? enabled ? "true" : "false" : null),
        ("period", key => key.RotationPeriodInDays?.ToString(CultureInfo.InvariantCulture)),
        ("next", key => Day(key.NextRotationDate)),
        ("rotated", key => Day(key.LastRotationDate)),
        ("rotationType", key => key.LastRotationType),
        ("rotations", key => key.Rotations?.ToString(CultureInfo.InvariantCulture)),
        ("material", key => key.CurrentKeyMaterialId),
        ("since", key => key.RotatedSinceBaseline is { } rotated ? rotated ? "rotated since then" : "not rotated since then" : null),
        ("use", key => key.LastUse?.Sentence),
        ("state", key => key.KeyState),
        ("spec", key => key.KeySpec),
        ("origin", key => key.Origin),
        ("multiRegion", key => key.PrimaryKeyArn is null ? key.MultiRegionKeyType : $"{key.MultiRegionKeyType} of {key.PrimaryKeyArn}"),
        ("created", key => Day(key.CreationDate)),
        ("tags", key => key.Tags is { Count: > 0 } tags ? string.Join("\n", tags.Select(tag => $"{tag.Key} = {tag.Value}")) : null),
    ];

    public static string Of(IEnumerable<KeyRow> keys)
    {
        var texts = new OrderedDictionary<string, bool>();
        var rows = keys.Select(key => Array.ConvertAll(Cells, cell => PlaceOf(cell.Value(key)))).ToList();
        return JsonSerializer.Serialize(new(Cells.Select(cell => cell.Name), rows, texts.Keys), AuditJson.Default.PageData);

        int? PlaceOf(string? text)
        {
            if (text is null) return null;
            texts.TryAdd(text, true, out var place);
            return place;
        }
    }

    private static string? Day(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
