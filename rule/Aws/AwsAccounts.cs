using System.Collections.Concurrent;
using Amazon;
using Amazon.Runtime;
using Amazon.SecurityToken;
using KeyRotation.Core;

namespace KeyRotation;

/// <summary>
/// The account that an event is about: the function's own, or the one whose role the rule names. Clients and credentials are kept for
/// the next event of the same role, and never used for another one.
/// </summary>
internal sealed class AwsAccounts(AWSCredentials credentials, RegionEndpoint region, Action<ClientConfig>? configure = null)
{
    private readonly AwsAccount own = new(credentials, region, configure);
    private readonly ConcurrentDictionary<string, (AssumedRole Role, AwsAccount Account)> assumed = new();

    // Regional by RegionEndpoint: the SDK's STS client has no global endpoint since v4.
    private readonly Lazy<AmazonSecurityTokenServiceClient> sts = new(() =>
        new(credentials, AwsAccount.Configured(new AmazonSecurityTokenServiceConfig(), region, configure: configure)));

    /// <summary>The function's own account, for what can be prepared before any event is known.</summary>
    public AwsAccount Own => own;

    /// <param name="ownAccountId">The function's account, or null where it is not known.</param>
    /// <param name="lasting">How long the credentials of another account's role have to last at least.</param>
    public async Task<AwsAccount> OfAsync(Scope scope, string? executionRoleName, string? ownAccountId, TimeSpan lasting, CancellationToken cancellationToken)
    {
        // With the function's own credentials KMS would say "not found", and a sweep would list the keys of the wrong account.
        if (executionRoleName is null && (ownAccountId ?? scope.AccountId) != scope.AccountId)
        {
            throw new ProblemException(
                ProblemNumber.OtherRegionOrAccount,
                $"The event is of account {scope.AccountId}, and the function of {ownAccountId}. Set executionRoleName to a role of account {scope.AccountId}.");
        }

        if (executionRoleName is null) return own;

        var roleArn = $"arn:{scope.Partition}:iam::{scope.AccountId}:role/{executionRoleName}";
        var (role, account) = assumed.GetOrAdd(roleArn, arn => Of(new AssumedRole(sts.Value, arn)));

        // Asked for here, a role that cannot be assumed is one problem of the invocation and not one of every key.
        await role.RenewAsync(lasting).WaitAsync(cancellationToken);
        return account;

        (AssumedRole Role, AwsAccount Account) Of(AssumedRole assumedRole) => (assumedRole, new(assumedRole, region, configure));
    }
}
