using System.Text.Json.Serialization;
using KeyRotation.Audit.Reports;

namespace KeyRotation.Audit;

/// <summary>What a script wants to know. The numbers stay as they are.</summary>
internal static class ExitCode
{
    /// <summary>Nothing that <c>--fail-on</c> counts.</summary>
    public const int Passed = 0;

    /// <summary>Something is missing, so nothing can be said of the whole. Anything found is still shown and written.</summary>
    public const int NotComplete = 1;

    public const int WrongUsage = 2;

    public const int Failed = 3;

    public static int Of(AuditReport report) => !report.Complete ? NotComplete : report.Keys.Any(report.Fails) ? Failed : Passed;
}

/// <summary>Which findings end the program with <see cref="ExitCode.Failed"/>.</summary>
[JsonConverter(typeof(CamelCase<FailOn>))]
internal enum FailOn
{
    Any,

    /// <summary>Those that the baseline does not have.</summary>
    New,

    None,
}
