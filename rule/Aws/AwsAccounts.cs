using Amazon.Runtime;
using Amazon.SecurityToken;
using KeyRotation.Core;

namespace KeyRotation.Aws;

/// <summary>
/// The account of an event: the function's own, or the one whose role the rule names. Clients and credentials are kept for the next event
/// with the same role, and never used for another role.
/// </summary>
internal sealed class AwsAccounts(AWSCredentials credentials, ClientOptions options)
{
    /// <summary>An account takes about 19 KB; the least recently used one is removed first.</summary>
    public const int MaxAccounts = 500;

    private readonly OrderedDictionary<string, (AssumedRole Role, AwsAccount Account)> assumed = [];

    // Regional by RegionEndpoint: the SDK's STS client has no global endpoint since v4.
    private readonly Lazy<StsClient> sts = new(() =>
        new(credentials, options.Configured(new AmazonSecurityTokenServiceConfig()), options.Policy(options.NewLimits())));

    /// <summary>The function's own account, for the warm-up before the first event.</summary>
    public AwsAccount Own { get; } = new(credentials, options);

    /// <param name="ownAccountId">The function's account, or null if it is not known.</param>
    /// <param name="lasting">How long the credentials of another account's role must remain valid.</param>
    public async Task<AwsAccount> OfAsync(
        AccountRegion place, string? executionRoleName, string? ownAccountId, TimeSpan lasting, CancellationToken cancellationToken)
    {
        // With the function's own credentials KMS would say "not found", and a sweep would list the keys of the wrong account.
        if (executionRoleName is null && (ownAccountId ?? place.AccountId) != place.AccountId)
        {
            throw new ProblemException(
                ProblemNumber.OtherRegionOrAccount,
                $"The event is for account {place.AccountId}, but the function runs in account {ownAccountId}. "
                + $"Set executionRoleName to a role of account {place.AccountId}.");
        }

        if (executionRoleName is null) return Own;

        var (role, account) = Assumed(place.RoleArn(executionRoleName));

        // The role is assumed here, so that a failure is one problem of the invocation, not one per key.
        await role.RenewAsync(lasting, cancellationToken);
        return account;
    }

    private (AssumedRole Role, AwsAccount Account) Assumed(string roleArn)
    {
        lock (assumed)
        {
            if (!assumed.Remove(roleArn, out var found))
            {
                var role = new AssumedRole(sts.Value, roleArn, options.Clock);
                found = (role, new(role, options));
            }

            assumed.Add(roleArn, found);
            if (assumed.Count > MaxAccounts) assumed.RemoveAt(0);
            return found;
        }
    }
}
