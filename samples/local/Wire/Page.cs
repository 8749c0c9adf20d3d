using System.Text;
using System.Text.Json.Nodes;

namespace KeyRotation.Local;

/// <summary>
/// One page of a KMS list. The marker is the name of the last item, so an item that is added or removed between two pages does not shift
/// the others.
/// </summary>
internal static class Page
{
    private const string Prefix = "after:";

    /// <param name="member">Name of the list in the response.</param>
    /// <param name="items">The items, in ordinal order of their names.</param>
    /// <param name="usual">Page size if the request has no limit.</param>
    public static JsonObject Of<T>(
        Input input, string member, IEnumerable<T> items, Func<T, string> name, Func<T, JsonObject> write, int most, int usual)
    {
        var limit = input.Number("Limit", 1, most) ?? usual;
        if (input.Text("Marker", 1, 1024) is { } marker)
        {
            var last = LastName(marker);
            items = items.SkipWhile(item => string.CompareOrdinal(name(item), last) <= 0);
        }

        var rest = items.Take(limit + 1).ToList();
        var isTruncated = rest.Count > limit;
        return new JsonObject
        {
            [member] = Json.Array(rest.Take(limit).Select(write)),
            ["Truncated"] = isTruncated,
            ["NextMarker"] = isTruncated ? Opaque(Prefix + name(rest[limit - 1])) : null,
        }.WithoutNulls();
    }

    /// <summary>Encodes a marker or token, so that clients treat it as opaque.</summary>
    public static string Opaque(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>Decodes a marker or token; null if it is not valid Base64.</summary>
    public static string? Read(string opaque)
    {
        var bytes = new byte[opaque.Length];
        return Convert.TryFromBase64String(opaque, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }

    private static string LastName(string marker) =>
        Read(marker) is { } text && text.StartsWith(Prefix, StringComparison.Ordinal)
            ? text[Prefix.Length..]
            : throw new AwsError("InvalidMarkerException", "The marker is not valid.");
}
