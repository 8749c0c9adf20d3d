using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace KeyRotation.Local;

/// <summary>
/// The function's executable, started as Lambda starts it, with a local AWS as its endpoint. It does not see this machine's AWS
/// configuration or proxy settings.
/// </summary>
internal sealed class RuleProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly LocalRuntime runtime;
    private readonly ConcurrentQueue<string> logs = new();
    private readonly ConcurrentQueue<string> errors = new();
    private readonly SemaphoreSlim news = new(0);
    private readonly Task reading;

    private RuleProcess(Process process, LocalRuntime runtime)
    {
        this.process = process;
        this.runtime = runtime;
        reading = Task.WhenAll(ReadAsync(process.StandardOutput, logs), ReadAsync(process.StandardError, errors));
    }

    /// <summary>The function's executable in this program's folder, where the build puts it.</summary>
    public static string BuiltFunction => Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "bootstrap.exe" : "bootstrap");

    public int Id => process.Id;

    /// <summary>The lines of its standard output so far, which are JSON log lines.</summary>
    public IReadOnlyCollection<string> Logs => logs;

    /// <summary>The lines of its standard error so far.</summary>
    public IReadOnlyCollection<string> Errors => errors;

    public bool HasExited => process.HasExited;

    /// <summary>The peak of its working set so far, in bytes.</summary>
    public long PeakMemory
    {
        get
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
    }

    /// <param name="account">The account whose credentials the function gets, and in whose Region it runs.</param>
    /// <param name="function">Path of the executable; null means <see cref="BuiltFunction"/>.</param>
    /// <param name="environment">Additional environment variables; a null value removes a variable.</param>
    public static Task<RuleProcess> StartAsync(
        LocalAws aws, LocalAccount account, string? function = null, IReadOnlyDictionary<string, string?>? environment = null) =>
        StartAsync(aws.Endpoint, account, function, environment);

    public static async Task<RuleProcess> StartAsync(
        Uri endpoint, LocalAccount account, string? function = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var runtime = new LocalRuntime { FunctionArn = $"arn:{account.Partition}:lambda:{account.Region}:{account.Id}:function:KmsKeyRotation" };
        try
        {
            await runtime.StartAsync();
            return new(Process.Start(StartInfo(runtime, endpoint, account, function, environment))!, runtime);
        }
        catch
        {
            await runtime.DisposeAsync();
            throw;
        }
    }

    /// <summary>Throws as soon as the process exits or reports that it cannot start.</summary>
    /// <param name="timeout">The function's timeout; null means one minute.</param>
    public async Task<InvocationResult> InvokeAsync(string payload, TimeSpan? timeout = null)
    {
        using var stop = new CancellationTokenSource();
        var invocation = runtime.InvokeAsync(payload, timeout ?? TimeSpan.FromMinutes(1), stop.Token);
        var exit = process.WaitForExitAsync(stop.Token);
        var first = await Task.WhenAny(invocation, exit, runtime.InitError);
        if (first != invocation)
        {
            // A function that cannot start posts its error and then exits. Either can be observed first.
            await Task.WhenAny(exit, Task.Delay(TimeSpan.FromSeconds(5)));
            if (process.HasExited) await reading;
        }

        await stop.CancelAsync();
        if (first == invocation) return await invocation;
        throw new InvalidOperationException(runtime.InitError.IsCompleted
            ? $"The function cannot start. {(await runtime.InitError).ErrorMessage}"
            : $"The function ended with exit code {process.ExitCode}. {string.Join(Environment.NewLine, errors)}");
    }

    /// <summary>
    /// The summary line of an invocation. It is written before the response is posted, but through a pipe, so it can arrive later.
    /// </summary>
    public async Task<string> SummaryAsync(string requestId)
    {
        while (true)
        {
            if (logs.FirstOrDefault(IsSummary) is { } summary) return summary;
            if (!await news.WaitAsync(TimeSpan.FromSeconds(5)))
                throw new TimeoutException($"The function wrote no summary line for request {requestId}.");
        }

        bool IsSummary(string line) =>
            line.Contains(requestId, StringComparison.Ordinal) && line.Contains("\"message\":\"Finished\"", StringComparison.Ordinal);
    }

    /// <summary>Kills the process and stops its Runtime API.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        await reading;
        await runtime.DisposeAsync();
        process.Dispose();
        news.Dispose();
    }

    private static ProcessStartInfo StartInfo(
        LocalRuntime runtime, Uri endpoint, LocalAccount account, string? function, IReadOnlyDictionary<string, string?>? environment)
    {
        var start = new ProcessStartInfo(function ?? BuiltFunction)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        var variables = start.Environment;
        foreach (var name in variables.Keys.Where(IsForeign).ToList()) variables.Remove(name);

        var credentials = account.Credentials.GetCredentials();
        variables["AWS_LAMBDA_RUNTIME_API"] = runtime.Address;
        variables["AWS_LAMBDA_FUNCTION_NAME"] = "KmsKeyRotation";
        variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = "128";
        variables["AWS_REGION"] = account.Region;
        variables["AWS_ACCESS_KEY_ID"] = credentials.AccessKey;
        variables["AWS_SECRET_ACCESS_KEY"] = credentials.SecretKey;
        variables["AWS_ENDPOINT_URL"] = endpoint.ToString();
        variables["AWS_CONFIG_FILE"] = variables["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(AppContext.BaseDirectory, "no-such-file");
        variables["AWS_EC2_METADATA_DISABLED"] = "true";

        // A build that needs .NET uses the one that runs this program, unless DOTNET_ROOT is already set.
        variables.TryAdd("DOTNET_ROOT", Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")));
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            if (value is null) variables.Remove(name);
            else variables[name] = value;
        }

        return start;
    }

    /// <summary>Whether a variable belongs to this machine's AWS configuration or proxy settings.</summary>
    public static bool IsForeign(string name) =>
        name.StartsWith("AWS_", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("_X_AMZN", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith("_PROXY", StringComparison.OrdinalIgnoreCase);

    private async Task ReadAsync(StreamReader from, ConcurrentQueue<string> to)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            to.Enqueue(line);
            news.Release();
        }
    }
}
