using System.Globalization;
using KeyRotation.Local;
using KeyRotation.Tests.Reading;

namespace KeyRotation.Tests.Sweeping;

/// <summary>
/// The function, running in the test process against a local AWS, with its own retries, rate limits and connections, and the clock of the
/// test.
/// </summary>
internal sealed class RuleInProcess : IAsyncDisposable
{
    private readonly ConnectionPool connections;
    private readonly TimeProvider clock;
    private readonly Function function;

    private RuleInProcess(
        LocalAws aws, LocalAccount account, int parallelism, double stackLookupsPerSecond, TimeProvider clock, ConnectionPool? connections)
    {
        (Aws, Account, this.clock) = (aws, account, clock);
        this.connections = connections ?? new();

        // A fake clock stands still until the test advances it, so a call that has to wait would never be sent.
        var callClock = clock as HurriedTime ?? TimeProvider.System;
        var options = new Settings(account.Region).ClientOptions(this.connections, new CallCounter(), callClock) with
        {
            EndpointUrl = aws.Endpoint.ToString(),
        };
        function = new Function(account.Credentials, options, parallelism, clock, stackLookupsPerSecond);
    }

    public LocalAws Aws { get; }

    /// <summary>The function's own account.</summary>
    public LocalAccount Account { get; }

    /// <param name="account">The function's own account, which is added to the local AWS; null for a new one.</param>
    /// <param name="connections">The connections of all clients; null for the function's own.</param>
    public static async Task<RuleInProcess> StartAsync(
        LocalAccount? account = null,
        int parallelism = 32,
        TimeProvider? clock = null,
        ConnectionPool? connections = null,
        double stackLookupsPerSecond = 1000)
    {
        account ??= new LocalAccount();
        var aws = await LocalAws.StartAsync(account);
        return new(aws, account, parallelism, stackLookupsPerSecond, clock ?? TimeProvider.System, connections);
    }

    public static async Task<RuleInProcess> StartAsync(params LocalKey[] keys)
    {
        var rule = await StartAsync();
        rule.Account.Put(keys);
        return rule;
    }

    /// <summary>Shortens all waits, including the wait for the deadline: for tests in which many calls fail.</summary>
    public static Task<RuleInProcess> StartHurriedAsync(LocalAccount? account = null) =>
        StartAsync(account, parallelism: 2, new HurriedTime());

    public Task<Ending> SweepAsync(
        string? parameters = null, LocalAccount? account = null, DateTimeOffset? creationTime = null, TimeSpan? time = null) =>
        HandleAsync(ConfigEvents.Scheduled(account ?? Account, creationTime, ruleParameters: parameters), time);

    public async Task<Ending> HandleAsync(string configEvent, TimeSpan? time = null) =>
        new(await function.HandleAsync(Events.Of(configEvent), Context(time ?? TimeSpan.FromMinutes(5))));

    public ValueTask DisposeAsync()
    {
        connections.Dispose();
        return Aws.DisposeAsync();
    }

    private LambdaContext Context(TimeSpan time)
    {
        using var next = new HttpResponseMessage();
        next.Headers.Add("Lambda-Runtime-Aws-Request-Id", "request-1");
        next.Headers.Add("Lambda-Runtime-Deadline-Ms", (clock.GetUtcNow() + time).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        next.Headers.Add("Lambda-Runtime-Invoked-Function-Arn", $"arn:{Account.Partition}:lambda:{Account.Region}:{Account.Id}:function:KmsKeyRotation");
        return new(next, clock);
    }
}

/// <summary>The outcome of an invocation.</summary>
internal sealed record Ending(InvocationReport Report)
{
    public Tally Tally => Report.Tally;

    public Exception? Failure => Report.Failure;

    public bool Succeeded => Failure is null;

    public string Message => Failure?.Message ?? "";

    /// <summary>The numbers of its problems; empty if it succeeded or failed with another exception.</summary>
    public IEnumerable<ProblemNumber> Problems => (Failure as ProblemException)?.Problems.Select(problem => problem.Number) ?? [];

    public override string ToString() => Failure is null ? "succeeded" : $"{Failure.GetType().Name}: {Message}";
}
