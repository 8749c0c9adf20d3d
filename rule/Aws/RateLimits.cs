using System.Collections.Concurrent;

namespace KeyRotation.Aws;

/// <summary>The rate limiters of one account and Region. All of its clients share them, as they share the AWS quotas.</summary>
/// <param name="quotaPercent">The share of each KMS request quota that may be used.</param>
internal sealed class RateLimits(int quotaPercent, TimeProvider clock)
{
    /// <summary>The limit for operations without a published quota. A sweep calls none of these in parallel.</summary>
    private const double PerSecond = 1000;

    private readonly ConcurrentDictionary<string, RateLimiter> limiters = new();

    /// <param name="operation">Its IAM action.</param>
    public RateLimiter this[string operation] => limiters.GetOrAdd(operation, name => new(Of(name), clock));

    /// <summary>Each invocation starts at the full rate.</summary>
    public void Reset()
    {
        foreach (var limiter in limiters.Values) limiter.Reset();
    }

    private double Of(string operation) =>
        IamActions.RequestQuota(operation) is { } quota ? quota * quotaPercent / 100.0 : PerSecond;
}
