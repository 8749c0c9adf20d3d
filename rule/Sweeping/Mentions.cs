namespace KeyRotation.Sweeping;

/// <summary>Counts all, and names the first few: an error message that names 100,000 keys would not be delivered.</summary>
internal sealed class Mentions
{
    private const int Named = 5;

    private readonly Lock gate = new();
    private readonly List<string> names = [];

    public int Count { get; private set; }

    public void Add(string name)
    {
        lock (gate)
        {
            if (Count++ < Named) names.Add(name);
        }
    }

    public override string ToString() => string.Join(", ", names) + (Count > Named ? $" and {Count - Named} more" : "");
}
