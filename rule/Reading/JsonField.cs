using System.Globalization;
using System.Text;
using System.Text.Json;
using KeyRotation.Core;

namespace KeyRotation.Reading;

/// <summary>
/// One field of a JSON text, with its path: a missing or wrong value becomes a numbered problem that names it.
/// An absent field and a null field are the same: AWS Config writes both.
/// </summary>
internal readonly record struct JsonField(string Path, JsonElement? Json)
{
    /// <summary>
    /// The fields whose value a problem may show: they identify the message, the sender and the resource, and hold no secret.
    /// </summary>
    private static readonly HashSet<string> Quotable =
    [
        "accountId", "awsAccountId", "awsRegion", "configurationItemCaptureTime", "configurationItemStatus", "messageType",
        "notificationCreationTime", "resourceId", "resourceType",
    ];

    public bool IsAbsent => Json is null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined };

    /// <summary>The value of a string; an empty one counts as absent.</summary>
    public string? Text => !IsAbsent && Unescaped(Is(JsonValueKind.String, "a string")) is { Length: > 0 } text ? text : null;

    public string RequiredText => Text ?? throw Problem("a non-empty string");

    /// <summary>A Boolean, or its string form: the history API writes <c>"false"</c>.</summary>
    public bool? Flag
    {
        get
        {
            const string valid = "true or false";
            return Decode(valid) switch
            {
                { IsAbsent: true } => null,
                { Json.ValueKind: JsonValueKind.True } => true,
                { Json.ValueKind: JsonValueKind.False } => false,
                _ => throw Problem(valid),
            };
        }
    }

    /// <summary>
    /// A time of day without a date is not valid: .NET must not add today's date. DateTime has a style for that, DateTimeOffset does not.
    /// </summary>
    private const DateTimeStyles TimeStyles =
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.NoCurrentDateDefault;

    public DateTimeOffset? Time => IsAbsent ? null : ReadableTime ?? throw Problem("a time: an ISO 8601 string or epoch milliseconds");

    /// <summary>ISO 8601, or epoch milliseconds: KMS items have been recorded with both. Any other value counts as absent.</summary>
    public DateTimeOffset? ReadableTime
    {
        get
        {
            // The bounds keep every sum with a time in range. KMS exists since 2014.
            var time = Json switch
            {
                { ValueKind: JsonValueKind.Number } number when number.TryGetDecimal(out var milliseconds)
                    && milliseconds is >= 0 and < 32503680000000 && decimal.IsInteger(milliseconds) =>
                        DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds),
                { ValueKind: JsonValueKind.String } text when DateTime.TryParse(
                    Unescape(text), CultureInfo.InvariantCulture, TimeStyles, out var parsed) => new DateTimeOffset(parsed),
                _ => default,
            };
            return time.Year is >= 1970 and < 3000 ? time : null;
        }
    }

    /// <summary>The same field, with JSON that was encoded as a string (once or more, as in the history API) decoded.</summary>
    public JsonField Decoded => Decode("complete, valid JSON");

    /// <summary>A name that appears twice is a problem. Only the names that are read are checked.</summary>
    public JsonField this[string name]
    {
        get
        {
            var path = $"{Path}.{name}";
            if (IsAbsent) return new(path, Json: null);
            try
            {
                JsonElement? found = null;
                var utf8Name = Encoding.UTF8.GetBytes(name);
                foreach (var property in Is(JsonValueKind.Object, "an object").EnumerateObject())
                {
                    if (!property.NameEquals(utf8Name)) continue;
                    if (found is not null) throw new ProblemException(ProblemNumber.EventField, $"{path} appears twice; it may appear only once.");
                    found = property.Value;
                }

                return new(path, found);
            }
            catch (InvalidOperationException)
            {
                // Half a surrogate pair, such as "\ud800".
                throw Problem("an object whose names are valid Unicode");
            }
        }
    }

    public IEnumerable<JsonField> Items
    {
        get
        {
            var (path, json) = this;
            return IsAbsent ? [] : Is(JsonValueKind.Array, "a list").EnumerateArray().Select((value, index) => new JsonField($"{path}[{index}]", value));
        }
    }

    public static JsonField Parse(string path, string json)
    {
        try
        {
            return new(path, JsonElement.Parse(json));
        }
        catch (JsonException e)
        {
            throw new ProblemException(ProblemNumber.EventField, $"{path} must be complete, valid JSON: {Core.Problem.PlaceOf(e)}.");
        }
    }

    public ProblemException Problem(string valid) => new(ProblemNumber.EventField, $"{Path} is {Found}; it must be {valid}.");

    /// <summary>
    /// The value found, for a problem. The value itself is shown only in a field that holds no secret: an event also has a result token and
    /// key policies, and a malformed event may have them in any other field.
    /// </summary>
    private string Found => Json?.ValueKind switch
    {
        null or JsonValueKind.Null or JsonValueKind.Undefined => "missing",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ when Quotable.Contains(Path[(Path.LastIndexOf('.') + 1)..]) => SingleLine.Cut(Json.Value.GetRawText()),
        JsonValueKind.Number => "a number",
        _ => "a string",
    };

    private JsonField Decode(string valid)
    {
        var decoded = this;
        while (decoded.Json is { ValueKind: JsonValueKind.String } text)
        {
            try
            {
                decoded = Parse(Path, Unescaped(text));
            }
            catch (ProblemException)
            {
                throw decoded.Problem(valid);
            }
        }

        return decoded;
    }

    private string Unescaped(JsonElement text) => Unescape(text) ?? throw Problem("Unicode text");

    private static string? Unescape(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, such as "\ud800".
            return null;
        }
    }

    private JsonElement Is(JsonValueKind kind, string valid) => Json!.Value.ValueKind == kind ? Json.Value : throw Problem(valid);
}
