using System.Diagnostics;
using System.Globalization;

namespace KeyRotation.Benchmark;

/// <summary>A program that is a Lambda function with its own runtime loop.</summary>
internal sealed record Contestant(string Name, string Executable, params string[] Arguments)
{
    /// <summary>Starts the program as Lambda does, with only the variables that Lambda sets, and those of the benchmark.</summary>
    public Process Start(string runtimeApi, Uri endpoint, IReadOnlyDictionary<string, string> trust)
    {
        var start = new ProcessStartInfo(Executable, Arguments) { RedirectStandardOutput = true };
        start.Environment.Clear();
        foreach (var (name, value) in trust) start.Environment[name] = value;
        start.Environment["AWS_LAMBDA_RUNTIME_API"] = runtimeApi;
        start.Environment["AWS_ENDPOINT_URL"] = endpoint.ToString().TrimEnd('/');
        start.Environment["AWS_REGION"] = "eu-central-1";
        start.Environment["AWS_DEFAULT_REGION"] = "eu-central-1";
        start.Environment["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE";
        start.Environment["AWS_SECRET_ACCESS_KEY"] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        start.Environment["AWS_SESSION_TOKEN"] = "session";
        start.Environment["AWS_LAMBDA_FUNCTION_NAME"] = "kms-key-rotation";
        start.Environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = "128";
        start.Environment["LANG"] = "en_US.UTF-8";
        start.Environment["TZ"] = ":UTC";
        start.Environment["PATH"] = "/usr/local/bin:/usr/bin/:/bin";
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { } dotnet) start.Environment["DOTNET_ROOT"] = dotnet;

        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        return process;
    }

    /// <summary>
    /// The CPU time that the process has used so far, in milliseconds over all its threads. Other load on the machine changes it little.
    /// </summary>
    public static double CpuTime(Process process) => new DirectoryInfo($"/proc/{process.Id}/task").EnumerateDirectories()
        .Sum(thread => double.Parse(File.ReadAllText(Path.Combine(thread.FullName, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture)) / 1e6;

    /// <summary>Peak resident memory of a running process in bytes: VmHWM on Linux.</summary>
    public static long PeakMemory(Process process)
    {
        var line = File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Trim(), CultureInfo.InvariantCulture);
    }
}
