using System.Diagnostics;

namespace KeyRotation.Local;

/// <summary>The whole local run, from the first event to the exit code.</summary>
internal static class LocalRun
{
    /// <param name="files">Events to send. If there are none, all samples are sent, and then the two sweeps run.</param>
    /// <param name="function">Path of the function's executable; null means the one in this program's folder.</param>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> files, string? function, IReport report, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var samples = (files.Count > 0 ? files : SampleFile.All).Select(SampleFile.Load).ToList();
        var rows = await report.PlayAsync(samples.Count, played => PlayAllAsync(samples, function, played, cancellationToken));
        var sweeps = files.Count == 0 ? await TwoSweeps.RunAsync(function) : [];

        report.Sweeps(sweeps);
        report.Totals(new(
            rows.Count(row => row is { Difference: null, NotChecked: null, IsOwn: false }),
            rows.Count(row => row.Difference is not null) + sweeps.Count(sweep => sweep.Difference is not null),
            rows.Count(row => row.NotChecked is not null),
            rows.Count(row => row.IsOwn),
            Stopwatch.GetElapsedTime(started)));
        return rows.Exists(row => row.Difference is not null) || sweeps.Any(sweep => sweep.Difference is not null) ? 1 : 0;
    }

    private static async Task<List<Row>> PlayAllAsync(
        List<SampleFile> samples, string? function, Action<Row> played, CancellationToken cancellationToken)
    {
        await using var aws = await LocalAws.StartAsync();
        var account = AccountFile.Load(Path.Combine(SampleFile.SamplesFolder, "account.json")).AddTo(aws);
        await using var player = new Player(aws, account, function);
        var rows = new List<Row>();
        foreach (var sample in samples)
        {
            cancellationToken.ThrowIfCancellationRequested();
            rows.Add(await player.PlayAsync(sample));
            played(rows[^1]);
        }

        return rows;
    }
}

/// <param name="Differing">Samples, sweeps and own events whose result differs from the expected one.</param>
/// <param name="Own">Own events, including those that differ or were not checked. Any verdict is accepted.</param>
internal sealed record Totals(int AsExpected, int Differing, int NotChecked, int Own, TimeSpan Duration);

/// <summary>The output of the local run.</summary>
internal interface IReport
{
    /// <param name="play">Sends the events, and calls back with each row when it is complete.</param>
    Task<List<Row>> PlayAsync(int samples, Func<Action<Row>, Task<List<Row>>> play);

    void Sweeps(IReadOnlyList<SweepRow> sweeps);

    void Totals(Totals totals);
}
