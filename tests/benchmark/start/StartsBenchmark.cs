using System.Diagnostics;
using System.Globalization;

namespace KeyRotation.Benchmark;

/// <summary>
/// Whether the function always starts: many processes, one after the other, each of which judges one event. A deadlock of class
/// constructors would show as one that never answers, and depends on how many CPUs there are.
/// </summary>
internal static class StartsBenchmark
{
    private const string Usage = """
        starts [--function PATH] [--count N] [--cpus N]
          --function PATH   a published bootstrap; without it, the rule is published first
          --count N         so many processes; 1000 unless told
          --cpus N          each may use the first N CPUs, by taskset; without it 1, and then 2
        Not given up: requests that were to open a connection only, and were sent all the same.
        Exit code 1: a process did not answer.
        """;

    // Thousands of times what a start takes.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var (function, count, cpus) = (default(string), 1000, new[] { 1, 2 });
        for (var rest = arguments; rest is not []; rest = rest[2..])
        {
            switch (rest)
            {
                case ["--function", var path, ..] when File.Exists(path):
                    function = Path.GetFullPath(path);
                    break;
                case ["--count", var text, ..] when Number(text) is { } number:
                    count = number;
                    break;
                case ["--cpus", var text, ..] when Number(text) is { } number:
                    cpus = [number];
                    break;
                default:
                    Console.WriteLine(Usage);
                    return rest is ["--help" or "-h"] ? 0 : 2;
            }
        }

        function ??= await Builds.RuleAsync(Console.WriteLine);
        Console.WriteLine($"{function}, {count} starts, each judges one event");
        Console.WriteLine($"{"CPUs",4} {"answered",9} {"hung",5} {"ended",6} {"median ms",10} {"slowest ms",11} {"not given up",13}");
        using var authority = new TestAuthority();
        await using var stage = await Stage.OpenAsync(authority.Certificate, await File.ReadAllBytesAsync(Builds.Event));
        var bad = 0;
        foreach (var number in cpus)
        {
            var contestant = new Contestant("", null, "taskset", "--cpu-list", $"0-{number - 1}", function);
            var (times, slowest, hung, ended, sentBefore) = (new Figures(), 0.0, 0, 0, stage.NotGivenUp);
            for (var start = 0; start < count; start++)
            {
                var (outcome, milliseconds) = await StartAsync(stage, contestant, authority);
                if (outcome == Outcome.Hung) hung++;
                else if (outcome == Outcome.Ended) ended++;
                else times.Add(milliseconds);
                slowest = Math.Max(slowest, milliseconds);
            }

            var answered = count - hung - ended;
            var median = answered == 0 ? 0 : times.Median;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{number,4} {answered,9} {hung,5} {ended,6} {median,10:0.0} {slowest,11:0.0} {stage.NotGivenUp - sentBefore,13}"));
            bad += hung + ended;
        }

        return bad == 0 ? 0 : 1;
    }

    private static async Task<(Outcome Outcome, double Milliseconds)> StartAsync(
        Stage stage, Contestant contestant, TestAuthority authority)
    {
        stage.Clear();
        var started = Stopwatch.GetTimestamp();
        using var process = contestant.Start(stage.RuntimeApi, stage.Http, authority.Environment);
        try
        {
            var answer = stage.InvokeAsync();
            var first = await Task.WhenAny(answer, process.WaitForExitAsync(), Task.Delay(Patience));
            if (first == answer) return (Outcome.Answered, Stopwatch.GetElapsedTime(started, await answer).TotalMilliseconds);
            return (process.HasExited ? Outcome.Ended : Outcome.Hung, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    private enum Outcome
    {
        Answered,
        Hung,
        Ended,
    }
}
