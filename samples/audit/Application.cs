using KeyRotation.Audit.Reports;
using KeyRotation.Audit.Views;
using Spectre.Console;

namespace KeyRotation.Audit;

/// <summary>Runs the program: reads the command line, audits, shows the results and writes the reports.</summary>
internal static class Application
{
    private static readonly bool IsTerminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <param name="stop">Ends the audit early. The results so far are shown and written.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken stop)
    {
        try
        {
            return CommandLine.Parse(args, Console.In, Console.Out) is { } options ? await RunAsync(options, stop) : ExitCode.Passed;
        }
#pragma warning disable CA1031 // Do not catch general exception types: a stack trace does not tell the user what to do.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await SayProblemAsync(ProblemOf(e, stop));
            return e is UsageException ? ExitCode.WrongUsage : ExitCode.NotComplete;
        }
    }

    private static string ProblemOf(Exception exception, CancellationToken stop) => exception switch
    {
        UsageException or CredentialsException => exception.Message,
        _ when AwsFailure.IsAboutTheCaller(exception) =>
            $"AWS did not accept the credentials: {Sentences.MessageOf(exception).TrimEnd('.')}. Sign in again, or check the clock of this machine.",
        OperationCanceledException when stop.IsCancellationRequested => "Stopped before the first key.",
        _ when exception is ProblemException or UnauthorizedAccessException || AwsFailure.IsFailedCall(exception) =>
            $"The audit could not be completed: {Sentences.MessageOf(exception)}",
        _ => $"The audit failed because of a bug; please report it: {exception.GetType().Name}: {exception.Message}",
    };

    /// <summary>Writes to standard error, also with --quiet.</summary>
    private static Task SayProblemAsync(string problem) => Console.Error.WriteLineAsync(SingleLine.Of(problem));

    private static async Task<int> RunAsync(AuditOptions options, CancellationToken stop)
    {
        foreach (var path in options.Outputs) Output.CheckWritable(path);
        var baseline = options.Baseline is null ? null : await JsonReport.ReadAsync(options.Baseline);
        var found = options.Demonstration ? null : await Credentials.FindAsync(options.Profile, stop);
        if (found is var (credentials, region))
            return await RunAsync(await Plan.OfAsync(credentials, region, options, stop), options, baseline, stop);
        if (!options.Demonstration && !MayShowMadeUpKeys(options))
        {
            throw new UsageException(
                "There are no AWS credentials. Name a profile (--profile NAME, or AWS_PROFILE), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. "
                + "--demo audits made-up accounts.");
        }

        return await Demonstration.RunAsync(options, plan => RunAsync(plan, options with { Demonstration = true }, baseline, stop));
    }

    /// <summary>
    /// Whether the demonstration may replace the audit: only at a terminal, and only if no report is written and nothing names an account,
    /// so that nobody mistakes its keys for real ones.
    /// </summary>
    private static bool MayShowMadeUpKeys(AuditOptions options) =>
        IsTerminal && !options.Quiet && options.Outputs.Count == 0 && !options.NamesAnAccount && !Credentials.AreConfigured;

    private static async Task<int> RunAsync(Plan plan, AuditOptions options, AuditReport? baseline, CancellationToken stop)
    {
        string[] names = [.. plan.Places.Select(place => place.Name)];
        if (baseline is not null && Changes.DifferenceOf(baseline, names, options.Demonstration) is { } difference)
            throw new UsageException($"--baseline: {options.Baseline} cannot be compared with this audit: {difference}.");

        var view = ViewOf(options);
        using var run = new AuditRun(plan, options);
        var running = run.RunAsync(baseline, stop);
        if (options.Demonstration) view.Say(Sentences.Demonstration);
        await view.WatchAsync(run, running);
        var report = await running;

        view.Show(report);
        foreach (var written in await Output.WriteAsync(report, options)) view.Say(written);
        foreach (var problem in Sentences.Problems(report)) await SayProblemAsync(problem);
        return ExitCode.Of(report);
    }

    private static IView ViewOf(AuditOptions options)
    {
        if (options.Quiet || options.Outputs.Contains("-")) return new Lines(TextWriter.Null);
        if (!IsTerminal) return new Lines(Console.Out);
        var colors = options.NoColor ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect;
        return new Terminal(AnsiConsole.Create(new AnsiConsoleSettings { ColorSystem = colors }), options.Rows);
    }
}

/// <summary>Wrong usage: the command line, a file that it names, or missing credentials. The exit code is 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
