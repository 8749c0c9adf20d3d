using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using KeyRotation.Core;

namespace KeyRotation.Aws;

/// <summary>
/// Credentials of a role in another account. They are renewed before they expire; when that fails, they are used until they expire.
/// </summary>
#pragma warning disable CA1001 // Types that own disposable fields should be disposable: only WaitAsync of the SemaphoreSlim is called.
internal sealed class AssumedRole : AWSCredentials
#pragma warning restore CA1001
{
    private const string ServiceLinkedRole = "AWSServiceRoleForConfig";

    /// <summary>Credentials are renewed this long before they expire, at the latest: a request takes a while, and clocks differ.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);

    /// <summary>The longest wait for AWS STS, without and with valid credentials.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortLimit = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim renewing = new(1, 1);
    private readonly IAmazonSecurityTokenService sts;
    private readonly string roleArn;
    private readonly string? externalId;
    private readonly string sessionName;
    private readonly TimeProvider clock;
    private volatile Session? session;
    private (DateTimeOffset At, ProblemException Problem)? failed;

    /// <param name="externalId">The external ID that the role's trust policy may require.</param>
    /// <param name="sessionName">The last part of the caller's ARN in CloudTrail.</param>
    public AssumedRole(
        IAmazonSecurityTokenService sts, string roleArn, TimeProvider clock, string? externalId = null, string sessionName = "KmsKeyRotation")
    {
        if (roleArn.Contains("/aws-service-role/", StringComparison.Ordinal) || roleArn.EndsWith("/" + ServiceLinkedRole, StringComparison.Ordinal))
        {
            throw new ProblemException(
                ProblemNumber.ServiceLinkedRole,
                $"{roleArn} is a service-linked role, which only its service can assume. Use a role made for this purpose.");
        }

        this.sts = sts;
        this.roleArn = roleArn;
        this.clock = clock;
        this.externalId = externalId;
        this.sessionName = sessionName;
    }

    /// <summary>Called before an event is handled, with the time that it may take.</summary>
    /// <exception cref="ProblemException">The role cannot be assumed, and there are no valid credentials for it.</exception>
    public Task<ImmutableCredentials> RenewAsync(TimeSpan lasting, CancellationToken cancellationToken) =>
        CredentialsAsync(lasting, isStart: true, cancellationToken);

    private async Task<ImmutableCredentials> CredentialsAsync(TimeSpan lasting, bool isStart, CancellationToken cancellationToken)
    {
        if (session is { } current && current.LastsFor(lasting, clock.GetUtcNow())) return current.Credentials;
        await renewing.WaitAsync(cancellationToken);
        try
        {
            return await NewestAsync(lasting, isStart, cancellationToken);
        }
        finally
        {
            renewing.Release();
        }
    }

    private async Task<ImmutableCredentials> NewestAsync(TimeSpan lasting, bool isStart, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var held = session?.Expiration > now ? session : null;
        if (held is not null && held.LastsFor(lasting, now)) return held.Credentials;

        // One failure is enough for all callers of an event: STS is not called again for five seconds. The next event calls it again if
        // it has no valid credentials.
        if (failed is { } last && now < last.At + ShortLimit && !(isStart && held is null)) return held?.Credentials ?? throw last.Problem;
        using var inTime = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        inTime.CancelAfter(held is null ? Limit : ShortLimit);
        try
        {
            return (session = await AssumeAsync(inTime.Token)).Credentials;
        }
        catch (Exception e) when (AwsFailure.IsFailedCall(e))
        {
            var problem = Problem(e is OutOfTimeException { InnerException: { } lastTry } ? lastTry : e);
            if (!cancellationToken.IsCancellationRequested) failed = (clock.GetUtcNow(), problem);
            return held?.Credentials ?? throw problem;
        }
    }

    /// <summary>Credentials for one attempt of a request. A caller that is out of time does not wait for a renewal.</summary>
    public static Task<ImmutableCredentials> CredentialsOfAsync(AWSCredentials credentials, CancellationToken cancellationToken) =>
        credentials is AssumedRole role
            ? role.CredentialsAsync(TimeSpan.Zero, isStart: false, cancellationToken)
            : credentials.GetCredentialsAsync().WaitAsync(cancellationToken);

    /// <summary>One complete set of credentials for one attempt of a request. A sweep can take longer than they are valid.</summary>
    public override Task<ImmutableCredentials> GetCredentialsAsync() => CredentialsOfAsync(this, CancellationToken.None);

    public override ImmutableCredentials GetCredentials() => GetCredentialsAsync().GetAwaiter().GetResult();

    private async Task<Session> AssumeAsync(CancellationToken cancellationToken)
    {
        var request = new AssumeRoleRequest { RoleArn = roleArn, RoleSessionName = sessionName, ExternalId = externalId };
        var answer = (await sts.AssumeRoleAsync(request, cancellationToken)).Credentials;
        if (answer is not { AccessKeyId.Length: > 0, SecretAccessKey.Length: > 0, SessionToken.Length: > 0, Expiration: { } expiration })
            throw new AmazonClientException("STS returned no credentials");
        var credentials = new ImmutableCredentials(answer.AccessKeyId, answer.SecretAccessKey, answer.SessionToken);
        return new(credentials, new DateTimeOffset(expiration.ToUniversalTime()), clock.GetUtcNow());
    }

    private ProblemException Problem(Exception failure)
    {
        var message = AwsFailure.MessageOf(failure).TrimEnd('.');
        return new(ProblemNumber.RoleCannotBeAssumed, failure switch
        {
            _ when AwsFailure.IsRefusal(failure) =>
                $"{roleArn} cannot be assumed ({message}). Check that the role exists in that account, that its trust policy names the caller, "
                + "and that the caller may call sts:AssumeRole on it. A service-linked role, such as "
                + $"{ServiceLinkedRole}, can be assumed only by its service.",
            AmazonServiceException when AwsFailure.IsTransient(failure) && !AwsFailure.IsAboutTheCaller(failure) =>
                $"{roleArn} could not be assumed in time, because AWS STS was busy or failed ({message}). The next call tries again.",
            AmazonServiceException =>
                $"{roleArn} could not be assumed, because AWS STS did not accept the caller's own credentials ({message}). "
                + "Check that they are for this partition, that they have not expired, and that STS is active in this Region for their account.",
            _ =>
                $"{roleArn} could not be assumed, because AWS STS could not be reached or did not respond ({message}). "
                + "Check the network path to AWS STS: a NAT gateway or a VPC endpoint for sts, its security group, and HTTPS_PROXY.",
        });
    }

    /// <summary>The credentials of one AssumeRole call.</summary>
    private sealed record Session(ImmutableCredentials Credentials, DateTimeOffset Expiration, DateTimeOffset Begin)
    {
        /// <summary>The margin is at most a fifth of the lifetime, because credentials in tests are valid for only seconds.</summary>
        public bool LastsFor(TimeSpan time, DateTimeOffset now)
        {
            var fifth = (Expiration - Begin) / 5;
            return now + time + (fifth < Margin ? fifth : Margin) < Expiration;
        }
    }
}
