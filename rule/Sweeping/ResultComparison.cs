using System.Threading.Channels;
using Amazon.ConfigService.Model;
using KeyRotation.Aws;
using KeyRotation.Core;

namespace KeyRotation.Sweeping;

/// <summary>
/// Compares judged keys with the results that AWS Config holds, one after the other, and passes on the evaluations that it does not have
/// yet.
/// </summary>
/// <param name="evaluations">Receives the evaluations to report.</param>
/// <param name="stopAsking">Ends the stack lookups, so that there is time to report.</param>
internal sealed class ResultComparison(
    ExistingResults existing,
    RuleParameters parameters,
    DateTimeOffset creationTime,
    StackLookup stacks,
    ChannelWriter<Evaluation> evaluations,
    CancellationToken stopAsking,
    CancellationToken stop)
{
    private readonly List<Task<Outcome>> lookups = [];
    private VerdictCounts verdicts = VerdictCounts.None;
    private AbbreviatedList unjudged = AbbreviatedList.Empty;
    private int unchanged;
    private int withdrawn;

    private enum Outcome
    {
        HandedOn,
        Unchanged,

        /// <summary>Time ran out before the evaluation was passed on.</summary>
        Left,
    }

    /// <summary>Keys and stale results that were compared, including those whose owner is still being looked up.</summary>
    public int Compared { get; private set; }

    public async Task CompareAsync(JudgedKey judged)
    {
        var (verdict, key) = judged;
        var held = existing.Take(key.KeyId);
        verdicts = verdicts.Plus(verdict);
        if (verdict is Verdict.Unreadable) unjudged = unjudged.Plus($"{key.KeyId} ({verdict.Finding.TrimEnd('.')})");

        var difference = Comparison.Of(verdict, key, held, existing.IsComplete, parameters);
        if (difference is Difference.None)
            unchanged += verdict is Verdict.Unreadable ? 0 : 1;
        else
            await HandOnAsync(judged, difference is Difference.Owner ? held : null);
        Compared++;
    }

    /// <summary>Withdraws the result of a resource that no longer exists.</summary>
    public async Task WithdrawAsync(string resourceType, string resourceId)
    {
        await evaluations.WriteAsync(KeyEvaluation.Withdrawal(resourceType, resourceId, creationTime), stop);
        withdrawn++;
        Compared++;
    }

    public async Task<ComparisonReport> EndAsync()
    {
        var outcomes = (await Task.WhenAll(lookups)).CountBy(outcome => outcome).ToDictionary();
        return new(
            verdicts,
            unjudged,
            unchanged + outcomes.GetValueOrDefault(Outcome.Unchanged),
            withdrawn,
            Compared - outcomes.GetValueOrDefault(Outcome.Left));
    }

    /// <summary>No key waits for the owner of another one; later sweeps look up the owners that this sweep did not reach.</summary>
    /// <param name="held">A result that misses only the owner, and is sent again only if the owner is known now; otherwise null.</param>
    private async Task HandOnAsync(JudgedKey judged, ExistingResult? held)
    {
        var owner = stacks.OwnerAsync(judged.Verdict, judged.Key, stopAsking);
        if (!owner.IsCompleted)
            lookups.Add(HandOnWithOwnerAsync(judged, held, owner));
        else if (EvaluationOf(judged, await owner) is var evaluation && IsHeld(evaluation, held))
            unchanged++;
        else
            await evaluations.WriteAsync(evaluation, stop);
    }

    private async Task<Outcome> HandOnWithOwnerAsync(JudgedKey judged, ExistingResult? held, Task<StackOwner> owner)
    {
        try
        {
            var evaluation = EvaluationOf(judged, await owner);
            if (IsHeld(evaluation, held)) return Outcome.Unchanged;
            await evaluations.WriteAsync(evaluation, stop);
            return Outcome.HandedOn;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Outcome.Left;
        }
    }

    private Evaluation EvaluationOf(JudgedKey judged, StackOwner owner) =>
        KeyEvaluation.Of(judged.Verdict, judged.Key, parameters, owner, creationTime);

    private static bool IsHeld(Evaluation evaluation, ExistingResult? held) =>
        held == ExistingResult.Of(evaluation.ComplianceType?.Value ?? "", evaluation.Annotation ?? "");
}

/// <summary>The result of the comparison.</summary>
/// <param name="Unjudged">The keys without a verdict, with the cause.</param>
/// <param name="Unchanged">Keys whose result AWS Config already holds, or does not keep.</param>
/// <param name="Withdrawn">Stale results that are to be withdrawn.</param>
/// <param name="Done">Keys and stale results that were processed; the rest are left.</param>
internal sealed record ComparisonReport(VerdictCounts Verdicts, AbbreviatedList Unjudged, int Unchanged, int Withdrawn, int Done)
{
    /// <summary>Results of keys that KMS did not list.</summary>
    public int Unlisted { get; init; }

    /// <summary>What a key of such a result was waiting for, or null.</summary>
    public string? WaitedFor { get; init; }
}
