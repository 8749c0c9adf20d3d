using System.Net;
using System.Text.Json;
using System.Xml;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace KeyRotation.Aws;

/// <summary>
/// Decides when a call is made and retried. Replaces the SDK's policy, whose retry budget is shared by all clients. Here, a call that may
/// succeed later is retried for as long as its caller has time.
/// </summary>
/// <param name="maxRetries">Zero for a call that is not worth a second attempt.</param>
/// <param name="patience">How long a failing call is retried if its caller has no deadline. A throttled call is always retried.</param>
/// <param name="turn">How long a call about one of many keys is retried before it gives way to the other keys.</param>
internal sealed class CallPolicy(
    RateLimits limits,
    CallCounter counter,
    TimeProvider clock,
    int maxRetries = CallPolicy.Unlimited,
    TimeSpan? patience = null,
    TimeSpan? turn = null)
    : StandardRetryPolicy(maxRetries)
{
    /// <summary>The SDK writes one more than this into a header of each request.</summary>
    public const int Unlimited = 1_000_000;

    /// <summary>Attempts for a call that probably fails because of a setting. Together they take several seconds.</summary>
    private const int FewTimes = 8;

    private const string FirstTry = nameof(FirstTry);
    private const string LastFailure = nameof(LastFailure);

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>Puts this policy in place of the SDK's.</summary>
    public void Govern(RuntimePipeline pipeline) => pipeline.ReplaceHandler<RetryHandler>(new RetryHandler(this));

    public override bool RetryForException(IExecutionContext executionContext, Exception exception)
    {
        var request = executionContext.RequestContext;

        // A cancelled request ends in one of many exceptions, some of which look transient. The attempt before it says more.
        if (request.CancellationToken.IsCancellationRequested)
        {
            if (request.ContextAttributes.TryGetValue(LastFailure, out var failure)) throw OutOfTime(request, (Exception)failure);
            return false;
        }

        var elapsed = clock.GetElapsedTime((long)request.ContextAttributes[FirstTry]);
        if (elapsed > turn) return false;
        if (IsThrottlingError(exception)) return true;
        if (elapsed > patience) return false;
        return exception switch
        {
            NetworkException { Repeat: Repeat.FewTimes } => request.Retries < FewTimes - 1,
            NetworkException { Repeat: Repeat.Never } => false,
            JsonException or XmlException or AmazonServiceException { StatusCode: >= HttpStatusCode.InternalServerError } => true,
            _ => IsTransientError(executionContext, exception) || IsServiceTimeoutError(exception),
        };
    }

    public override Task<bool> RetryForExceptionAsync(IExecutionContext executionContext, Exception exception) =>
        Task.FromResult(RetryForException(executionContext, exception));

    /// <summary>The SDK checks its shared retry budget here.</summary>
    public override bool OnRetry(IExecutionContext executionContext, bool bypassAcquireCapacity, bool isThrottlingError) => true;

    public override void NotifySuccess(IExecutionContext executionContext) => Limiter(executionContext).Answered(isThrottled: false);

    public override void NotifyError(IExecutionContext executionContext, Exception exception)
    {
        if (exception is not AmazonServiceException) return;
        var isThrottled = IsThrottlingError(exception);
        if (isThrottled) counter.Throttled();
        Limiter(executionContext).Answered(isThrottled);
    }

    /// <summary>Called before each attempt: waits for the call's turn, and fixes the credentials that sign it.</summary>
    public override async Task ObtainSendTokenAsync(IExecutionContext executionContext, Exception? exception)
    {
        var request = executionContext.RequestContext;
        request.ContextAttributes.TryAdd(FirstTry, clock.GetTimestamp());
        if (exception is not null) request.ContextAttributes[LastFailure] = exception;
        try
        {
            if (exception is not null) await Task.Delay(Wait(request.Retries, exception), clock, request.CancellationToken);

            // Credentials are renewed before callers take their turns. Otherwise all callers would send at once when the renewal ends.
            await SettleCredentialsAsync(request);
            await Limiter(executionContext).WaitAsync(request.CancellationToken);
            await SettleCredentialsAsync(request);
        }
        catch (OperationCanceledException) when (exception is not null)
        {
            throw OutOfTime(request, exception);
        }

        counter.Sent(Operation(request));
    }

    /// <summary>The caller is out of time: it can report how the last complete attempt failed.</summary>
    private static OutOfTimeException OutOfTime(IRequestContext request, Exception failure) =>
        new($"{Operation(request).Split(':')[1]}: {AwsFailure.MessageOf(failure)}", failure, request.CancellationToken);

    /// <summary>ObtainSendTokenAsync does all waiting.</summary>
    public override Task WaitBeforeRetryAsync(IExecutionContext executionContext) => Task.CompletedTask;

    /// <summary>Exponential backoff with full jitter. A connection that was closed while it was idle needs none.</summary>
    private TimeSpan Wait(int retries, Exception exception)
    {
        if (retries == 1 && IsStaleConnectionError(exception)) return TimeSpan.Zero;
        var longest = FirstWait * Math.Pow(2, Math.Min(retries, 16) - 1);
#pragma warning disable CA5394 // Do not use insecure randomness: jitter only spreads the callers, and protects no secret.
        return Random.Shared.NextDouble() * (longest < LongestWait ? longest : LongestWait);
#pragma warning restore CA5394
    }

    private RateLimiter Limiter(IExecutionContext executionContext) => limits[Operation(executionContext.RequestContext)];

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

    /// <summary>
    /// The SDK reads the token and the secret of a request one after the other, so that they could be of two sets. A copy does not change.
    /// </summary>
    private static async Task SettleCredentialsAsync(IRequestContext request)
    {
        if (request.ExplicitAWSCredentials is { } credentials)
            request.Identity = Fixed(await AssumedRole.CredentialsOfAsync(credentials, request.CancellationToken));
    }

    private static AWSCredentials Fixed(ImmutableCredentials credentials) => credentials.UseToken
        ? new SessionAWSCredentials(credentials.AccessKey, credentials.SecretKey, credentials.Token)
        : new BasicAWSCredentials(credentials.AccessKey, credentials.SecretKey);
}

/// <summary>The caller ran out of time before a call succeeded.</summary>
/// <param name="message">The operation, and how its last complete attempt failed.</param>
internal sealed class OutOfTimeException(string message, Exception lastTry, CancellationToken cancellationToken)
    : OperationCanceledException(message, lastTry, cancellationToken);
