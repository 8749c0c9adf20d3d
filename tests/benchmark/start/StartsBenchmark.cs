using System.CommandLine;
using System.Diagnostics;

namespace KeyRotation.Benchmark;

/// <summary>
/// Checks that the function always starts: runs many processes, one after another, each of which evaluates one event. A deadlock of static
/// constructors would show as a process that never responds; it depends on the number of CPUs.
/// </summary>
internal static class StartsBenchmark
{
    // Thousands of times longer than a start takes.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Command Command()
    {
        var function = Benchmarks.FunctionOption("the rule is published first");
        var count = Benchmarks.NumberOption("--count", 1000, "The number of processes.");
        var cpus = new Option<int[]>("--cpus")
        {
            DefaultValueFactory = _ => [1, 2],
            Description = "Limits each process to the first N CPUs, with taskset.",
            HelpName = "N",
        };
        const string about = "Many starts in a row: whether each process responds. Exit code 1: one did not. "
            + "Not canceled: requests that should only have opened a connection, but were sent.";
        var command = new Command("starts", about) { function, count, cpus };
        command.SetAction((result, _) => RunAsync(result.GetValue(function)?.FullName, result.GetValue(count), result.GetValue(cpus)!));
        return command;
    }

    private static async Task<int> RunAsync(string? function, int count, int[] cpus)
    {
        function ??= await Builds.RuleAsync(Console.WriteLine);
        Console.WriteLine($"{function}, {count} starts, each evaluates one event");
        Console.WriteLine($"{"CPUs",4} {"answered",9} {"hung",5} {"ended",6} {"median ms",10} {"slowest ms",11} {"not canceled",13}");
        using var authority = new TestAuthority();
        await using var stage = await Stage.OpenAsync(authority.Certificate, await File.ReadAllBytesAsync(Builds.Event));
        var bad = 0;
        foreach (var number in cpus)
        {
            var contestant = new Contestant("", "taskset", "--cpu-list", $"0-{number - 1}", function);
            var (times, slowest, hung, ended, sentBefore) = (new Figures(), 0.0, 0, 0, stage.NotGivenUp);
            for (var start = 0; start < count; start++)
            {
                var (hasResponded, hasEnded, milliseconds) = await StartAsync(stage, contestant, authority);
                if (hasResponded) times.Add(milliseconds);
                else if (hasEnded) ended++;
                else hung++;
                slowest = Math.Max(slowest, milliseconds);
            }

            var answered = count - hung - ended;
            var median = answered == 0 ? 0 : times.Median;
            Console.WriteLine(
                $"{number,4} {answered,9} {hung,5} {ended,6} {median,10:0.0} {slowest,11:0.0} {stage.NotGivenUp - sentBefore,13}");
            bad += hung + ended;
        }

        return bad == 0 ? 0 : 1;
    }

    private static async Task<(bool HasResponded, bool HasEnded, double Milliseconds)> StartAsync(
        Stage stage, Contestant contestant, TestAuthority authority)
    {
        stage.Clear();
        var started = Stopwatch.GetTimestamp();
        using var process = contestant.Start(stage.RuntimeApi, stage.Http, authority.Environment);
        try
        {
            var answer = stage.InvokeAsync();
            var first = await Task.WhenAny(answer, process.WaitForExitAsync(), Task.Delay(Patience));
            var end = first == answer ? await answer : Stopwatch.GetTimestamp();
            return (first == answer, process.HasExited, Stopwatch.GetElapsedTime(started, end).TotalMilliseconds);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync();
        }
    }
}
