using System.Globalization;

namespace KeyRotation.Tests.Fuzzing;

/// <summary>
/// The number of inputs, and which ones: input n of a seed is always the same. FUZZ_SEED is 1 by default, so that a build fails only
/// because of its own changes; FUZZ_SEED=$RANDOM tests other inputs. FUZZ_EVENTS, FUZZ_INVOCATIONS and FUZZ_HISTORIES set the number of
/// inputs. FUZZ_INPUT repeats a single input.
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

    public string Replay(int input) => $"To repeat it: FUZZ_SEED={Seed} FUZZ_INPUT={input}. ";

    // Not HashCode.Combine, whose results differ between processes.
    private static int HashOf(int seed, int input) => unchecked((seed * 16777619) ^ (input * (int)2654435769));

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
