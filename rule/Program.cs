using System.Globalization;
using Amazon.Runtime;
using KeyRotation;
using KeyRotation.Aws;
using KeyRotation.Core;
using KeyRotation.Runtime;

if (Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API") is not { Length: > 0 } runtimeApi) return ExplainUsage();

LimitHeap();
var clock = TimeProvider.System;
using var output = Console.OpenStandardOutput();

// Lambda does not answer "next" until there is an event, however long that takes. A proxy is for calls to AWS, not to the Runtime API.
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
#pragma warning disable CA1031 // Do not catch general exception types: whatever keeps the function from starting is posted to Lambda.
catch (Exception e)
#pragma warning restore CA1031
{
    new Log(output, clock).Failed(e, "-");
    await runtime.PostInitErrorAsync(e);
    return 1;
}

ConnectInBackground();
await WarmUp.RunAsync(settings, (pool, calls) => NewFunction(pool, calls).HandleAsync, new Log(Stream.Null, clock), clock);
await runtime.RunAsync(function.HandleAsync, counter, new Log(output, clock, settings.MetricsByRule));
return 1;

static int ExplainUsage()
{
    Console.Error.WriteLine(new Problem(
        ProblemNumber.EnvironmentVariable,
        "AWS_LAMBDA_RUNTIME_API is missing: this program is an AWS Lambda function. Run it here with: dotnet run --project samples/local"));
    return 1;
}

// .NET sees the memory of the machine, not that of the function: a function that needs more would be killed without posting an error. Three
// quarters are .NET's own limit in a container, and leave room for the rest: measured at 128 MB, errors are posted at 75 and 84 percent,
// and not at 100.
static void LimitHeap()
{
    if (!ulong.TryParse(Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), CultureInfo.InvariantCulture, out var megabytes)) return;
    var limit = megabytes * 1024 * 1024 * 3 / 4;
    if ((ulong)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes <= limit) return;
    AppContext.SetData("GCHeapHardLimit", limit);
    GC.RefreshMemoryLimit();
}

Function NewFunction(ConnectionPool pool, CallCounter calls) =>
    new(new EnvironmentVariablesAWSCredentials(), settings.ClientOptions(pool, calls, clock), settings.SweepParallelism, clock);

// Errors are ignored here: the first real call reports them. It has its own thread, because a pool thread would look for more work
// afterwards, at the cost of the warm-up: a quarter of all CPU time of the start. It starts only after everything else is built: with two
// threads in the first moments of a process, Native AOT's class constructors can wait for each other forever.
void ConnectInBackground() => new Thread(() => _ = function.OwnAccount.ConnectAsync()) { IsBackground = true }.Start();
