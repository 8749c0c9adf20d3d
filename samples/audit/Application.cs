using KeyRotation.Audit.Reports;
using KeyRotation.Audit.Views;

namespace KeyRotation.Audit;

/// <summary>The whole program, with what a test has to replace.</summary>
/// <param name="viewOf">Where the audit is shown.</param>
/// <param name="console">For help, and for the report of <c>--output -</c>.</param>
/// <param name="problems">For what is wrong, which --quiet does not silence.</param>
internal sealed class Application(Func<AuditOptions, IView> viewOf, Streams console, TextWriter problems, TimeProvider clock)
{
    /// <param name="stop">Ends the audit early; what is known by then is shown and written.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken stop)
    {
        try
        {
            return new CommandLine(console.Input).Parse(args, console.Text) is { } options ? await RunAsync(options, stop) : 0;
        }
        catch (UsageException e)
        {
            return await EndAsync(ExitCode.WrongUsage, e.Message);
        }
        catch (CredentialsException e)
        {
            return await EndAsync(ExitCode.NotComplete, e.Message);
        }
        catch (Exception e) when (AwsFailure.IsAboutTheCaller(e))
        {
            return await EndAsync(ExitCode.NotComplete, $"AWS did not accept the credentials: {Sentences.MessageOf(e).TrimEnd('.')}. Sign in again, or check the clock of this machine.");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return await EndAsync(ExitCode.NotComplete, "Stopped before the first key.");
        }
        catch (Exception e) when (e is ProblemException or UnauthorizedAccessException || AwsFailure.IsFailedCall(e))
        {
            return await EndAsync(ExitCode.NotComplete, $"The audit could not be made: {Sentences.MessageOf(e)}");
        }
#pragma warning disable CA1031 // Do not catch general exception types: a stack trace tells its reader nothing that they could do.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return await EndAsync(ExitCode.NotComplete, $"The audit failed by a fault of its own, which is worth a report: {e.GetType().Name}: {e.Message}");
        }
    }

    private async Task<int> EndAsync(int exitCode, string problem)
    {
        await problems.WriteLineAsync(SingleLine.Of(problem));
        return exitCode;
    }

    private async Task<int> RunAsync(AuditOptions options, CancellationToken stop)
    {
        foreach (var path in options.Outputs) Output.CheckWritable(path);
        var baseline = options.Baseline is null ? null : await BaselineAsync(options.Baseline);
        var found = options.Demonstration ? null : await Credentials.FindAsync(options.Profile, clock, stop);
        if (found is var (credentials, region))
            return await RunAsync(await Plan.OfAsync(credentials, region, options, clock, stop), options, baseline, stop);
        if (!options.Demonstration && !MayShowMadeUpKeys(options))
        {
            throw new UsageException(
                "There are no AWS credentials. Name a profile (--profile NAME, or AWS_PROFILE), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. "
                + "--demo audits made-up accounts.");
        }

        await using var demonstration = await Demonstration.StartAsync();
        return await RunAsync(demonstration.PlanOf(options, clock), options, baseline, stop, isDemonstration: true);
    }

    /// <summary>Only to a person who reads them at once, and who cannot take them for keys of their own.</summary>
    private bool MayShowMadeUpKeys(AuditOptions options) =>
        console.IsTerminal && !options.Quiet && options.Outputs.Count == 0 && !options.NamesAnAccount && !Credentials.AreConfigured;

    private async Task<int> RunAsync(
        Plan plan, AuditOptions options, AuditReport? baseline, CancellationToken stop, bool isDemonstration = false)
    {
        string[] names = [.. plan.Places.Select(place => place.Name)];
        if (baseline is not null && Changes.DifferenceOf(baseline, names, isDemonstration) is { } difference)
            throw new UsageException($"--baseline: {options.Baseline} is an audit of something else: {difference}.");

        var view = viewOf(options);
        using var run = new AuditRun(plan, options, isDemonstration, clock);
        var running = run.RunAsync(baseline, stop);
        if (isDemonstration) view.Say(Sentences.Demonstration);
        await view.WatchAsync(run, running);
        var report = await running;

        view.Show(report);
        foreach (var written in await Output.WriteAsync(report, options, console)) view.Say(written);
        foreach (var problem in Sentences.Problems(report)) await problems.WriteLineAsync(SingleLine.Of(problem));
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

/// <summary>The standard streams of the program.</summary>
internal sealed record Streams(TextReader Input, TextWriter Text, Func<Stream> OpenOutput, bool IsTerminal);

/// <summary>The command line, or what it names, is wrong: exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
