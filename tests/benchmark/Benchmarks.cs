using Spectre.Console;

namespace KeyRotation.Benchmark;

/// <summary>The benchmarks by name. Each prints its own table of one run; none passes or fails on time.</summary>
internal static class Benchmarks
{
    private static readonly SortedDictionary<string, (string About, Func<string[], Task<int>> RunAsync)> All = new()
    {
        ["audit"] = ("the audit of a large account, at which share of the allowed rate and in what memory", AuditBenchmark.RunAsync),
        ["pressure"] = ("sweeps, changes and audits while KMS is busy: whether every key gets its verdict", PressureBenchmark.RunAsync),
        ["soak"] = ("one process for 30 minutes: its memory and handles stay what they are", Soak.RunAsync),
        ["start"] = ("cold start, warm invocation, memory and size, beside a floor and a Python handler", StartBenchmark.RunAsync),
        ["starts"] = ("a thousand starts in a row, on one CPU and on two: whether each answers", StartsBenchmark.RunAsync),
        ["sweep"] = ("a large account, at which share of the allowed rate and in what memory, beside a loop over boto3", SweepBenchmark.RunAsync),
    };

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is [var name, .. var rest] && All.TryGetValue(name, out var benchmark)) return await benchmark.RunAsync(rest);

        AnsiConsole.WriteLine("dotnet run -c Release --project tests/benchmark -- NAME [OPTIONS]");
        AnsiConsole.WriteLine();
        foreach (var (each, (about, _)) in All) AnsiConsole.WriteLine($"  {each,-10}{about}");
        AnsiConsole.WriteLine();
        AnsiConsole.WriteLine("NAME --help tells a benchmark's options.");
        return arguments is ["--help" or "-h"] ? 0 : 2;
    }
}
