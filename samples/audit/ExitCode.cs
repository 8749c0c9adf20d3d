using System.Text.Json.Serialization;
using KeyRotation.Audit.Reports;

namespace KeyRotation.Audit;

/// <summary>The exit codes. Scripts rely on these values, so they do not change.</summary>
internal static class ExitCode
{
    /// <summary>The audit is complete, and has no finding that <c>--fail-on</c> counts.</summary>
    public const int Passed = 0;

    /// <summary>The audit is not complete, so it cannot pass. Its results are still shown and written.</summary>
    public const int NotComplete = 1;

    public const int WrongUsage = 2;

    public const int Failed = 3;

    public static int Of(AuditReport report) => !report.Complete ? NotComplete : report.Keys.Any(report.Fails) ? Failed : Passed;
}

/// <summary>Which findings make the program exit with <see cref="ExitCode.Failed"/>.</summary>
[JsonConverter(typeof(CamelCase<FailOn>))]
internal enum FailOn
{
    Any,

    /// <summary>Only findings that the baseline does not have.</summary>
    New,

    None,
}
