using KeyRotation.Audit.Reports;
using KeyRotation.Audit.Views;

namespace KeyRotation.Audit;

/// <summary>The whole program, with what a test has to replace.</summary>
/// <param name="viewOf">Where the audit is shown.</param>
/// <param name="output">For help.</param>
/// <param name="problems">For what is wrong, which --quiet does not silence.</param>
internal sealed class Application(Func<AuditOptions, IView> viewOf, TextWriter output, TextWriter problems, TimeProvider clock)
{
    /// <param name="stop">Ends the audit early; what is known by then is shown and written.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken stop)
    {
        try
        {
            return new CommandLine().Parse(args, output) is { } options ? await RunAsync(options, stop) : 0;
        }
        catch (UsageException e)
        {
            await problems.WriteLineAsync($"{e.Message}\n--help shows what is possible.");
            return ExitCode.WrongUsage;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await problems.WriteLineAsync("Stopped before the first key.");
            return ExitCode.NotComplete;
        }
        catch (Exception e) when (e is ProblemException or UnauthorizedAccessException || AwsFailure.IsFailedCall(e))
        {
            await problems.WriteLineAsync($"The audit could not be made: {AwsFailure.MessageOf(e)}");
            return ExitCode.NotComplete;
        }
    }

    private async Task<int> RunAsync(AuditOptions options, CancellationToken stop)
    {
        var baseline = options.Baseline is null ? null : await BaselineAsync(options.Baseline);
        var view = viewOf(options);
        var caller = options.Demonstration ? null : await Caller.FindAsync(options.Profile);
        if (caller is not null)
            return await RunAsync(await caller.PlacesAsync(options, clock, stop), options, baseline, view, stop);
        if (options.NamesAnAccount)
            throw new UsageException("There are no AWS credentials. Give --profile, or set the environment variables of AWS.");

        view.Say("Demonstration account: these keys are made up, and none of them is in AWS. --profile NAME audits an account of yours.");
        await using var demonstration = await Demonstration.StartAsync();
        return await RunAsync(demonstration.Places(options with { StackLookupsPerSecond = 1000 }, clock), options, baseline, view, stop, isDemonstration: true);
    }

    private async Task<int> RunAsync(
        IReadOnlyList<PlaceAudit> places, AuditOptions options, AuditReport? baseline, IView view, CancellationToken stop, bool isDemonstration = false)
    {
        using var run = new AuditRun(places, options, isDemonstration, clock);
        var running = run.RunAsync(baseline, stop);
        await view.WatchAsync(run, running);
        var report = await running;

        view.Show(report);
        foreach (var path in options.Outputs)
        {
            await Output.WriteAsync(report, path);
            view.Say($"Written: {path}");
        }

        foreach (var problem in Sentences.Problems(report)) await problems.WriteLineAsync(KeyRotation.Core.SingleLine.Of(problem));
        return ExitCode.Of(report);
    }

    private static async Task<AuditReport> BaselineAsync(string path)
    {
        try
        {
            await using var file = File.OpenRead(path);
            return await JsonReport.ReadAsync(file, path);
        }
        catch (Exception e) when (e is BaselineException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--baseline: {e.Message}");
        }
    }
}
