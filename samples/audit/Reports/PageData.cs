using System.Globalization;
using System.Text;
using System.Text.Json;

namespace KeyRotation.Audit.Reports;

/// <summary>
/// The keys as the page's script wants them: every text once, and rows of numbers that point to texts, since 20,000 keys share most of them.
/// The JSON writer's own encoder leaves no &lt;, &gt; or &amp; in it, so nothing in it can end the script element that carries it.
/// </summary>
internal static class PageData
{
    private static readonly (string Name, Func<KeyRow, string?> Value)[] Columns =
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

    public static string Of(IReadOnlyList<KeyRow> keys)
    {
        var places = new Dictionary<string, int>();
        var texts = new List<string>();
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("columns");
            foreach (var (name, _) in Columns) json.WriteStringValue(name);
            json.WriteEndArray();

            json.WriteStartArray("rows");
            foreach (var key in keys)
            {
                json.WriteStartArray();
                foreach (var (_, value) in Columns)
                {
                    if (value(key) is { } text) json.WriteNumberValue(PlaceOf(text));
                    else json.WriteNullValue();
                }

                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteStartArray("texts");
            foreach (var text in texts) json.WriteStringValue(text);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);

        int PlaceOf(string text)
        {
            if (places.TryGetValue(text, out var place)) return place;
            place = texts.Count;
            places.Add(text, place);
            texts.Add(text);
            return place;
        }
    }

    private static string? Day(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
