using KeyRotation.Core;

namespace KeyRotation.Sweeping;

/// <summary>The results of the steps of a sweep.</summary>
/// <param name="ReadingFailure">Why the existing results are not complete, or null.</param>
internal sealed record SweepReport(KeyScanReport Scan, ReadFailure? ReadingFailure, ComparisonReport Comparison, ReportingReport Reporting)
{
    public IReadOnlyList<Problem> Problems => [.. FindProblems()];

    /// <summary>Keys that KMS listed, and those of results that it did not list.</summary>
    private int Keys => Scan.Listed + Comparison.Unlisted;

    private int Left => Keys - Comparison.Done;

    /// <param name="more">An additional problem, or null.</param>
    public Tally Tally(Problem? more = null) => new()
    {
        Verdicts = Comparison.Verdicts,
        Reported = Reporting.Accepted,
        Unchanged = Comparison.Unchanged,
        Withdrawn = Comparison.Withdrawn,
        KeysListed = Scan.Listed,
        KeysLeft = Left,
        IsComplete = Scan.ListingFailure is null && Left == 0 && (Scan.Listed == 0 || Comparison.Unjudged.Count < Scan.Listed),
        Problems = more is null ? Problems : [.. Problems, more],
    };

    private IEnumerable<Problem> FindProblems()
    {
        if (Comparison.Unjudged is { Count: > 0 } unjudged)
            yield return new(ProblemNumber.KeysNotJudged, $"{unjudged.Count} of {Keys} keys could not be judged: {unjudged}. The keys that could be judged are reported.");
        if (Reporting.Rejected is { Count: > 0 } rejected)
            yield return new(ProblemNumber.EvaluationsNotAccepted, $"AWS Config did not accept {rejected.Count} of the evaluations ({Reporting.Cause}): {rejected}.");
        if (Scan.ListingFailure is { } listing)
            yield return new(ProblemNumber.KeysNotListed, $"ListKeys stopped after {Keys} keys ({listing.Sentence}); stale results are kept until it completes.");
        if (ReadingFailure is { } reading)
            yield return new(ProblemNumber.ResultsNotRead, $"GetComplianceDetailsByConfigRule stopped ({reading.Sentence}); stale results are kept until it completes.");
        if (Left > 0)
        {
            yield return new(ProblemNumber.OutOfTime, $"Time ran out with {Left} of {Keys} keys left. Known results are reported, and the next sweep starts with other keys. "
                + ((Comparison.WaitedFor ?? Scan.WaitedFor) is { } waitedFor ? $"The last call that waited: {waitedFor.TrimEnd('.')}. " : "")
                + "Raise SweepParallelism or SweepQuotaPercent in the function's stack, or Timeout if it is below 900 seconds.");
        }
    }
}
