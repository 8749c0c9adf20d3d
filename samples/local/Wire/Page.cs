using System.Text;
using System.Text.Json;

namespace KeyRotation.Local;

/// <summary>
/// One page of a KMS listing. The marker is the last item's name, so that what is added or removed between two pages shifts nothing.
/// </summary>
internal static class Page
{
    /// <param name="items">In ordinal order of their names.</param>
    public static Page<T> Of<T>(T[] items, Func<T, string> name, int limit, string? marker)
    {
        var start = 0;
        if (marker is not null)
        {
            var last = Name(marker);
            start = FirstAfter(items, name, last);
        }

        var end = Math.Min(start + limit, items.Length);
        return new(new(items, start, end - start), end < items.Length ? Convert.ToBase64String(Encoding.UTF8.GetBytes("after:" + name(items[end - 1]))) : null);
    }

    private static int FirstAfter<T>(T[] items, Func<T, string> name, string last)
    {
        var (low, high) = (0, items.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (string.CompareOrdinal(name(items[middle]), last) <= 0) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private static string Name(string marker)
    {
        var bytes = new byte[marker.Length];
        if (Convert.TryFromBase64String(marker, bytes, out var length) && Encoding.UTF8.GetString(bytes, 0, length) is var text && text.StartsWith("after:", StringComparison.Ordinal))
            return text["after:".Length..];
        throw new AwsError("InvalidMarkerException", "The marker is not valid.");
    }
}

/// <param name="NextMarker">Null on the last page.</param>
internal sealed record Page<T>(ArraySegment<T> Items, string? NextMarker)
{
    public void WriteEnd(Utf8JsonWriter json)
    {
        json.WriteBoolean("Truncated", NextMarker is not null);
        if (NextMarker is not null) json.WriteString(nameof(NextMarker), NextMarker);
    }
}
