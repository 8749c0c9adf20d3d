using Amazon;
using Amazon.Runtime;

namespace KeyRotation.Aws;

/// <summary>The options that all clients of a program share.</summary>
/// <param name="Region">The Region whose keys are evaluated.</param>
/// <param name="Connections">The pool of connections.</param>
/// <param name="Counter">Counts the calls of all clients.</param>
internal sealed record ClientOptions(RegionEndpoint Region, ConnectionPool Connections, CallCounter Counter, TimeProvider Clock)
{
    /// <summary>The share of each KMS request quota that may be used.</summary>
    public int QuotaPercent { get; init; } = 50;

    /// <summary>A call about one of many keys gives way to the others after failing for this long. It gets another turn later.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(5);

    /// <summary>How long a call that keeps failing is retried; null means until its caller's deadline.</summary>
    public TimeSpan? Patience { get; init; }

    /// <summary>An endpoint that replaces the AWS endpoint of every service.</summary>
    public string? EndpointUrl { get; init; }

    /// <summary>New rate limits, for another account.</summary>
    public RateLimits NewLimits() => new(QuotaPercent, Clock);

    public CallPolicy Policy(RateLimits limits, int maxRetries = CallPolicy.Unlimited) => new(limits, Counter, Clock, maxRetries, Patience);

    /// <summary>For calls about many keys.</summary>
    public CallPolicy PolicyInTurn(RateLimits limits) => new(limits, Counter, Clock, turn: Turn);

    public T Configured<T>(T clientConfig)
        where T : ClientConfig
    {
        clientConfig.RegionEndpoint = Region;
        if (EndpointUrl is not null) clientConfig.ServiceURL = EndpointUrl;
        clientConfig.HttpClientFactory = Connections;

        // Set here, so that the SDK does not derive it from the endpoint's name, for which it reads its list of Regions and looks for a
        // profile.
        clientConfig.AuthenticationRegion = Region.SystemName;

        // CallPolicy decides about all retries, including those at lower levels of the SDK. A call can wait longer than its signature is
        // valid.
        clientConfig.RetryMode = RequestRetryMode.Standard;
        clientConfig.MaxStaleConnectionRetries = 0;
        clientConfig.ResignRetries = true;
        return clientConfig;
    }
}
