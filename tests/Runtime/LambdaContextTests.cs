using Microsoft.Extensions.Time.Testing;

namespace KeyRotation.Tests.Runtime;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class LambdaContextTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider clock = new(Now);

    [Test]
    public void Context_is_read_from_the_response_headers()
    {
        using var next = new HttpResponseMessage();
        next.Headers.Add("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd");
        next.Headers.Add("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:111122223333:function:kms-key-rotation");
        next.Headers.Add("Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700");
        next.Headers.Add("Lambda-Runtime-Deadline-Ms", "1781524830000");
        var context = new LambdaContext(next, clock);
        clock.Advance(TimeSpan.FromSeconds(10));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(context.AwsRequestId, Is.EqualTo("8476a536-e9f4-11e8-9739-2dfe598c3fcd"));
            Assert.That(context.InvokedFunctionArn, Is.EqualTo("arn:aws:lambda:eu-central-1:111122223333:function:kms-key-rotation"));
            Assert.That(context.TraceId, Is.EqualTo("Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700"));
            Assert.That(context.RemainingTime, Is.EqualTo(TimeSpan.FromSeconds(20)));
        }
    }

    [TestCase(null, 60)]
    [TestCase("soon", 60)]
    [TestCase("9223372036854775807", 24 * 60 * 60)]
    [TestCase("-9223372036854775808", -1_781_524_800, Description = "the deadline is the start of 1970")]
    public void Missing_or_invalid_deadline_is_replaced(string? deadline, int seconds)
    {
        using var next = new HttpResponseMessage();
        if (deadline is not null) next.Headers.Add("Lambda-Runtime-Deadline-Ms", deadline);
        var context = new LambdaContext(next, clock);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(context.RemainingTime, Is.EqualTo(TimeSpan.FromSeconds(seconds)));
            Assert.That((context.AwsRequestId, context.InvokedFunctionArn, context.TraceId), Is.EqualTo(("", "", "")));
        }
    }

    [Test]
    [NonParallelizable]
    public void Other_properties_come_from_the_environment()
    {
        using var next = new HttpResponseMessage();
        var context = new LambdaContext(next, clock);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(FromEnvironment(context), Is.EqualTo(("", "", "", "", 0)));
            string[] names =
            [
                "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
            ];
            foreach (var (name, value) in names.Zip(["function", "7", "group", "stream", "256"]))
                Environment.SetEnvironmentVariable(name, value);
            try
            {
                Assert.That(FromEnvironment(context), Is.EqualTo(("function", "7", "group", "stream", 256)));
            }
            finally
            {
                foreach (var name in names) Environment.SetEnvironmentVariable(name, null);
            }
        }
    }

    private static (string, string, string, string, int) FromEnvironment(LambdaContext context) =>
        (context.FunctionName, context.FunctionVersion, context.LogGroupName, context.LogStreamName, context.MemoryLimitInMB);
}
