namespace KeyRotation.Local;

/// <summary>The result of one event.</summary>
/// <param name="Verdict">A compliance type, or one of <see cref="Verdicts"/>.</param>
/// <param name="Code">Letter of the scenario, or number of the problem.</param>
/// <param name="Annotation">The reported annotation, the totals of a sweep, or the problem.</param>
/// <param name="Difference">How the result differs from the expected one; null if it does not.</param>
/// <param name="NotChecked">Why the event could not be sent to the function; null if it was sent.</param>
/// <param name="Note">What was assumed about the key.</param>
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
    /// <summary>Whether the event is not a sample, so that it has no expected verdict.</summary>
    public bool IsOwn => Sample.Expected is null;
}

/// <summary>The cost of one sweep of the generated account.</summary>
/// <param name="Difference">How the result differs from the expected one; null if it does not.</param>
internal sealed record SweepRow(
    int Sweep, int Keys, int KmsCalls, int PutEvaluationsCalls, int Evaluations, TimeSpan Duration, string? Difference);
