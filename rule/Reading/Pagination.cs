using System.Diagnostics.CodeAnalysis;

namespace KeyRotation.Reading;

/// <summary>The pages of one list so far. One that comes back to a marker, or to what it has listed, goes in circles and would never end.</summary>
internal sealed class Pagination
{
    /// <summary>AWS may answer an empty page and go on, but not for ever.</summary>
    private const int MaxEmpty = 1000;

    private readonly HashSet<string> markers = [];
    private int empty;

    /// <summary>Whether to ask for the next page. An empty marker would start over.</summary>
    /// <param name="marker">What the page says to go on with.</param>
    /// <param name="listed">How many entries the page has. AWS may answer an empty page and go on.</param>
    /// <param name="news">How many of them no page before it had.</param>
    public bool GoOn([NotNullWhen(true)] string? marker, int listed, int news) =>
        marker is { Length: > 0 } && markers.Add(marker) && (news > 0 || (listed == 0 && ++empty <= MaxEmpty));
}
