namespace KeyRotation.Audit.Views;

/// <summary>Where a person reads the audit: a terminal, or lines in a pipe or file.</summary>
internal interface IView
{
    /// <summary>Shows how far the audit is until it ends.</summary>
    Task WatchAsync(AuditRun run, Task running);

    void Say(string sentence);

    void Show(AuditReport report);
}
