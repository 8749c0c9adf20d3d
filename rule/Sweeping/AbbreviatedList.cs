using System.Collections.Immutable;

namespace KeyRotation.Sweeping;

/// <summary>Counts all names, and keeps the first few: an error message that names 100,000 keys would not be delivered.</summary>
internal sealed record AbbreviatedList
{
    private const int MaxNames = 5;

    public static readonly AbbreviatedList Empty = new();

    private ImmutableList<string> Names { get; init; } = [];

    public int Count { get; private init; }

    public AbbreviatedList Plus(string name) => this with { Count = Count + 1, Names = Count < MaxNames ? Names.Add(name) : Names };

    public override string ToString() => string.Join(", ", Names) + (Count > MaxNames ? $" and {Count - MaxNames} more" : "");
}
