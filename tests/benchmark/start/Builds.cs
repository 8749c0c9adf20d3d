using System.Diagnostics;
using System.Runtime.InteropServices;

namespace KeyRotation.Benchmark;

/// <summary>Builds the measured programs, each in its own folder, so that the builds do not affect each other.</summary>
internal static class Builds
{
    private const string Rule = "rule, Native AOT";

    private static readonly string Root = FindRoot(AppContext.BaseDirectory);
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "contestants");

    /// <summary>A change of a key with rotation on: one call to KMS, and one evaluation for AWS Config.</summary>
    public static string Event => Path.Combine(Root, "samples/events/compliant/rotation-turned-on.json");

    /// <summary>The rule as it is deployed, or if it cannot be published, the one that was built with this program.</summary>
    public static async Task<string> RuleAsync(Action<string> tell) =>
        (await PublishAsync(tell, Rule, "rule", "bootstrap"))?.Executable ?? Local.RuleProcess.BuiltFunction;

    public static async Task<IReadOnlyList<Contestant>> AllAsync(Action<string> tell)
    {
        var contestants = new List<Contestant>();
        await AddAsync("floor", "tests/benchmark/floor", "floor");
        await AddAsync(Rule, "rule", "bootstrap");
        await AddAsync("rule, JIT", "rule", "bootstrap", "-p:PublishAot=false", "--self-contained", "false");
        if (await PythonAsync() is { } python)
            contestants.Add(new("Python, boto3", python, "-u", Path.Combine(Root, "tests/benchmark/python/runtime.py")));
        else
            tell("python3 with boto3 is not installed, so the Python handler is left out.");
        return contestants;

        async Task AddAsync(string name, string project, string executable, params string[] options)
        {
            if (await PublishAsync(tell, name, project, executable, options) is { } contestant) contestants.Add(contestant);
        }
    }

    /// <returns>Null if the build fails.</returns>
    private static async Task<Contestant?> PublishAsync(
        Action<string> tell, string name, string project, string executable, params string[] options)
    {
        tell($"Building: {name}");
        var output = Path.Combine(Folder, name.Replace(", ", "-", StringComparison.Ordinal).Replace(' ', '-'));
        var (exitCode, text) = await RunAsync(
            "dotnet",
            [
                "publish", Path.Combine(Root, project), "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier,
                "--artifacts-path", output + ".build", "-o", output, .. options,
            ]);
        if (exitCode == 0) return new(name, Path.Combine(output, executable));
        tell($"{name} is left out, because it does not build on this machine:\n{text}");
        return null;
    }

    /// <summary>The path of the interpreter itself, because python3 on the PATH can be a script that looks for it.</summary>
    private static async Task<string?> PythonAsync()
    {
        try
        {
            var (exitCode, text) = await RunAsync("python3", ["-c", "import sys, boto3; print(sys.executable)"]);
            return exitCode == 0 ? text.Trim() : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static async Task<(int ExitCode, string Text)> RunAsync(string command, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true })!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, text);
    }

    private static string FindRoot(string folder) => File.Exists(Path.Combine(folder, "ConfigRule.sln"))
        ? folder
        : FindRoot(Path.GetDirectoryName(folder)
            ?? throw new InvalidOperationException("ConfigRule.sln is not in a folder above this program."));
}
