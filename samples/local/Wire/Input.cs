using System.Globalization;
using System.Text.Json;

namespace KeyRotation.Local;

/// <summary>The body of a JSON request, read as strictly as in AWS.</summary>
/// <remarks>
/// It is stricter in one way: AWS ignores members that are not in its service model. Here they are rejected, because a client that sends
/// one has misspelled a name.
/// </remarks>
internal sealed class Input
{
    private readonly JsonElement json;
    private readonly string path;

    /// <param name="members">All members that it can have.</param>
    public Input(JsonElement json, string path, params IEnumerable<string> members)
    {
        if (json.ValueKind != JsonValueKind.Object) throw Unreadable("Start of structure or map found where not expected.");
        if (json.EnumerateObject().Select(member => member.Name).Except(members).FirstOrDefault() is { } unknown)
            throw Unreadable($"The local AWS does not support the member '{unknown}' in '{path}'.");
        (this.json, this.path) = (json, path);
    }

    public static Input Parse(byte[] body, params IEnumerable<string> members)
    {
        try
        {
            return new(JsonElement.Parse(body), "", members);
        }
        catch (JsonException)
        {
            throw Unreadable("The request is not valid JSON.");
        }
    }

    public string? Text(string name, int min = 1, int max = int.MaxValue)
    {
        if (Member(name, "string", JsonValueKind.String)?.GetString() is not { } text) return null;
        CheckRange(name, text, "length", text.Length, min, max);
        return text;
    }

    public string RequiredText(string name, int min = 1, int max = int.MaxValue) =>
        Text(name, min, max) ?? throw AwsError.Missing(Path(name));

    public int? Number(string name, int min, int max)
    {
        if (Member(name, "integer", JsonValueKind.Number) is not { } value) return null;
        if (!value.TryGetInt32(out var number)) throw WrongType(name, "integer");
        CheckRange(name, number.ToString(CultureInfo.InvariantCulture), "value", number, min, max);
        return number;
    }

    public bool? Flag(string name) => Member(name, "boolean", JsonValueKind.True, JsonValueKind.False)?.GetBoolean();

    /// <summary>Epoch seconds, with or without a fraction.</summary>
    public DateTimeOffset? Time(string name) => Member(name, "timestamp", JsonValueKind.Number) is { } seconds
        ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds.GetDecimal() * TimeSpan.TicksPerSecond))
        : null;

    public string? Enum(string name, params string[] values)
    {
        var text = Text(name);
        return text is null || values.Contains(text) ? text : throw AwsError.Constraint(Path(name), text, NotIn(values));
    }

    public IReadOnlyList<Input>? Objects(string name, params string[] members) => Member(name, "list", JsonValueKind.Array) is { } list
        ? [.. list.EnumerateArray().Select((item, index) => new Input(item, $"{Path(name)}.{index + 1}.member", members))]
        : null;

    public IReadOnlyList<string>? Texts(string name, params string[] values)
    {
        if (Member(name, "list", JsonValueKind.Array) is not { } list) return null;
        if (list.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String)) throw WrongType(name, "list of strings");
        var texts = list.EnumerateArray().Select(item => item.GetString()!).ToList();
        return texts.Find(text => !values.Contains(text)) is { } wrong
            ? throw AwsError.Constraint(Path(name), wrong, $"Member must satisfy constraint: [{NotIn(values)}]")
            : texts;
    }

    private JsonElement? Member(string name, string type, params ReadOnlySpan<JsonValueKind> kinds) =>
        !json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : kinds.Contains(value.ValueKind) ? value
        : throw WrongType(name, type);

    private void CheckRange(string name, string value, string measure, int size, int min, int max)
    {
        if (size < min) throw AwsError.Constraint(Path(name), value, $"Member must have {measure} greater than or equal to {min}");
        if (size > max) throw AwsError.Constraint(Path(name), value, $"Member must have {measure} less than or equal to {max}");
    }

    private string Path(string name)
    {
        var camel = char.ToLowerInvariant(name[0]) + name[1..];
        return path.Length == 0 ? camel : $"{path}.{camel}";
    }

    private AwsError WrongType(string name, string type) => Unreadable($"{Path(name)} can not be converted to {type}.");

    private static string NotIn(string[] values) => $"Member must satisfy enum value set: [{string.Join(", ", values)}]";

    private static AwsError Unreadable(string message) => new("SerializationException", message);
}
