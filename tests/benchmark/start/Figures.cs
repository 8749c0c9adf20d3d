namespace KeyRotation.Benchmark;

/// <summary>Measured values of one kind.</summary>
internal sealed class Figures
{
    private readonly List<double> values = [];

    public void Add(double value) => values.Add(value);

    public double Median => At(0.5);

    /// <summary>The middle half: from the first quartile to the third.</summary>
    public (double From, double To) Spread => (At(0.25), At(0.75));

    private double At(double share)
    {
        var sorted = values.Order().ToList();
        var place = share * (sorted.Count - 1);
        var below = sorted[(int)Math.Floor(place)];
        return below + ((sorted[(int)Math.Ceiling(place)] - below) * (place - Math.Floor(place)));
    }
}
