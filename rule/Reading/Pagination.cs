using System.Diagnostics.CodeAnalysis;

namespace KeyRotation.Reading;

/// <summary>The pages of one list so far. A list that repeats a marker, or only repeats entries, would never end.</summary>
internal sealed class Pagination
{
    /// <summary>AWS may return empty pages, but not endlessly.</summary>
    private const int MaxEmpty = 1000;

    private readonly HashSet<string> markers = [];
    private int empty;

    /// <summary>Whether to request the next page. An empty marker would start over.</summary>
    /// <param name="marker">The marker of the next page.</param>
    /// <param name="listed">The number of entries on the page. AWS may return an empty page and continue.</param>
    /// <param name="news">The number of new entries.</param>
    public bool MayContinue([NotNullWhen(true)] string? marker, int listed, int news) =>
        marker is { Length: > 0 } && markers.Add(marker) && (news > 0 || (listed == 0 && ++empty <= MaxEmpty));
}
