namespace KeyRotation.Audit;

/// <summary>What a script wants to know.</summary>
internal static class ExitCode
{
    public const int Compliant = 0;

    /// <summary>Something is missing, so nothing can be said of the whole; whatever was found is shown and written all the same.</summary>
    public const int NotComplete = 1;

    public const int WrongUsage = 2;

    public const int NotCompliant = 3;

    public static int Of(AuditReport report) => report switch
    {
        { Complete: false } => NotComplete,
        { Totals.NonCompliant: > 0 } => NotCompliant,
        _ => Compliant,
    };
}
