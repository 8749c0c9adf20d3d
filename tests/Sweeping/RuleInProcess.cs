using System.Globalization;
using Amazon.Runtime;
using KeyRotation.Core;
using KeyRotation.Local;
using KeyRotation.Tests.Reading;

namespace KeyRotation.Tests.Sweeping;

/// <summary>
/// The function in this process, with its clients at a local AWS. Its calls are neither counted nor held back by the rule's own meter, whose
/// registry is the whole process's: what the meter does is seen at the real executable.
/// </summary>
internal sealed class RuleInProcess : IAsyncDisposable
{
    private readonly TimeProvider clock;
    private readonly Function function;

    /// <param name="account">The function's own; it is added to the local AWS.</param>
    /// <param name="configure">The last word on every client's configuration.</param>
    private RuleInProcess(LocalAws aws, LocalAccount account, int parallelism, TimeProvider? clock, Action<ClientConfig>? configure, double stackLookupsPerSecond)
    {
        Aws = aws;
        Account = account;
        this.clock = clock ?? TimeProvider.System;
        function = new Function(new Settings(account.Region, SweepParallelism: parallelism, StackLookupsPerSecond: stackLookupsPerSecond), account.Credentials, this.clock, clientConfig =>
        {
            clientConfig.ServiceURL = aws.Endpoint.ToString();
            clientConfig.AuthenticationRegion = account.Region;
            configure?.Invoke(clientConfig);
        });
    }

    public LocalAws Aws { get; }

    /// <summary>The function's own account.</summary>
    public LocalAccount Account { get; }

    public static async Task<RuleInProcess> StartAsync(
        LocalAccount? account = null, int parallelism = 32, TimeProvider? clock = null, Action<ClientConfig>? configure = null, double stackLookupsPerSecond = 1000)
    {
        account ??= new LocalAccount();
        return new(await LocalAws.StartAsync(account), account, parallelism, clock, configure, stackLookupsPerSecond);
    }

    public static async Task<RuleInProcess> StartAsync(params LocalKey[] keys)
    {
        var rule = await StartAsync();
        rule.Account.Put(keys);
        return rule;
    }

    /// <summary>Nothing is tried twice, and waits are short: for what has many calls that fail.</summary>
    public static Task<RuleInProcess> StartHurriedAsync(LocalAccount? account = null) => StartAsync(account, parallelism: 2, new HurriedTime(), clientConfig =>
    {
        clientConfig.RetryMode = RequestRetryMode.Standard;
        clientConfig.MaxErrorRetry = 0;
    });

    public Task<Ending> SweepAsync(string? parameters = null, LocalAccount? account = null, DateTimeOffset? creationTime = null, TimeSpan? time = null) =>
        HandleAsync(ConfigEvents.Scheduled(account ?? Account, creationTime, ruleParameters: parameters), time);

    public async Task<Ending> HandleAsync(string configEvent, TimeSpan? time = null)
    {
        var summary = new Summary();
        try
        {
            await function.HandleAsync(Events.Of(configEvent), Context(time ?? TimeSpan.FromMinutes(5)), summary);
            return new(null, summary);
        }
#pragma warning disable CA1031 // Do not catch general exception types: how the invocation ended is what a test looks at.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new(e, summary);
        }
    }

    public ValueTask DisposeAsync() => Aws.DisposeAsync();

    private LambdaContext Context(TimeSpan time)
    {
        using var next = new HttpResponseMessage();
        next.Headers.Add("Lambda-Runtime-Aws-Request-Id", "request-1");
        next.Headers.Add("Lambda-Runtime-Deadline-Ms", (clock.GetUtcNow() + time).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        next.Headers.Add("Lambda-Runtime-Invoked-Function-Arn", $"arn:{Account.Partition}:lambda:{Account.Region}:{Account.Id}:function:KmsKeyRotation");
        return new(next, clock);
    }
}

/// <summary>How an invocation ended.</summary>
internal sealed record Ending(Exception? Failure, Summary Summary)
{
    public bool Succeeded => Failure is null;

    public string Message => Failure?.Message ?? "";

    /// <summary>The numbers of its problems; none where it succeeded, or AWS's own exception left it.</summary>
    public IEnumerable<ProblemNumber> Problems => (Failure as ProblemException)?.Problems.Select(problem => problem.Number) ?? [];

    public override string ToString() => Failure is null ? "succeeded" : $"{Failure.GetType().Name}: {Message}";
}
