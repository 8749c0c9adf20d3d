using KeyRotation.Core;

namespace KeyRotation.Sweeping;

/// <summary>The results of the steps of a sweep.</summary>
/// <param name="ReadingFailure">Why the existing results are not complete, or null.</param>
internal sealed record SweepReport(KeyScanReport Scan, ReadFailure? ReadingFailure, ComparisonReport Comparison, ReportingReport Reporting)
{
    public IReadOnlyList<Problem> Problems { get; } = [.. ProblemsOf(Scan, ReadingFailure, Comparison, Reporting)];

    private int Left => LeftOf(Scan, Comparison);

    /// <param name="more">One more problem, or none.</param>
    public Tally Tally(Problem? more = null) => new()
    {
        Verdicts = Comparison.Verdicts,
        Reported = Reporting.Accepted,
        Unchanged = Comparison.Unchanged,
        Withdrawn = Comparison.Withdrawn,
        KeysListed = Scan.Listed,
        KeysLeft = Left,
        IsWhole = Scan.ListingFailure is null && Left == 0 && (Scan.Listed == 0 || Comparison.Unjudged.Count < Scan.Listed),
        Problems = more is null ? Problems : [.. Problems, more],
    };

    private static int LeftOf(KeyScanReport scan, ComparisonReport comparison) => scan.Listed + comparison.Unlisted - comparison.Done;

    private static IEnumerable<Problem> ProblemsOf(KeyScanReport scan, ReadFailure? readingFailure, ComparisonReport comparison, ReportingReport reporting)
    {
        var (keys, left) = (scan.Listed + comparison.Unlisted, LeftOf(scan, comparison));
        if (comparison.Unjudged is { Count: > 0 } unjudged)
            yield return new(ProblemNumber.KeysNotJudged, $"{unjudged.Count} of {keys} keys could not be judged: {unjudged}. What could be judged is reported.");
        if (reporting.Rejected is { Count: > 0 } rejected)
            yield return new(ProblemNumber.EvaluationsNotAccepted, $"AWS Config did not accept {rejected.Count} of the evaluations ({reporting.Cause}): {rejected}.");
        if (scan.ListingFailure is { } listing)
            yield return new(ProblemNumber.KeysNotListed, $"ListKeys stopped after {keys} keys ({listing.Sentence}); stale results are kept until a listing is whole.");
        if (readingFailure is { } reading)
            yield return new(ProblemNumber.ResultsNotRead, $"GetComplianceDetailsByConfigRule stopped ({reading.Sentence}); stale results are kept until it is whole.");
        if (left > 0)
        {
            yield return new(ProblemNumber.OutOfTime, $"Time ran out with {left} of {keys} keys left; what is known is reported, and the next sweep starts at other keys. "
                + ((comparison.WaitedFor ?? scan.WaitedFor) is { } waitedFor ? $"The last to wait was {waitedFor.TrimEnd('.')}. " : "")
                + "Raise SweepParallelism or SweepQuotaPercent of the function's stack, or its Timeout where that is below 900 seconds.");
        }
    }
}
