namespace KeyRotation.Local;

/// <summary>What came of one event.</summary>
/// <param name="Verdict">A compliance type, or one of <see cref="Verdicts"/>.</param>
/// <param name="Code">The scenario's letter, or the problem's number.</param>
/// <param name="Annotation">What was reported, or the problem.</param>
/// <param name="Difference">How it is not as it should be.</param>
/// <param name="NotChecked">Why nothing can be said of it.</param>
/// <param name="Note">What was assumed.</param>
internal sealed record Row(
    SampleFile Sample,
    string? Verdict = null,
    string? Code = null,
    string? Annotation = null,
    TimeSpan Duration = default,
    string? Difference = null,
    string? NotChecked = null,
    string? Note = null)
{
    /// <summary>Nothing is expected of a file that is not a sample.</summary>
    public bool IsOwn => Sample.Expected is null;
}

/// <summary>What one sweep of the made-up account cost.</summary>
/// <param name="Difference">How it is not as it should be.</param>
internal sealed record SweepRow(
    int Sweep, int Keys, int KmsCalls, int PutEvaluationsCalls, int Evaluations, TimeSpan Duration, string? Difference);
