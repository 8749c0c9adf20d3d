using System.CommandLine;

namespace KeyRotation.Local;

/// <summary>Parses the command line. Exit codes: 0 all results are as expected, 1 a result differs, 2 wrong usage.</summary>
internal static class CommandLine
{
    private const int WrongUsage = 2;

    private const string Description = """
        Sends AWS Config events to the real function on this machine. It needs no AWS account: the local run has its own KMS, AWS Config,
        CloudFormation, STS and Lambda Runtime API. With no FILE, it sends all events in samples/events, whose folder is the expected
        verdict, and then sweeps an account of 250 keys twice.

        It prints the totals, and the events whose result differs from the expected one. A FILE of your own is sent in the same way, and its
        result is always printed; if the function rejects it, the exit code is 1. If samples/account.json does not have the key, the local
        run creates it from the event's configuration item. The item has no rotation period, so a key with rotation on gets 365 days.

        Exit codes: 0 each sample got the verdict of its folder, the function rejected none of your events, and both sweeps were as
        expected; 1 a result differs; 2 wrong usage.
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Saved events to send instead of the samples.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var function = new Option<string?>("--function")
        {
            Description = "The function's executable, such as a Native AOT bootstrap. Default: the one built with this program.",
            HelpName = "PATH",
        };
        var json = new Option<bool>("--json")
        {
            Description = "Print JSON lines: one object per event (sample, keyId, expected, verdict, code, annotation, milliseconds, "
                + "difference, notChecked, notes), one object per sweep (sweep, keys, kmsCalls, putEvaluationsCalls, evaluations, "
                + "milliseconds, difference), and the totals at the end.",
        };
        var all = new Option<bool>("--all") { Description = "Print each event with its verdict and annotation." };
        var root = new RootCommand(Description) { files, function, json, all };
        root.SetAction(async (result, cancellationToken) =>
        {
            try
            {
                return await LocalRun.RunAsync(
                    [.. result.GetValue(files)!.Select(ExistingFile)],
                    result.GetValue(function) is { } path ? ExistingFile(path) : null,
                    result.GetValue(json) ? new JsonReport(Console.Out) : new TextReport(result.GetValue(all)),
                    cancellationToken);
            }
            catch (UsageException e)
            {
                await Console.Error.WriteLineAsync(e.Message);
                return WrongUsage;
            }
        });

        var parsed = root.Parse(args);
        if (parsed.Errors.Count == 0) return await parsed.InvokeAsync();
        foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(error.Message);
        await Console.Error.WriteLineAsync("Use --help to see all options.");
        return WrongUsage;
    }

    private static string ExistingFile(string path) =>
        File.Exists(path) ? Path.GetFullPath(path) : throw new UsageException($"{path}: the file does not exist.");
}

/// <summary>An error that the caller can correct.</summary>
internal sealed class UsageException(string message) : Exception(message);
