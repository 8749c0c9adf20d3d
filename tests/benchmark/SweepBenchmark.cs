using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using KeyRotation.Local;
using Spectre.Console;

namespace KeyRotation.Benchmark;

/// <summary>
/// Runs the function's own executable to sweep a large account, against the local AWS with 5 ms latency and the quotas of KMS. Measures the
/// share of the allowed rate that it reaches, and its memory. In the same run, a loop over boto3 checks some of the keys for comparison.
/// </summary>
/// <remarks>The local AWS does not verify signatures here, because it shares the machine with the function.</remarks>
internal static class SweepBenchmark
{
    private const int KeysOfTheLoop = 500;

    /// <summary>The longest timeout of a Lambda function.</summary>
    private static readonly TimeSpan FunctionTimeout = TimeSpan.FromMinutes(15);

    private static readonly string[] Paced = [IamActions.DescribeKey, IamActions.GetKeyRotationStatus, IamActions.ListKeyRotations];

    /// <summary>Longer ago than any maximum period that the rule accepts.</summary>
    private static readonly DateTimeOffset LongAgo = new(2015, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Command Command()
    {
        var sizes = new Argument<int[]>("KEYS")
        {
            DefaultValueFactory = _ => [20_000],
            Description = "Sweeps accounts with this number of keys.",
        };
        var function = Benchmarks.FunctionOption("the function of this build is used");
        var histories = new Option<int?>("--histories")
        {
            Description = "Uses rotationEvidence=require, so that about this many keys need their history.",
        };
        var command = new Command("sweep", "A large account: share of the allowed rate, and memory, compared with a loop over boto3.")
        {
            sizes,
            function,
            histories,
        };
        command.SetAction((result, _) => RunAsync(
            result.GetValue(sizes)!, result.GetValue(function)?.FullName, result.GetValue(histories)));
        return command;
    }

    /// <summary>The minimum duration of the calls under the share of the KMS quotas, in seconds.</summary>
    public static double Least(LocalAws aws) =>
        Paced.Max(operation => aws.Calls[operation] / (IamActions.RequestQuota(operation)!.Value * Benchmarks.QuotaPercent / 100.0));

    private static async Task<int> RunAsync(int[] sizes, string? function, int? histories)
    {
        // In a file, the table would be limited to 80 columns.
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 180;
        var title = $"Sweep, {Benchmarks.QuotaPercent} % of KMS request quotas, 5 ms latency, {function ?? "framework-dependent build"}";
        var table = new Table { Title = new TableTitle(title) }.AddColumns(
            "Keys",
            "What",
            "Seconds",
            "Keys/s",
            "Share of the rate",
            "KMS calls: list + describe + status + rotations",
            "Throttled",
            "PutEvaluations",
            "Peak memory",
            "CPU",
            "CPU of the local AWS");
        foreach (var size in sizes) await MeasureAsync(size, function, histories, table);
        AnsiConsole.Write(table);
        return 0;
    }

    private static async Task MeasureAsync(int keys, string? function, int? histories, Table table)
    {
        var account = Accounts.Generated(keys);
        if (histories is { } wanted) Age(account, wanted);
        await using var aws = await LocalAws.StartAsync(account);
        aws.Latency = Benchmarks.Latency;
        aws.Signature.IsVerified = false;
        var environment = new Dictionary<string, string?> { ["SWEEP_QUOTA_PERCENT"] = $"{Benchmarks.QuotaPercent}" };
        await using var rule = await RuleProcess.StartAsync(aws, account, function, environment);

        await SweepAsync("first sweep", DateTimeOffset.UtcNow);
        await SweepAsync("second, unchanged", DateTimeOffset.UtcNow.AddHours(1));
        if (await LoopAsync(aws, account) is var (loopKeys, seconds))
            table.AddRow(
                $"{keys:N0}",
                $"boto3, sequential, estimated from {loopKeys} keys",
                $"{seconds / loopKeys * keys:0.0}",
                $"{loopKeys / seconds:0}");
        else
            table.AddRow($"{keys:N0}", "boto3: not installed");

        async Task SweepAsync(string what, DateTimeOffset creationTime)
        {
            aws.Calls.Clear();
            var (throttled, cpu, cpuOfAws) = (aws.Quotas.Throttled, Cpu(rule.Id), Cpu(Environment.ProcessId));
            var parameters = histories is null ? null : """{"rotationEvidence":"require"}""";
            var result = await rule.InvokeAsync(ConfigEvents.Scheduled(account, creationTime, ruleParameters: parameters), FunctionTimeout);
            if (result.Error is { } error) throw new InvalidOperationException($"{error}");

            var seconds = result.Duration.TotalSeconds;
            table.AddRow(
                $"{keys:N0}",
                what,
                $"{seconds:0.0}",
                $"{keys / seconds:0}",
                $"{Least(aws) / seconds:0 %}",
                $"{aws.Calls["ListKeys"]} + {aws.Calls["DescribeKey"]} + {aws.Calls["GetKeyRotationStatus"]} + {aws.Calls["ListKeyRotations"]}",
                $"{aws.Quotas.Throttled - throttled}",
                $"{aws.Calls["PutEvaluations"]}",
                $"{rule.PeakMemory / 1048576.0:0} MB",
                $"{(Cpu(rule.Id) - cpu).TotalSeconds:0.0} s",
                $"{(Cpu(Environment.ProcessId) - cpuOfAws).TotalSeconds:0.0} s");
        }
    }

    /// <summary>
    /// Makes this number of rotating keys old, so that their history matters, and the other rotating keys young. Multi-Region keys come
    /// first, because their history matters at any age.
    /// </summary>
    private static void Age(LocalAccount account, int histories)
    {
        var rotating = account.Keys
            .Where(key => key is { KeyRotationEnabled: true, CanRotate: true, KeyManager: "CUSTOMER", KeyState: "Enabled" })
            .Where(key => (key.RotationPeriodInDays ?? 365) <= 365)
            .OrderBy(key => key.MultiRegionKeyType is null)
            .ThenBy(key => key.KeyId, StringComparer.Ordinal)
            .ToList();
        for (var number = 0; number < rotating.Count; number++)
            account.Put(rotating[number] with { CreationDate = number < histories ? LongAgo : DateTimeOffset.UtcNow.AddDays(-30) });
    }

    /// <returns>Null if boto3 is not installed.</returns>
    private static async Task<(int Keys, double Seconds)?> LoopAsync(LocalAws aws, LocalAccount account)
    {
        var credentials = await account.Credentials.GetCredentialsAsync();
        var start = new ProcessStartInfo("python3", [Path.Combine(Folder(), "python", "sequential_sweep.py"), $"{KeysOfTheLoop}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["AWS_ENDPOINT_URL"] = aws.Endpoint.ToString(),
                ["AWS_ACCESS_KEY_ID"] = credentials.AccessKey,
                ["AWS_SECRET_ACCESS_KEY"] = credentials.SecretKey,
                ["AWS_SESSION_TOKEN"] = "",
            },
        };
        try
        {
            using var loop = Process.Start(start)!;
            var output = await loop.StandardOutput.ReadToEndAsync();
            await loop.WaitForExitAsync();
            if (loop.ExitCode != 0) return null;
            var measured = JsonElement.Parse(output);
            return (measured.GetProperty("Keys").GetInt32(), measured.GetProperty("Seconds").GetDouble());
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static TimeSpan Cpu(int processId)
    {
        using var process = Process.GetProcessById(processId);
        return process.TotalProcessorTime;
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
