using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using KeyRotation.Audit;
using KeyRotation.Local;
using KeyRotation.Tests.Sweeping;
using JsonReport = KeyRotation.Audit.Reports.JsonReport;

namespace KeyRotation.Benchmark;

/// <summary>
/// The function's own executable, with its real clock, limits and retries, against a KMS that is busy: whether every key gets its verdict,
/// how long that takes beside the least that the quotas allow, and how much of what it asks is refused. It is driven through the Lambda
/// Runtime API alone, so an older executable can be measured too.
/// </summary>
internal static partial class PressureBenchmark
{
    private const string Usage = """
        pressure [--function PATH] [--rows TEXT] [--quick] [--timeout SECONDS] [--list]
          --function PATH     a published bootstrap, of this version or an older one; without it, the rule is published first
          --rows TEXT         only rows that have this text in their name, such as "1000 keys", "audit" or "throttled once"
          --quick             only rows of at most 300 keys
          --timeout SECONDS   the function's timeout; 900 unless told
          --list              only names the rows
        Exit code 1: a key has no verdict, or a wrong one.
        """;

    // The rule keeps to half of AWS's published quotas by default.
    private const double Share = 0.5;

    private const int Changes = 30;

    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(5);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var (function, filter, isQuick, timeout, isList) = (default(string), "", false, TimeSpan.FromSeconds(900), false);
        for (var rest = arguments; rest is not [];)
        {
            switch (rest)
            {
                case ["--function", var path, ..] when File.Exists(path):
                    (function, rest) = (Path.GetFullPath(path), rest[2..]);
                    break;
                case ["--rows", var text, ..]:
                    (filter, rest) = (text, rest[2..]);
                    break;
                case ["--timeout", var text, ..] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds):
                    (timeout, rest) = (TimeSpan.FromSeconds(seconds), rest[2..]);
                    break;
                case ["--quick", ..]:
                    (isQuick, rest) = (true, rest[1..]);
                    break;
                case ["--list", ..]:
                    (isList, rest) = (true, rest[1..]);
                    break;
                default:
                    Console.WriteLine(Usage);
                    return rest is ["--help" or "-h"] ? 0 : 2;
            }
        }

        var rows = PressureRow.All
            .Where(row => row.Name.Contains(filter, StringComparison.OrdinalIgnoreCase))
            .Where(row => !isQuick || row.Keys <= 300)
            .ToList();
        if (isList)
        {
            foreach (var row in rows) Console.WriteLine(row.Name);
            return 0;
        }

        function ??= await Builds.RuleAsync(Console.WriteLine);
        Console.WriteLine($"{function}, 5 ms latency, half of KMS's published quotas; settled is after the first 10 s");
        Console.WriteLine(PressureResult.Header);
        var (keys, wrong) = (0, 0);
        foreach (var row in rows)
        {
            await foreach (var result in MeasureAsync(row, function, timeout))
            {
                Console.WriteLine(result);
                (keys, wrong) = (keys + result.NotJudged, wrong + result.Wrong);
            }
        }

        Console.WriteLine($"Not judged: {keys}. Wrong: {wrong}.");
        return keys + wrong == 0 ? 0 : 1;
    }

    private static async IAsyncEnumerable<PressureResult> MeasureAsync(PressureRow row, string function, TimeSpan timeout)
    {
        var account = Accounts.Generated(row.Keys);
        await using var aws = await LocalAws.StartAsync(account);
        aws.Latency = Latency;

        // It shares the machine with what is measured.
        aws.Signature.IsVerified = false;
        if (row.Course == Course.Audit)
        {
            row.Press(aws);
            yield return await AuditAsync(row, aws, account, timeout);
            yield break;
        }

        var environment = new Dictionary<string, string?>();
        if (row.Parallelism is { } parallelism) environment["SWEEP_PARALLELISM"] = parallelism.ToString(CultureInfo.InvariantCulture);
        await using var rule = await RuleProcess.StartAsync(aws, account, function, environment);
        switch (row.Course)
        {
            case Course.SweepsAfterChange:
                aws.Faults.Add("GetKeyRotationStatus", Fault.Throttling, times: 1);
                yield return await ChangesAsync(row.Name + ": change", row, aws, account, rule, timeout, 1);
                for (var sweep = 1; sweep <= 4; sweep++)
                    yield return await SweepAsync($"{row.Name}: sweep {sweep}", row, aws, account, rule, timeout);
                break;
            case Course.ChangesBetweenSweeps:
                row.Press(aws);
                yield return await SweepAsync(row.Name + ": sweep 1", row, aws, account, rule, timeout);
                yield return await ChangesAsync($"{row.Name}: {Changes} changes", row, aws, account, rule, timeout, Changes);
                yield return await SweepAsync(row.Name + ": sweep 2", row, aws, account, rule, timeout);
                break;
            default:
                row.Press(aws);
                yield return await SweepAsync(row.Name, row, aws, account, rule, timeout);
                break;
        }
    }

    private static async Task<PressureResult> SweepAsync(
        string name, PressureRow row, LocalAws aws, LocalAccount account, RuleProcess rule, TimeSpan timeout)
    {
        // A rule of its own, of which AWS Config holds nothing: what it holds afterwards is what this sweep has said.
        var ruleName = $"rule-{Guid.NewGuid():N}";
        aws.Calls.Clear();
        var payload = ConfigEvents.Scheduled(account, ruleName: ruleName, ruleParameters: row.Parameters);
        var (seconds, error) = await InvokeAsync(rule, payload, timeout);
        var truth = Truth.Of(account);
        var held = account.Results(ruleName).ToDictionary(result => result.ResourceId, result => result.ComplianceType);

        // Keys that the rule does not apply to leave nothing behind; of these only the function's own words tell.
        var match = NotJudged().Match(error ?? "");
        var said = match.Success ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        return new(
            name,
            Math.Max(truth.Keys.Count(key => !held.ContainsKey(key)), said),
            held.Count(result => truth.GetValueOrDefault(result.Key) != result.Value),
            seconds,
            Least(aws, account, truth.Count),
            Traffic.Of(aws.Calls, Share),
            Numbers(error));
    }

    private static async Task<PressureResult> ChangesAsync(
        string name, PressureRow row, LocalAws aws, LocalAccount account, RuleProcess rule, TimeSpan timeout, int count)
    {
        var ruleName = $"rule-{Guid.NewGuid():N}";
        aws.Calls.Clear();
        var truth = Truth.Of(account);
        var (took, missing, wrong, errors) = (0.0, 0, 0, new List<string>());
        foreach (var key in truth.Keys.Order(StringComparer.Ordinal).Take(count))
        {
            var payload = ConfigEvents.Change(account, account[key], ruleName: ruleName, ruleParameters: row.Parameters);
            var (seconds, error) = await InvokeAsync(rule, payload, timeout);
            took += seconds;
            if (error is not null) errors.Add(error);
            var verdict = account.Rule(ruleName).Find(key)?.ComplianceType;
            if (verdict is null) missing++;
            else if (verdict != truth[key]) wrong++;
        }

        return new(name, missing, wrong, took, 0, Traffic.Of(aws.Calls, Share), Numbers(string.Join(' ', errors)));
    }

    private static async Task<PressureResult> AuditAsync(PressureRow row, LocalAws aws, LocalAccount account, TimeSpan timeout)
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
                return new(row.Name, row.Keys, 0, seconds, 0, Traffic.Of(aws.Calls, Share), "no end");
            }

            var report = await JsonReport.ReadAsync(file);
            var truth = Truth.Of(account);
            var judged = report.Keys.Where(key => key.Verdict != KeyVerdict.NotJudged).ToList();
            return new(
                row.Name,
                row.Keys - judged.Count,
                judged.Count(key => (truth.GetValueOrDefault(key.KeyId) ?? "NOT_APPLICABLE") != key.Verdict.Name()),
                seconds,
                Least(aws, account, truth.Count),
                Traffic.Of(aws.Calls, Share),
                $"exit {process.ExitCode}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <returns>A null error is success.</returns>
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
            return (watch.Elapsed.TotalSeconds, "no answer");
        }
        catch (InvalidOperationException)
        {
            return (watch.Elapsed.TotalSeconds, "process ended");
        }
    }

    /// <summary>
    /// Every key is described once, and every key that the rule applies to is asked about once. The rule may use its share of the published
    /// quotas; what KMS really lets through starts with one second's calls at once.
    /// </summary>
    private static double Least(LocalAws aws, LocalAccount account, int judged) =>
        new[] { ("DescribeKey", account.Keys.Count), ("GetKeyRotationStatus", judged) }.Max(needed =>
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
