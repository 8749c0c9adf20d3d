using System.Collections.Concurrent;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace KeyRotation;

/// <summary>
/// Stands in the SDK's own pipeline, inside its retries, so that every request is counted and held back to the pace, the repeated ones too.
/// </summary>
internal sealed class CallMeter : IRuntimePipelineCustomizer
{
    private readonly ConcurrentDictionary<string, long> calls = new();
    private readonly TimeProvider clock;
    private readonly int quotaPercent;
    private long throttles;

    /// <param name="quotaPercent">Share of each shared request quota of KMS that one client may use.</param>
    public CallMeter(int quotaPercent, TimeProvider clock)
    {
        this.quotaPercent = quotaPercent;
        this.clock = clock;
    }

    public string UniqueName => nameof(CallMeter);

    public IReadOnlyDictionary<string, long> Calls => calls;

    public long Throttles => Interlocked.Read(ref throttles);

    public long Count(string prefix) => calls.Where(call => call.Key.StartsWith(prefix, StringComparison.Ordinal)).Sum(call => call.Value);

    public void Reset()
    {
        calls.Clear();
        Interlocked.Exchange(ref throttles, 0);
    }

    public void Customize(Type type, RuntimePipeline pipeline) => pipeline.AddHandlerAfter<RetryHandler>(new Handler(this));

    private sealed class Handler(CallMeter meter) : PipelineHandler
    {
        // One client is one account and Region, and so are KMS's quotas.
        private readonly ConcurrentDictionary<string, Pace?> paces = new();

        public override async Task<T> InvokeAsync<T>(IExecutionContext executionContext)
        {
            var request = executionContext.RequestContext;
            var operation = Operation(request);
            if (paces.GetOrAdd(operation, NewPace) is { } pace) await pace.WaitAsync(request.CancellationToken);

            meter.calls.AddOrUpdate(operation, 1, (_, count) => count + 1);
            try
            {
                return await base.InvokeAsync<T>(executionContext);
            }
            catch (AmazonServiceException e) when (IsThrottling(e))
            {
                Interlocked.Increment(ref meter.throttles);
                throw;
            }
        }

        private Pace? NewPace(string operation) =>
            Operations.RequestQuota(operation) is { } quota ? new Pace(quota * meter.quotaPercent / 100.0, meter.clock) : null;
    }

    /// <summary>The IAM action: the service's prefix and the request's type without "Request".</summary>
    private static string Operation(IRequestContext request)
    {
        var service = request.ServiceMetaData.ServiceId switch
        {
            "Config Service" => "config",
            var id => id.ToLowerInvariant(),
        };
        return $"{service}:{request.OriginalRequest.GetType().Name[..^"Request".Length]}";
    }

    private static bool IsThrottling(AmazonServiceException e) =>
        e.StatusCode == System.Net.HttpStatusCode.TooManyRequests
        || (e.ErrorCode is { } code && (code.StartsWith("Throttl", StringComparison.Ordinal) || code is "TooManyRequestsException" or "RequestLimitExceeded" or "LimitExceededException"));
}
