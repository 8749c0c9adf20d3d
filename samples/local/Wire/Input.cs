using System.Globalization;
using System.Text.Json;

namespace KeyRotation.Local;

/// <summary>The body of a JSON request, read as strictly as AWS reads it.</summary>
/// <remarks>
/// In one thing it is stricter: AWS overlooks members that its model does not have; here they are refused, because in a client they are a misspelt name.
/// </remarks>
internal readonly struct Input
{
    private readonly JsonElement json;
    private readonly string path;

    private Input(JsonElement json, string path)
    {
        this.json = json;
        this.path = path;
    }

    public static Input Parse(JsonDocument document, params ReadOnlySpan<string> members) => Of(document.RootElement, "", members);

    public string? Text(string name, int min = 1, int max = int.MaxValue)
    {
        if (Member(name) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.String) throw WrongType(name, "string");
        var text = value.GetString()!;
        if (text.Length < min) throw AwsError.Constraint(Path(name), text, $"Member must have length greater than or equal to {min}");
        if (text.Length > max) throw AwsError.Constraint(Path(name), text, $"Member must have length less than or equal to {max}");
        return text;
    }

    public string RequiredText(string name, int min = 1, int max = int.MaxValue) => Text(name, min, max) ?? throw AwsError.Missing(Path(name));

    public int? Number(string name, int min, int max)
    {
        if (Member(name) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var number)) throw WrongType(name, "integer");
        if (number < min) throw AwsError.Constraint(Path(name), number.ToString(CultureInfo.InvariantCulture), $"Member must have value greater than or equal to {min}");
        if (number > max) throw AwsError.Constraint(Path(name), number.ToString(CultureInfo.InvariantCulture), $"Member must have value less than or equal to {max}");
        return number;
    }

    public bool? Flag(string name) => Member(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw WrongType(name, "boolean"),
    };

    /// <summary>Epoch seconds, with or without a fraction.</summary>
    public DateTimeOffset? Time(string name) => Member(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value => DateTimeOffset.UnixEpoch.AddTicks((long)(value.GetDecimal() * TimeSpan.TicksPerSecond)),
        _ => throw WrongType(name, "timestamp"),
    };

    public string? Enum(string name, params string[] values)
    {
        var text = Text(name);
        if (text is not null && !values.Contains(text))
            throw AwsError.Constraint(Path(name), text, $"Member must satisfy enum value set: [{string.Join(", ", values)}]");
        return text;
    }

    public IReadOnlyList<Input>? Objects(string name, params string[] members)
    {
        if (Member(name) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array) throw WrongType(name, "list");
        var items = new List<Input>(value.GetArrayLength());
        foreach (var item in value.EnumerateArray()) items.Add(Of(item, $"{Path(name)}.{items.Count + 1}.member", members));
        return items;
    }

    public IReadOnlyList<string>? Texts(string name, params string[] values)
    {
        if (Member(name) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array) throw WrongType(name, "list");
        var items = new List<string>();
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String) throw WrongType(name, "list of strings");
            items.Add(item.GetString()!);
            if (!values.Contains(items[^1])) throw AwsError.Constraint(Path(name), items[^1], $"Member must satisfy constraint: [Member must satisfy enum value set: [{string.Join(", ", values)}]]");
        }

        return items;
    }

    private static Input Of(JsonElement json, string path, ReadOnlySpan<string> members)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new AwsError("SerializationException", "Start of structure or map found where not expected.");
        foreach (var member in json.EnumerateObject())
        {
            if (!members.Contains(member.Name)) throw new AwsError("SerializationException", $"The local AWS knows no member '{member.Name}' in '{path}'.");
        }

        return new(json, path);
    }

    private JsonElement? Member(string name) => json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private string Path(string name)
    {
        var camel = char.ToLowerInvariant(name[0]) + name[1..];
        return path.Length == 0 ? camel : $"{path}.{camel}";
    }

    private AwsError WrongType(string name, string type) => new("SerializationException", $"{Path(name)} can not be converted to {type}.");
}
