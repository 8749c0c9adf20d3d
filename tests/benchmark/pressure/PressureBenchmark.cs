using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using KeyRotation.Audit;
using KeyRotation.Local;
using KeyRotation.Tests.Sweeping;
using JsonReport = KeyRotation.Audit.Reports.JsonReport;

namespace KeyRotation.Benchmark;

/// <summary>
/// Runs the function's own executable, with its real clock, limits and retries, against a busy KMS. Measures whether every key gets its
/// verdict, how long that takes compared with the minimum that the quotas allow, and the share of calls that are throttled. The executable
/// is called only through the Lambda Runtime API, so an older one can be measured too.
/// </summary>
internal static partial class PressureBenchmark
{
    private const double Share = Benchmarks.QuotaPercent / 100.0;

    public static Command Command()
    {
        var function = Benchmarks.FunctionOption("the rule is published first");
        var rows = new Option<string>("--rows")
        {
            DefaultValueFactory = _ => "",
            Description = "Runs only rows whose name contains this text, such as \"1000 keys\", \"audit\" or \"throttled once\".",
        };
        var quick = new Option<bool>("--quick") { Description = "Runs only rows with at most 300 keys." };
        var list = new Option<bool>("--list") { Description = "Only lists the names of the rows." };
        var timeout = Benchmarks.NumberOption("--timeout", 900, "The function's timeout in seconds.");
        var command = new Command("pressure", "Sweeps and audits while KMS is busy. Exit code 1: a key has no verdict or a wrong one.")
        {
            function,
            rows,
            quick,
            list,
            timeout,
        };
        command.SetAction((result, _) =>
        {
            var chosen = PressureRow.All
                .Where(row => row.Name.Contains(result.GetValue(rows)!, StringComparison.OrdinalIgnoreCase))
                .Where(row => !result.GetValue(quick) || row.Keys <= 300);
            if (!result.GetValue(list))
                return RunAsync(chosen, result.GetValue(function)?.FullName, TimeSpan.FromSeconds(result.GetValue(timeout)));
            foreach (var row in chosen) Console.WriteLine(row.Name);
            return Task.FromResult(0);
        });
        return command;
    }

    private static async Task<int> RunAsync(IEnumerable<PressureRow> rows, string? function, TimeSpan timeout)
    {
        function ??= await Builds.RuleAsync(Console.WriteLine);
        Console.WriteLine($"{function}, 5 ms latency, half of the published KMS quotas; settled means after the first 10 s");
        Console.WriteLine(PressureResult.Header);
        var (keys, wrong) = (0, 0);
        foreach (var row in rows)
        {
            var result = await MeasureAsync(row, function, timeout);
            Console.WriteLine(result);
            (keys, wrong) = (keys + result.NotJudged, wrong + result.Wrong);
        }

        Console.WriteLine($"Not judged: {keys}. Wrong: {wrong}.");
        return keys + wrong == 0 ? 0 : 1;
    }

    private static async Task<PressureResult> MeasureAsync(PressureRow row, string function, TimeSpan timeout)
    {
        var account = Accounts.Generated(row.Keys);
        await using var aws = await LocalAws.StartAsync(account);
        aws.Latency = Benchmarks.Latency;

        // The local AWS does not verify signatures, because it shares the machine with the measured program.
        aws.Signature.IsVerified = false;
        row.Press(aws);
        var (notJudged, wrong, seconds, problem) = await (row.IsAudit
            ? AuditAsync(row, aws, account, timeout)
            : SweepAsync(row, aws, account, function, timeout));
        return new(row.Name, notJudged, wrong, seconds, Least(aws, account), Traffic.Of(aws.Calls, Share), problem);
    }

    private static async Task<(int NotJudged, int Wrong, double Seconds, string Problem)> SweepAsync(
        PressureRow row, LocalAws aws, LocalAccount account, string function, TimeSpan timeout)
    {
        var environment = new Dictionary<string, string?> { ["SWEEP_PARALLELISM"] = row.Parallelism?.ToString(CultureInfo.InvariantCulture) };
        await using var rule = await RuleProcess.StartAsync(aws, account, function, environment);
        var (seconds, error) = await InvokeAsync(rule, ConfigEvents.Scheduled(account, ruleParameters: row.Parameters), timeout);
        var (truth, held) = (Truth.Of(account), Truth.HeldBy(account));

        // AWS Config does not keep NOT_APPLICABLE results. Only the message of the function shows that such a key has no verdict.
        var match = NotJudged().Match(error ?? "");
        var said = match.Success ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        return (
            Math.Max(truth.Keys.Count(key => !held.ContainsKey(key)), said),
            held.Count(result => truth.GetValueOrDefault(result.Key) != result.Value),
            seconds,
            Numbers(error));
    }

    private static async Task<(int NotJudged, int Wrong, double Seconds, string Problem)> AuditAsync(
        PressureRow row, LocalAws aws, LocalAccount account, TimeSpan timeout)
    {
        var file = Path.Combine(Path.GetTempPath(), $"audit-{Guid.NewGuid():N}.json");
        try
        {
            using var process = Process.Start(AuditBenchmark.StartInfo(aws, account, file))!;
            var watch = Stopwatch.StartNew();
            using var stop = new CancellationTokenSource(timeout);
            await process.WaitForExitAsync(stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            var seconds = watch.Elapsed.TotalSeconds;
            if (!process.HasExited)
            {
                process.Kill();
                return (row.Keys, 0, seconds, "timed out");
            }

            var report = await JsonReport.ReadAsync(file);
            var truth = Truth.Of(account);
            var judged = report.Keys.Where(key => key.Verdict != KeyVerdict.NotJudged).ToList();
            var wrong = judged.Count(key => (truth.GetValueOrDefault(key.KeyId) ?? "NOT_APPLICABLE") != key.Verdict.Name());
            return (row.Keys - judged.Count, wrong, seconds, $"exit {process.ExitCode}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <returns>A null error means success.</returns>
    private static async Task<(double Seconds, string? Error)> InvokeAsync(RuleProcess rule, string payload, TimeSpan timeout)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            var result = await rule.InvokeAsync(payload, timeout);
            return (result.Duration.TotalSeconds, result.Error?.ErrorMessage);
        }
        catch (TimeoutException)
        {
            return (watch.Elapsed.TotalSeconds, "no response");
        }
        catch (InvalidOperationException)
        {
            return (watch.Elapsed.TotalSeconds, "process ended");
        }
    }

    /// <summary>
    /// The minimum in seconds, with one DescribeKey for every key and one GetKeyRotationStatus for every key that the rule applies to. The
    /// rule may use its share of the published quotas. The actual quota of the local KMS allows the calls of one second at once.
    /// </summary>
    private static double Least(LocalAws aws, LocalAccount account) =>
        new[] { ("DescribeKey", account.Keys.Count), ("GetKeyRotationStatus", Truth.Of(account).Count) }.Max(needed =>
        {
            var (operation, calls) = needed;
            var real = aws.Quotas.Of(operation) is { } quota ? Math.Max(calls - quota, 0) / quota : 0;
            return Math.Max(calls / (Share * Quotas.Published[operation]), real);
        });

    private static string Numbers(string? error) => error switch
    {
        null or "" => "",
        _ when ProblemNumbers().Matches(error) is { Count: > 0 } numbers =>
            string.Join(' ', numbers.Select(match => match.Value).Distinct()),
        _ => error.Length > 14 ? error[..14] : error,
    };

    [GeneratedRegex(@"(\d+) of \d+ keys could not be judged")]
    private static partial Regex NotJudged();

    [GeneratedRegex(@"KR\d\d")]
    private static partial Regex ProblemNumbers();
}
