using System.Diagnostics;

namespace KeyRotation.Tests.Audit;

/// <summary>The audit as it is built, without the AWS configuration of whoever runs the tests.</summary>
internal static class AuditProcess
{
    public static Task<Ended> RunAsync(Dictionary<string, string> environment, params string[] args) =>
        EndedAsync(Start(environment, args));

    /// <param name="executable">Another build of it.</param>
    public static Task<Ended> RunAsync(string executable, Dictionary<string, string> environment, params string[] args) =>
        EndedAsync(Start(new(executable, args), environment));

    public static Process Start(Dictionary<string, string> environment, params string[] args) =>
        Start(new(Environment.ProcessPath!, [Path.Combine(AppContext.BaseDirectory, "audit.dll"), .. args]), environment);

    public static async Task<Ended> EndedAsync(Process process)
    {
        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var problems = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return new(process.ExitCode, await output, await problems);
        }
    }

    private static Process Start(ProcessStartInfo start, Dictionary<string, string> environment)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        var foreign = start.Environment.Keys.Where(name => name.StartsWith("AWS_", StringComparison.Ordinal)).ToList();
        foreach (var name in foreign) start.Environment.Remove(name);
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["HOME"] = Path.GetTempPath();
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }
}

internal sealed record Ended(int ExitCode, string Output, string Problems);
