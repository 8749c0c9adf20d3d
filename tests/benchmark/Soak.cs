using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using KeyRotation.Local;

namespace KeyRotation.Benchmark;

/// <summary>
/// Runs one process of the function for a given time, with changes and sweeps in two accounts, one of them through a role whose credentials
/// are renewed at least every minute, with malformed events, and with failing calls. Its memory and its handles must not grow.
/// </summary>
internal static class Soak
{
    private const string RoleName = "audit/KeyRotation";

    // The rule renews credentials that could expire during an event, which can take a minute here: these at least every minute.
    private static readonly TimeSpan RoleLasts = TimeSpan.FromMinutes(2);

    private static readonly string[] Faulty =
    [
        "ListKeys", "DescribeKey", "GetKeyRotationStatus", "GetComplianceDetailsByConfigRule", "PutEvaluations", "DescribeStackResources",
        "AssumeRole",
    ];

    private static readonly Fault[] FaultKinds =
        [Fault.Throttling, Fault.InternalFailure, Fault.ConnectionReset, Fault.MalformedBody, Fault.AccessDenied, Fault.Answer("{}")];

    public static Command Command()
    {
        var minutes = Benchmarks.NumberOption("--minutes", 30, "The duration in minutes.");
        var seed = Benchmarks.NumberOption("--seed", 1, "Each seed generates different events.");
        var function = Benchmarks.FunctionOption("the function of this build is used");
        var command = new Command("soak", "Memory and handles of one process over a long time. Exit code 1: they grow.")
        {
            minutes,
            seed,
            function,
        };
        command.SetAction((result, _) => RunAsync(
            TimeSpan.FromMinutes(result.GetValue(minutes)), new Random(result.GetValue(seed)), result.GetValue(function)?.FullName));
        return command;
    }

    private static async Task<int> RunAsync(TimeSpan duration, Random random, string? function)
    {
        var central = Accounts.Generated(200, id: "111122223333");
        var member = Accounts.Generated(200, seed: 2, id: "444455556666");
        member.Roles[RoleName] = new(Lasts: RoleLasts);
        await using var aws = await LocalAws.StartAsync(central, member);
        foreach (var account in new[] { central, member }) account.Rule(ConfigEvents.RuleName);
        await using var rule = await RuleProcess.StartAsync(aws, central, function);

        Console.WriteLine($"{"minute",8} {"events",8} {"sweeps",7} {"failed",7} {"roles",6} {"VmRSS MB",9} {"handles",8}");
        var samples = new List<(double Minute, double Memory, double Handles)>();
        var (events, sweeps, failed) = (0, 0, 0);
        var between = TimeSpan.FromSeconds(Math.Clamp(duration.TotalSeconds / 60, 2, 30));
        var (watch, next) = (Stopwatch.StartNew(), between);
        while (watch.Elapsed < duration)
        {
            var account = random.Next(3) == 0 ? member : central;
            var parameters = account == member ? $$"""{"executionRoleName":"{{RoleName}}"}""" : null;
            if (random.Next(25) == 0)
            {
                var (operation, fault) = (Faulty[random.Next(Faulty.Length)], FaultKinds[random.Next(FaultKinds.Length)]);
                aws.Faults.Add(operation, fault, times: random.Next(1, 4), after: random.Next(3));
            }

            if (random.Next(200) == 0) aws.Faults.Clear();

            var isSweep = random.Next(100) == 0;
            var text = isSweep ? ConfigEvents.Scheduled(account, ruleParameters: parameters)
                : random.Next(20) == 0 ? "{\"accountId\":"
                : Change(account, random, parameters);
            var result = await rule.InvokeAsync(text);
            events++;
            if (isSweep) sweeps++;
            if (result.Error is not null) failed++;
            await Task.Delay(10);
            if (watch.Elapsed < next) continue;

            next = watch.Elapsed + between;
            var (memory, handles) = (Memory(rule.Id), Directory.GetFileSystemEntries($"/proc/{rule.Id}/fd").Length);
            samples.Add((watch.Elapsed.TotalMinutes, memory, handles));
            Console.WriteLine(
                $"{watch.Elapsed.TotalMinutes,8:0.0} {events,8} {sweeps,7} {failed,7} {aws.Calls["AssumeRole"],6} {memory,9:0.0} {handles,8}");
        }

        var verdict = Verdict(samples);
        Console.WriteLine(verdict);
        return verdict.StartsWith("FLAT", StringComparison.Ordinal) ? 0 : 1;
    }

    private static string Change(LocalAccount account, Random random, string? parameters)
    {
        var key = account[account.Listing[random.Next(account.Listing.Length)]];
        if (key is { KeyManager: "CUSTOMER", Origin: "AWS_KMS", KeySpec: "SYMMETRIC_DEFAULT", KeyState: "Enabled" })
        {
            var (rotates, period) = (random.Next(2) == 0, random.Next(2) == 0 ? 365 : 730);
            key = account.Put(key with { KeyRotationEnabled = rotates, RotationPeriodInDays = period });
        }

        return random.Next(4) == 0
            ? ConfigEvents.OversizedChange(account, key, ruleParameters: parameters)
            : ConfigEvents.Change(account, key, ruleParameters: parameters);
    }

    /// <summary>
    /// The first third is the warm-up: code is compiled and pools fill. A straight line is fitted to the memory after it. The number of
    /// handles varies, with one connection for each parallel call of a sweep, so the highest numbers of the two halves are compared.
    /// </summary>
    private static string Verdict(List<(double Minute, double Memory, double Handles)> samples)
    {
        var settled = samples.Skip(samples.Count / 3).ToList();
        if (settled.Count < 3) return "Too short for a verdict.";
        var minutes = settled[^1].Minute - settled[0].Minute;
        var memory = Slope(settled.ConvertAll(sample => (sample.Minute, sample.Memory)));
        var before = settled.Take(settled.Count / 2).Max(sample => sample.Handles);
        var after = settled.Skip(settled.Count / 2).Max(sample => sample.Handles);
        var isFlat = memory * minutes < 0.05 * settled.Average(sample => sample.Memory) && after < before + 3;
        return $"{(isFlat ? "FLAT" : "GROWING")}: over the last {minutes:0.0} minutes, memory {memory * 60:+0.00;-0.00} MB per hour, "
            + $"at most {before} handles in the first half and {after} in the second.";
    }

    private static double Slope(List<(double X, double Y)> points)
    {
        var (x, y) = (points.Average(point => point.X), points.Average(point => point.Y));
        return points.Sum(point => (point.X - x) * (point.Y - y)) / points.Sum(point => (point.X - x) * (point.X - x));
    }

    private static double Memory(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line["VmRSS:".Length..^"kB".Length], CultureInfo.InvariantCulture) / 1024;
    }
}
