using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using KeyRotation.Local;
using Spectre.Console;

namespace KeyRotation.Benchmark;

/// <summary>
/// The sweep of a large account by the function's own executable, against the local AWS with 5 ms latency and KMS's own quotas: how near it
/// comes to the rate that it may have, and what memory it takes. In the same run, a loop over boto3 looks at some of the keys.
/// </summary>
/// <remarks>The local AWS does not compute signatures here: it shares the machine with the function, and must not be measured.</remarks>
internal static class SweepBenchmark
{
    private const int KeysOfTheLoop = 500;

    /// <summary>The longest that Lambda lets a function run.</summary>
    private static readonly TimeSpan FunctionTimeout = TimeSpan.FromMinutes(15);

    private static readonly string[] Paced = [IamActions.DescribeKey, IamActions.GetKeyRotationStatus, IamActions.ListKeyRotations];

    /// <summary>Older than any limit that the rule has.</summary>
    private static readonly DateTimeOffset LongAgo = new(2015, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Command Command()
    {
        var sizes = new Argument<int[]>("KEYS") { DefaultValueFactory = _ => [20_000], Description = "Sweeps accounts of this size." };
        var function = Benchmarks.FunctionOption("the one of this build");
        var histories = new Option<int?>("--histories")
        {
            Description = "rotationEvidence=require, for which the history of about so many keys matters.",
        };
        var command = new Command("sweep", "A large account: at which share of the allowed rate and in what memory, compared with a loop over boto3.")
        {
            sizes,
            function,
            histories,
        };
        command.SetAction((result, _) => RunAsync(
            result.GetValue(sizes)!, result.GetValue(function)?.FullName, result.GetValue(histories)));
        return command;
    }

    /// <summary>The seconds that the share of KMS's quotas makes the calls last.</summary>
    public static double Least(LocalAws aws) =>
        Paced.Max(operation => aws.Calls[operation] / (IamActions.RequestQuota(operation)!.Value * Benchmarks.QuotaPercent / 100.0));

    private static async Task<int> RunAsync(int[] sizes, string? function, int? histories)
    {
        // Into a file, a table would be squeezed into 80 columns.
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 180;
        var title = $"Sweep, {Benchmarks.QuotaPercent} % of KMS's request quotas, 5 ms latency, {function ?? "framework-dependent build"}";
        var table = new Table { Title = new TableTitle(title) }.AddColumns(
            "Keys",
            "What",
            "Seconds",
            "Keys/s",
            "Of the rate",
            "KMS calls, the last for histories",
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
            table.AddRow($"{keys:N0}", $"boto3, one after the other, by {loopKeys} keys", $"{seconds / loopKeys * keys:0.0}", $"{loopKeys / seconds:0}");
        else
            table.AddRow($"{keys:N0}", "boto3: not on this machine");

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
    /// Lets the history of so many rotating keys matter, by their age. The others are young, except for multi-Region keys, whose age says
    /// nothing.
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

    /// <returns>Null where there is no boto3.</returns>
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
