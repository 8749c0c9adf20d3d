using System.CommandLine;
using System.Diagnostics;
using KeyRotation.Local;
using Spectre.Console;
using JsonReport = KeyRotation.Audit.Reports.JsonReport;

namespace KeyRotation.Benchmark;

/// <summary>
/// Runs the audit program on a large account, against the local AWS with 5 ms latency and the quotas of KMS. Measures the share of the
/// allowed rate that it reaches, and the memory per key.
/// </summary>
internal static class AuditBenchmark
{
    private const int Base = 1_000;

    public static Command Command()
    {
        var sizes = new Argument<int[]>("KEYS")
        {
            DefaultValueFactory = _ => [10_000, 20_000],
            Description = "Audits accounts with this number of keys.",
        };
        var command = new Command("audit", "The audit of a large account: share of the allowed rate, and memory.") { sizes };
        command.SetAction((result, _) => RunAsync(result.GetValue(sizes)!));
        return command;
    }

    private static async Task<int> RunAsync(int[] sizes)
    {
        var title = $"Audit, {Benchmarks.QuotaPercent} % of KMS request quotas, 5 ms latency";
        var table = new Table { Title = new TableTitle(title) }.AddColumns(
            "Keys",
            "Seconds",
            "Minimum seconds at this rate",
            "Share of the rate",
            "Throttled",
            "Peak memory",
            $"Memory per key above {Base:N0}");
        var smallest = await MeasureAsync(Base, table, null);
        foreach (var size in sizes) await MeasureAsync(size, table, smallest);
        AnsiConsole.Write(table);
        return 0;
    }

    private static async Task<long> MeasureAsync(int keys, Table table, long? smallest)
    {
        var account = Accounts.Generated(keys);
        await using var aws = await LocalAws.StartAsync(account);
        aws.Latency = Benchmarks.Latency;
        var file = Path.Combine(Path.GetTempPath(), $"audit-{Guid.NewGuid():N}.json");
        try
        {
            var peak = await RunAsync(aws, account, file);
            var report = await JsonReport.ReadAsync(file);
            if (report.Keys.Count != keys || !report.Complete)
                throw new InvalidOperationException($"{report.Keys.Count} of {keys} keys were judged.");

            var least = SweepBenchmark.Least(aws);
            var seconds = (report.FinishedAt - report.StartedAt).TotalSeconds;
            table.AddRow(
                $"{keys:N0}",
                $"{seconds:0.0}",
                $"{least:0.0}",
                $"{least / seconds:0 %}",
                $"{aws.Quotas.Throttled}",
                $"{peak / 1048576.0:0} MB",
                smallest is null ? "-" : $"{(peak - smallest.Value) / 1024.0 / (keys - Base):0.0} kB");
            return peak;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Starts the audit that was built with this program, with a JSON report.</summary>
    public static ProcessStartInfo StartInfo(LocalAws aws, LocalAccount account, string file)
    {
        var credentials = account.Credentials.GetCredentials();
        string[] arguments = ["--quiet", "--quota-percent", $"{Benchmarks.QuotaPercent}", "--output", file];
        return new(Path.Combine(AppContext.BaseDirectory, "audit"), arguments)
        {
            Environment =
            {
                ["AWS_ACCESS_KEY_ID"] = credentials.AccessKey,
                ["AWS_SECRET_ACCESS_KEY"] = credentials.SecretKey,
                ["AWS_REGION"] = account.Region,
                ["AWS_ENDPOINT_URL"] = aws.Endpoint.ToString(),
            },
        };
    }

    /// <returns>The peak memory of the process, in bytes.</returns>
    private static async Task<long> RunAsync(LocalAws aws, LocalAccount account, string file)
    {
        using var process = Process.Start(StartInfo(aws, account, file))!;
        var peak = 0L;
        while (!process.HasExited)
        {
            process.Refresh();
            if (!process.HasExited) peak = Math.Max(peak, process.PeakWorkingSet64);
            await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(50));
        }

        return peak;
    }
}
