using Amazon;
using Amazon.Runtime;

namespace KeyRotation.Aws;

/// <summary>What all clients of a program have in common.</summary>
/// <param name="Region">The Region whose keys are judged.</param>
/// <param name="Connections">The pool of connections.</param>
/// <param name="Counter">Counts their calls.</param>
internal sealed record ClientOptions(RegionEndpoint Region, ConnectionPool Connections, CallCounter Counter, TimeProvider Clock)
{
    /// <summary>Share of each request quota of KMS that may be used.</summary>
    public int QuotaPercent { get; init; } = 50;

    /// <summary>A call about one of many keys gives way to the others after failing for this long; its turn comes again.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(5);

    /// <summary>How long a call that keeps failing is repeated; null is until its caller's deadline.</summary>
    public TimeSpan? Patience { get; init; }

    /// <summary>An endpoint that replaces AWS's for every service.</summary>
    public string? EndpointUrl { get; init; }

    /// <summary>The limits of another account.</summary>
    public RateLimits NewLimits() => new(QuotaPercent, Clock);

    public CallPolicy Policy(RateLimits limits, int maxRetries = CallPolicy.Unlimited) => new(limits, Counter, Clock, maxRetries, Patience);

    /// <summary>For the calls about many keys.</summary>
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
