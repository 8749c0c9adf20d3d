using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using KeyRotation.Core;

namespace KeyRotation;

/// <summary>Credentials of a role in another account; the SDK's base class keeps them.</summary>
internal sealed class AssumedRole : RefreshingAWSCredentials
{
    private const string ServiceLinkedRole = "AWSServiceRoleForConfig";

    private readonly IAmazonSecurityTokenService sts;
    private readonly string roleArn;

    public AssumedRole(IAmazonSecurityTokenService sts, string roleArn)
    {
        if (roleArn.Contains("/aws-service-role/", StringComparison.Ordinal) || roleArn.EndsWith("/" + ServiceLinkedRole, StringComparison.Ordinal))
        {
            throw new ProblemException(
                ProblemNumber.ServiceLinkedRole,
                $"{roleArn} is a service-linked role, which only its service can assume. Set executionRoleName to a role made for this rule.");
        }

        this.sts = sts;
        this.roleArn = roleArn;
    }

    /// <summary>
    /// To be called before an event with the time that it may take, so that nothing is renewed during it: the SDK takes the token and the secret of a
    /// request in two steps, which could be of two credentials.
    /// </summary>
    public async Task RenewAsync(TimeSpan lasting)
    {
        if (Expiration?.ToUniversalTime() < DateTime.UtcNow + lasting) ClearCredentials();
        await GetCredentialsAsync();
    }

    /// <summary>The SDK signs without waiting for a task. It comes to this where a role's credentials last for less than a sweep.</summary>
    protected override CredentialsRefreshState GenerateNewCredentials() => GenerateNewCredentialsAsync().GetAwaiter().GetResult();

    protected override async Task<CredentialsRefreshState> GenerateNewCredentialsAsync()
    {
        try
        {
            var request = new AssumeRoleRequest { RoleArn = roleArn, RoleSessionName = "KmsKeyRotation" };
            var answer = (await sts.AssumeRoleAsync(request)).Credentials;
            if (answer is not { AccessKeyId: { Length: > 0 } id, SecretAccessKey: { Length: > 0 } secret, SessionToken: { Length: > 0 } token, Expiration: { } expiration })
                throw new AmazonClientException("AssumeRole answered without credentials.");
            return new(new ImmutableCredentials(id, secret, token), expiration);
        }
        catch (Exception e) when (AwsFailure.CauseOf(e, CancellationToken.None) is { } failure)
        {
            throw new ProblemException(
                ProblemNumber.RoleCannotBeAssumed,
                $"{roleArn} cannot be assumed ({failure.Cause}). Check that the role exists in that account, that its trust policy names the function's role, "
                + "and that the function's role may call sts:AssumeRole on it. "
                + $"The usual cause is {ServiceLinkedRole}, the service-linked role of AWS Config: nobody else can assume it.");
        }
    }
}
