using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace KeyRotation.Benchmark;

/// <summary>How fast the function is there: from the start of its process, from its first event, and once it is warm.</summary>
internal static class StartBenchmark
{
    // A process is new for as long as .NET's heap grows into memory that was never touched, some hundred invocations; then it is warm.
    private const int NewInvocations = 30;
    private const int WarmAfter = 200;
    private const int WarmInvocations = 30;

    // Longer than any contestant goes on preparing itself while it waits for an event.
    private static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(600);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var (runs, files) = arguments is ["--runs", var number, .. var rest] ? (int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0, rest) : (11, arguments);
        if (runs == 0 || files.Any(file => !File.Exists(file)))
        {
            AnsiConsole.WriteLine("start [--runs N] [FILE...]");
            AnsiConsole.WriteLine("  --runs N   N processes of each contestant, protocol and kind of start; 11 unless told");
            AnsiConsole.WriteLine("  FILE...    measure these executables, the first of them as the floor, instead of building the contestants");
            return arguments is ["--help" or "-h"] ? 0 : 2;
        }

        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 190);
        var contestants = files.Length > 0 ? [.. files.Select(file => new Contestant(Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file)))!, null, file))] : await Builds.AllAsync(AnsiConsole.WriteLine);
        using var authority = new TestAuthority();
        await using var stage = await Stage.OpenAsync(authority.Certificate, await File.ReadAllBytesAsync(Builds.Event));
        foreach (var endpoint in (Uri[])[stage.Http, stage.Https])
        {
            var results = contestants.Select(contestant => (contestant, new Result())).ToList();

            // Contestants take turns, so that whatever else the machine does hits all alike; the first turn warms files and this program.
            for (var run = -1; run < runs; run++)
            {
                foreach (var (contestant, result) in results)
                    await MeasureAsync(stage, contestant, endpoint, authority.Environment, run < 0 ? new Result() : result);
            }

            Print($"{endpoint.Scheme.ToUpperInvariant()}, medians of {runs} runs, the middle half of them in brackets, milliseconds", results);
        }

        PrintSizes(contestants);
        return 0;
    }

    private static async Task MeasureAsync(Stage stage, Contestant contestant, Uri endpoint, IReadOnlyDictionary<string, string> trust, Result result)
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

                (hold > TimeSpan.Zero ? result.First : result.Cold).Add(Stopwatch.GetElapsedTime(started, await stage.InvokeAsync()).TotalMilliseconds);
                if (hold == TimeSpan.Zero) result.Cpu.Add(Contestant.CpuTime(process));
                for (var i = 0; i < WarmAfter + WarmInvocations; i++)
                {
                    // The rule has waited for KMS's quota meanwhile, which real events do not come near; now it need not.
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
        var table = new Table().Title(title).Border(TableBorder.Simple);
        table.AddColumn("").AddColumn("process start to answer").AddColumn("of floor").AddColumn("its CPU time").AddColumn("first event to answer").AddColumn($"the {NewInvocations} after it").AddColumn("of floor").AddColumn($"after {WarmAfter}").AddColumn("of floor").AddColumn("peak memory, MB");
        foreach (var (contestant, result) in results)
        {
            table.AddRow(
                contestant.Name,
                Text(result.Cold, "0.0"),
                Ratio(result.Cold, floor.Cold),
                Text(result.Cpu, "0.0"),
                Text(result.First, "0.0"),
                Text(result.New, "0.00"),
                Ratio(result.New, floor.New),
                Text(result.Warm, "0.00"),
                Ratio(result.Warm, floor.Warm),
                Text(result.Memory, "0.0"));
        }

        AnsiConsole.Write(table);
    }

    private static void PrintSizes(IReadOnlyList<Contestant> contestants)
    {
        var table = new Table().Title("Size, MB").Border(TableBorder.Simple);
        table.AddColumn("").AddColumn("files").AddColumn("zip");
        foreach (var contestant in contestants) table.AddRow(contestant.Name, Megabytes(contestant.Size), Megabytes(contestant.ZipSize));
        AnsiConsole.Write(table);
    }

    private static string Text(Figures figures, string format)
    {
        var (from, to) = figures.Spread;
        return Markup.Escape(string.Create(
            CultureInfo.InvariantCulture,
            $"{figures.Median.ToString(format, CultureInfo.InvariantCulture)} [{from.ToString(format, CultureInfo.InvariantCulture)}-{to.ToString(format, CultureInfo.InvariantCulture)}]"));
    }

    private static string Ratio(Figures figures, Figures floor) => (figures.Median / floor.Median).ToString("0.00", CultureInfo.InvariantCulture);

    private static string Megabytes(long? bytes) => bytes is null ? "-" : (bytes.Value / 1e6).ToString("0.0", CultureInfo.InvariantCulture);

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
