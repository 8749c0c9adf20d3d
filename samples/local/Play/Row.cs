namespace KeyRotation.Local;

/// <summary>What came of one event.</summary>
/// <param name="Code">The scenario's letter, or the problem's number.</param>
/// <param name="Annotation">What was reported, or the problem.</param>
/// <param name="Difference">How it is not as it should be.</param>
/// <param name="NotChecked">Why nothing can be said of it.</param>
/// <param name="Note">What was assumed.</param>
internal sealed record Row(
    SampleFile Sample, Verdicts? Verdict, string? Code, string? Annotation, TimeSpan Duration, string? Difference = null, string? NotChecked = null, string? Note = null)
{
    /// <summary>Nothing is expected of a file that is not a sample.</summary>
    public bool IsOwn => Sample.Expected is null;

    public static Row Unchecked(SampleFile sample, string why) => new(sample, null, null, null, TimeSpan.Zero, NotChecked: why);
}

/// <summary>What one sweep of the made-up account cost.</summary>
/// <param name="Difference">How it is not as it should be.</param>
internal sealed record SweepRow(int Sweep, int Keys, int KmsCalls, int PutEvaluationsCalls, int Evaluations, TimeSpan Duration, string? Difference = null);
