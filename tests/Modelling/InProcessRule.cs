using System.Text.Json;
using Amazon.Lambda.ConfigEvents;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using KeyRotation.Local;

namespace KeyRotation.Tests.Modelling;

/// <summary>The function in this process, against a local AWS. Nothing is tried twice, and waits are short: a history has many calls that fail.</summary>
internal sealed class InProcessRule : IDisposable
{
    private readonly Wire wire;
    private readonly LocalAccount account;
    private readonly TimeProvider clock = new HurriedTime();
    private readonly Function function;

    public InProcessRule(LocalAws aws, LocalAccount account, int parallelism = 2)
    {
        this.account = account;
        wire = new(aws.Endpoint);
        function = new(new Settings(account.Region, SweepParallelism: parallelism), account.Credentials, clock);
    }

    public Summary Summary { get; private set; } = new();

    public async Task InvokeAsync(string configEvent)
    {
        wire.Lead();
        Summary = new();
        using var next = new HttpResponseMessage();
        next.Headers.Add("Lambda-Runtime-Deadline-Ms", $"{clock.GetUtcNow().AddMinutes(15).ToUnixTimeMilliseconds()}");
        next.Headers.Add("Lambda-Runtime-Invoked-Function-Arn", $"arn:aws:lambda:{account.Region}:{account.Id}:function:KmsKeyRotation");
        await function.HandleAsync(JsonSerializer.Deserialize(configEvent, RuntimeJson.Default.ConfigEvent)!, new LambdaContext(next, clock), Summary);
    }

    /// <summary>The numbered problem that it ends in.</summary>
    public async Task<string> ProblemAsync(string configEvent)
    {
        try
        {
            await InvokeAsync(configEvent);
            return "";
        }
        catch (ProblemException e)
        {
            return e.Message;
        }
    }

    public void Dispose() => wire.Dispose();

    /// <summary>Leads the clients that are made in the flow of an invocation, and no others, to the local AWS.</summary>
    private sealed class Wire : IRuntimePipelineCustomizer, IDisposable
    {
        private static readonly AsyncLocal<Wire?> Current = new();
        private readonly Uri endpoint;

        public Wire(Uri endpoint)
        {
            this.endpoint = endpoint;
            RuntimePipelineCustomizerRegistry.Instance.Register(this);
        }

        public string UniqueName { get; } = Guid.NewGuid().ToString();

        public void Lead() => Current.Value = this;

        public void Customize(Type type, RuntimePipeline pipeline)
        {
            if (Current.Value != this) return;
            pipeline.ReplaceHandler<RetryHandler>(new RetryHandler(new DefaultRetryPolicy(0)));
            pipeline.AddHandlerBefore<Signer>(new Redirect(endpoint));
        }

        public void Dispose() => RuntimePipelineCustomizerRegistry.Instance.Deregister(this);
    }

    private sealed class Redirect(Uri endpoint) : PipelineHandler
    {
        public override Task<T> InvokeAsync<T>(IExecutionContext executionContext)
        {
            executionContext.RequestContext.Request.Endpoint = endpoint;
            return base.InvokeAsync<T>(executionContext);
        }
    }

    /// <summary>The time is right; waiting for it takes a hundredth.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 100 : dueTime, period);
    }
}
