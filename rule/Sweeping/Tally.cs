using KeyRotation.Core;

namespace KeyRotation.Sweeping;

/// <summary>The work of an invocation in numbers, and its problems.</summary>
internal sealed record Tally
{
    public static readonly Tally Nothing = new();

    public VerdictCounts Verdicts { get; init; } = VerdictCounts.None;

    /// <summary>Evaluations that AWS Config accepted.</summary>
    public int Reported { get; init; }

    /// <summary>Keys whose evaluation was not sent, because AWS Config holds it already.</summary>
    public int Unchanged { get; init; }

    /// <summary>Stale results withdrawn.</summary>
    public int Withdrawn { get; init; }

    public int KeysListed { get; init; }

    /// <summary>Keys that were not judged because time ran out.</summary>
    public int KeysLeft { get; init; }

    /// <summary>
    /// The sweep saw every key of the account, and could judge some. Otherwise its counts of verdicts are not the account's.
    /// </summary>
    public bool IsComplete { get; init; }

    public IReadOnlyList<Problem> Problems { get; init; } = [];
}
