using System.Globalization;
using Amazon.Runtime;
using KeyRotation;
using KeyRotation.Aws;
using KeyRotation.Core;
using KeyRotation.Runtime;
using Microsoft.Win32.SafeHandles;

if (Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API") is not { Length: > 0 } runtimeApi) return ExplainUsage();

LimitHeap();
SetHome();
var clock = TimeProvider.System;

// Lambda holds the answer to "next" back until there is an event, however long that takes. A proxy is for the way to AWS, not to the Runtime API.
using var handler = new SocketsHttpHandler { UseProxy = false };
using var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
var runtime = new LambdaRuntime(http, runtimeApi, clock);
using var connections = new ConnectionPool();
var counter = new CallCounter();
Settings settings;
Function function;
try
{
    settings = Settings.Of(Environment.GetEnvironmentVariable);
    function = NewFunction(connections, counter);
}
#pragma warning disable CA1031 // Do not catch general exception types: whatever keeps the function from starting is posted to Lambda, which shows it.
catch (Exception e)
#pragma warning restore CA1031
{
    await using var log = Console.OpenStandardOutput();
    new Log(log, clock).Failed(e, "-");
    await runtime.PostInitErrorAsync(e);
    return 1;
}

ConnectInBackground();
await WarmUp.RunAsync(settings, (pool, calls) => NewFunction(pool, calls).HandleAsync, new Log(Stream.Null, clock), clock);

// Standard output as the file that it is: Console would prepare for a terminal first, with a thread for its signals.
using var standardOutput = new SafeFileHandle(1, ownsHandle: false);
using var output = new FileStream(standardOutput, FileAccess.Write, bufferSize: 0);
await runtime.RunAsync(function.HandleAsync, counter, new Log(output, clock, settings.MetricsByRule));
return 1;

static int ExplainUsage()
{
    Console.Error.WriteLine(new Problem(
        ProblemNumber.EnvironmentVariable,
        "AWS_LAMBDA_RUNTIME_API is missing: this program is an AWS Lambda function. Run it here with: dotnet run --project samples/local"));
    return 1;
}

// .NET sees the memory of the machine, and not the function's: a function that needs more would be killed, with no error to post. Three quarters are
// .NET's own limit in a container, and leave room for the rest: measured at 128 MB, errors are posted at 75 and 84 percent, and not at 100.
static void LimitHeap()
{
    if (!ulong.TryParse(Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), CultureInfo.InvariantCulture, out var megabytes)) return;
    var limit = megabytes * 1024 * 1024 * 3 / 4;
    if ((ulong)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes <= limit) return;
    AppContext.SetData("GCHeapHardLimit", limit);
    GC.RefreshMemoryLimit();
}

// Lambda sets no HOME. When the SDK looks for a profile, .NET would ask the system's user database for it, which is a twentieth of the start. The
// function's own folder has no profile either.
static void SetHome()
{
    if (Environment.GetEnvironmentVariable("HOME") is null) Environment.SetEnvironmentVariable("HOME", AppContext.BaseDirectory);
}

Function NewFunction(ConnectionPool pool, CallCounter calls) =>
    new(new EnvironmentVariablesAWSCredentials(), settings.ClientOptions(pool, calls, clock), settings.SweepParallelism, clock);

// Errors are ignored here: the first real call reports them. On a thread of its own, because one of the pool looks for more work when it has
// done this, at the cost of the warm-up: a quarter of all CPU time of the start. And not before the rest is built: with two threads in the very
// first moments of a process, Native AOT's class constructors can wait for each other without end.
void ConnectInBackground() => new Thread(() => _ = function.OwnAccount.ConnectAsync()) { IsBackground = true }.Start();
