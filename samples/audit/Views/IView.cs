namespace KeyRotation.Audit.Views;

/// <summary>Shows the audit to a person: in a terminal, or as lines in a pipe or file.</summary>
internal interface IView
{
    /// <summary>Shows the progress of the audit until it ends.</summary>
    Task WatchAsync(AuditRun run, Task running);

    void Say(string sentence);

    void Show(AuditReport report);
}
