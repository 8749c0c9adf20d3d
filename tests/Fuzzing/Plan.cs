using System.Globalization;

namespace KeyRotation.Tests.Fuzzing;

/// <summary>
/// How many inputs are tried, and which: input n of a seed is the same every time. FUZZ_SEED is 1, so that a build fails for what was
/// changed in it; FUZZ_SEED=$RANDOM looks elsewhere, with FUZZ_EVENTS, FUZZ_INVOCATIONS and FUZZ_HISTORIES for more. FUZZ_INPUT plays one
/// again.
/// </summary>
internal sealed record Plan(int Seed, int First, int Count)
{
    public static Plan Of(string variable, int count)
    {
        var first = Number("FUZZ_INPUT");
        return new(Number("FUZZ_SEED") ?? 1, first ?? 0, first is null ? Number(variable) ?? count : 1);
    }

    public IEnumerable<int> Inputs => Enumerable.Range(First, Count);

    public Random RandomOf(int input) => new(HashOf(Seed, input));

    public string Replay(int input) => $"Again with FUZZ_SEED={Seed} FUZZ_INPUT={input}. ";

    // Not HashCode.Combine, which is another one in every process.
    private static int HashOf(int seed, int input) => unchecked((seed * 16777619) ^ (input * (int)2654435769));

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
