using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace KeyRotation.Benchmark;

/// <summary>How fast the function responds: from the start of its process, from its first event, and when it is warm.</summary>
internal static class StartBenchmark
{
    // A process is new while the heap of .NET grows into untouched memory, for about a hundred invocations. After that it is warm.
    private const int NewInvocations = 30;
    private const int WarmAfter = 200;
    private const int WarmInvocations = 30;

    // Longer than any contestant continues its preparation while it waits for an event.
    private static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(600);

    public static Command Command()
    {
        var runs = Benchmarks.NumberOption("--runs", 11, "The number of processes for each contestant, protocol and kind of start.");
        var files = new Argument<FileInfo[]>("FILE")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "Measures these executables instead of building the contestants. The first is the floor.",
        }.AcceptExistingOnly();
        var command = new Command("start", "Cold start, warm invocation and memory, compared with a floor and a Python handler.") { runs, files };
        command.SetAction((result, _) => RunAsync(result.GetValue(runs), result.GetValue(files)!));
        return command;
    }

    private static async Task<int> RunAsync(int runs, FileInfo[] files)
    {
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 190);
        var contestants = files.Length > 0
            ? [.. files.Select(file => new Contestant(file.Directory!.Name, file.FullName))]
            : await Builds.AllAsync(AnsiConsole.WriteLine);
        using var authority = new TestAuthority();
        await using var stage = await Stage.OpenAsync(authority.Certificate, await File.ReadAllBytesAsync(Builds.Event));
        foreach (var endpoint in (Uri[])[stage.Http, stage.Https])
        {
            var results = contestants.Select(contestant => (contestant, new Result())).ToList();

            // Contestants take turns, so that other load affects all of them alike. The first turn warms up files and this program.
            for (var run = -1; run < runs; run++)
            {
                foreach (var (contestant, result) in results)
                    await MeasureAsync(stage, contestant, endpoint, authority.Environment, run < 0 ? new Result() : result);
            }

            Print($"{endpoint.Scheme.ToUpperInvariant()}, medians of {runs} runs with the middle half in brackets, milliseconds", results);
        }

        return 0;
    }

    private static async Task MeasureAsync(
        Stage stage, Contestant contestant, Uri endpoint, IReadOnlyDictionary<string, string> trust, Result result)
    {
        foreach (var hold in (TimeSpan[])[TimeSpan.Zero, Hold])
        {
            stage.Clear();
            var started = Stopwatch.GetTimestamp();
            using var process = contestant.Start(stage.RuntimeApi, endpoint, trust);
            process.Exited += (_, _) => stage.Leave();
            process.EnableRaisingEvents = true;
            try
            {
                if (hold > TimeSpan.Zero)
                {
                    await stage.Waiting;
                    await Task.Delay(hold);
                    started = Stopwatch.GetTimestamp();
                }

                var first = Stopwatch.GetElapsedTime(started, await stage.InvokeAsync()).TotalMilliseconds;
                (hold > TimeSpan.Zero ? result.First : result.Cold).Add(first);
                if (hold == TimeSpan.Zero) result.Cpu.Add(Contestant.CpuTime(process));
                for (var i = 0; i < WarmAfter + WarmInvocations; i++)
                {
                    // So many invocations reach the rule's rate limit, which real events do not. After a pause, the rule does not wait.
                    if (i == WarmAfter) await Task.Delay(Hold);
                    var sent = Stopwatch.GetTimestamp();
                    var took = Stopwatch.GetElapsedTime(sent, await stage.InvokeAsync()).TotalMilliseconds;
                    if (i < NewInvocations) result.New.Add(took);
                    else if (i >= WarmAfter) result.Warm.Add(took);
                }

                result.Memory.Add(Contestant.PeakMemory(process) / 1e6);
            }
            finally
            {
                process.Kill();
                await process.WaitForExitAsync();
            }
        }
    }

    private static void Print(string title, IReadOnlyList<(Contestant Contestant, Result Result)> results)
    {
        var floor = results[0].Result;
        var table = new Table().Title(title).Border(TableBorder.Simple).AddColumns(
            "",
            "process start to answer",
            "ratio to floor",
            "CPU time",
            "first event to answer",
            $"next {NewInvocations} events",
            "ratio to floor",
            $"after {WarmAfter} events",
            "ratio to floor",
            "peak memory, MB");
        foreach (var (contestant, result) in results)
        {
            table.AddRow(
                contestant.Name,
                Text(result.Cold, 1),
                Ratio(result.Cold, floor.Cold),
                Text(result.Cpu, 1),
                Text(result.First, 1),
                Text(result.New, 2),
                Ratio(result.New, floor.New),
                Text(result.Warm, 2),
                Ratio(result.Warm, floor.Warm),
                Text(result.Memory, 1));
        }

        AnsiConsole.Write(table);
    }

    private static string Text(Figures figures, int digits)
    {
        var (from, to) = figures.Spread;
        return Markup.Escape($"{Fixed(figures.Median, digits)} [{Fixed(from, digits)}-{Fixed(to, digits)}]");
    }

    private static string Ratio(Figures figures, Figures floor) => Fixed(figures.Median / floor.Median, 2);

    private static string Fixed(double value, int digits) => value.ToString($"F{digits}", CultureInfo.InvariantCulture);

    private sealed class Result
    {
        public Figures Cold { get; } = new();

        public Figures Cpu { get; } = new();

        public Figures First { get; } = new();

        public Figures New { get; } = new();

        public Figures Warm { get; } = new();

        public Figures Memory { get; } = new();
    }
}
