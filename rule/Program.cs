using Amazon.Runtime;
using Amazon.Runtime.Internal;
using KeyRotation;
using KeyRotation.Core;

var clock = TimeProvider.System;
if (Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API") is not { Length: > 0 } runtimeApi)
{
    await Console.Error.WriteLineAsync(new Problem(
        ProblemNumber.EnvironmentVariable,
        "AWS_LAMBDA_RUNTIME_API is missing: this program is an AWS Lambda function. Run it here with: dotnet run --project samples/local").ToString());
    return 1;
}

// Lambda holds the answer to "next" back until there is an event, however long that takes.
using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
var runtime = new LambdaRuntime(http, runtimeApi, clock);
try
{
    var settings = Settings.Of(Environment.GetEnvironmentVariable);
    using var output = Console.OpenStandardOutput();
    var meter = new CallMeter(settings.SweepQuotaPercent, clock);
    RuntimePipelineCustomizerRegistry.Instance.Register(meter);
    await runtime.RunAsync(new Function(settings, new EnvironmentVariablesAWSCredentials(), clock), meter, new Log(output, clock));
}
catch (ProblemException problem)
{
    await runtime.PostInitErrorAsync(problem);
}

return 1;
