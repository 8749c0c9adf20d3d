using System.Diagnostics;

namespace KeyRotation.Tests.Audit;

/// <summary>Runs the built audit, without the AWS configuration of the person who runs the tests.</summary>
internal static class AuditProcess
{
    public static Task<Ended> RunAsync(Dictionary<string, string> environment, params string[] args) =>
        RunAsync(environment, _ => Task.CompletedTask, args);

    /// <param name="duringRun">Called while the audit runs.</param>
    public static Task<Ended> RunAsync(Dictionary<string, string> environment, Func<Process, Task> duringRun, params string[] args) =>
        RunAsync(new(Environment.ProcessPath!, [Path.Combine(AppContext.BaseDirectory, "audit.dll"), .. args]), environment, duringRun);

    /// <param name="executable">Another build of the audit.</param>
    public static Task<Ended> RunAsync(string executable, Dictionary<string, string> environment, params string[] args) =>
        RunAsync(new(executable, args), environment, _ => Task.CompletedTask);

    private static async Task<Ended> RunAsync(ProcessStartInfo start, Dictionary<string, string> environment, Func<Process, Task> duringRun)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        var foreign = start.Environment.Keys.Where(name => name.StartsWith("AWS_", StringComparison.Ordinal)).ToList();
        foreach (var name in foreign) start.Environment.Remove(name);
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["HOME"] = Path.GetTempPath();
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var problems = process.StandardError.ReadToEndAsync();
        await duringRun(process);
        await process.WaitForExitAsync();
        return new(process.ExitCode, await output, await problems);
    }
}

internal sealed record Ended(int ExitCode, string Output, string Problems);
