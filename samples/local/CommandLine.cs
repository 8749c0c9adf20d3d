using System.CommandLine;

namespace KeyRotation.Local;

/// <summary>Reads the command line. Exit codes: 0 all as it should be, 1 not, 2 wrong usage.</summary>
internal static class CommandLine
{
    private const int WrongUsage = 2;

    private const string Description = """
        Plays AWS Config events through the real function, on this machine and with no AWS account: the local run has its own KMS, Config,
        CloudFormation, STS and Lambda Runtime API. With no FILE it plays every file of samples/events, whose folder is the expected verdict,
        and then sweeps an account of 250 keys twice.

        It prints the totals, and what is not as expected. A FILE of your own is played the same way, and always shown; one that the function rejects
        ends the run with exit code 1. A key that samples/account.json does not have is made from the event's configuration item; the item
        has no rotation period, so a key that rotates is taken to do so every 365 days.

        Exit codes: 0 each sample got the verdict of its folder, and each of your files got a verdict; 1 some did not; 2 wrong usage.
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        var files = new Argument<string[]>("FILE") { Description = "Saved events to play instead of the samples.", Arity = ArgumentArity.ZeroOrMore };
        var function = new Option<string?>("--function")
        {
            Description = "The function's executable, e.g. a Native AOT bootstrap. Default: the one that was built with this program.",
            HelpName = "PATH",
        };
        var json = new Option<bool>("--json")
        {
            Description = "Print JSON lines: an object a sample (sample, keyId, expected, verdict, code, annotation, milliseconds, difference, notChecked, notes), an object a sweep "
                + "(sweep, keys, kmsCalls, putEvaluationsCalls, evaluations, milliseconds), and the totals at the end.",
        };
        var all = new Option<bool>("--all") { Description = "Show every event with its verdict and annotation." };
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
        await Console.Error.WriteLineAsync("--help says what there is.");
        return WrongUsage;
    }

    private static string ExistingFile(string path) =>
        File.Exists(path) ? Path.GetFullPath(path) : throw new UsageException($"{path}: there is no such file.");
}

/// <summary>Something that the caller can correct.</summary>
internal sealed class UsageException(string message) : Exception(message);
