using System.CommandLine;
using System.Globalization;

namespace KeyRotation.Benchmark;

/// <summary>The benchmarks by name. Each prints a table for one run.</summary>
internal static class Benchmarks
{
    /// <summary>The default percentage of each KMS request quota: 1,000 DescribeKey and 500 GetKeyRotationStatus per second.</summary>
    public const int QuotaPercent = 50;

    /// <summary>The minimum duration of each call to the local AWS.</summary>
    public static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(5);

    public static Task<int> RunAsync(string[] arguments)
    {
        var root = new RootCommand("dotnet run -c Release --project tests/benchmark -- NAME [OPTIONS]")
        {
            AuditBenchmark.Command(),
            PressureBenchmark.Command(),
            Soak.Command(),
            StartBenchmark.Command(),
            StartsBenchmark.Command(),
            SweepBenchmark.Command(),
        };
        return root.Parse(arguments).InvokeAsync();
    }

    /// <param name="otherwise">A clause that says which function is measured if none is given.</param>
    public static Option<FileInfo> FunctionOption(string otherwise) =>
        new Option<FileInfo>("--function") { Description = $"A published bootstrap, of this version or an older one. Without it, {otherwise}." }.AcceptExistingOnly();

    public static Option<int> NumberOption(string name, int usual, string description)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var number) && number < 1)
                result.AddError($"{name} is {number}; it must be a whole number of at least 1.");
        });
        return option;
    }
}
