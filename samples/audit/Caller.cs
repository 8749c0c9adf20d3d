using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace KeyRotation.Audit;

/// <summary>Who runs the audit: credentials as every AWS tool finds them, and the Region that goes with them.</summary>
internal sealed record Caller(AWSCredentials Credentials, string? DefaultRegion)
{
    /// <summary>Null where there are no credentials at all.</summary>
    /// <exception cref="UsageException">The profile does not exist, or cannot be used.</exception>
    public static async Task<Caller?> FindAsync(string? profile)
    {
        if (profile is not null)
        {
            var chain = new CredentialProfileStoreChain();
            if (!chain.TryGetProfile(profile, out var found)) throw new UsageException($"There is no profile '{profile}' in the AWS configuration files.");
            if (!chain.TryGetAWSCredentials(profile, out var credentials)) throw new UsageException($"Profile '{profile}' has no credentials.");
            return new(credentials, found.Region?.SystemName);
        }

        try
        {
            return new(await DefaultAWSCredentialsIdentityResolver.GetCredentialsAsync(), FallbackRegionFactory.GetRegionEndpoint()?.SystemName);
        }
        catch (AmazonClientException)
        {
            return null;
        }
    }

    /// <summary>The accounts and Regions that the options name.</summary>
    public async Task<IReadOnlyList<PlaceAudit>> PlacesAsync(AuditOptions options, TimeProvider clock, CancellationToken stop)
    {
        var home = options is { AllRegions: false, Regions: [var first, ..] } ? first
            : DefaultRegion ?? (options.AllRegions ? "us-east-1" : throw new UsageException("There is no default Region; name one or more with --region, or --region all."));
        using var sts = Sts();
        var identity = await sts.GetCallerIdentityAsync(new GetCallerIdentityRequest(), stop);
        var regions = options.AllRegions
            ? RegionEndpoint.EnumerableAllRegions.Where(region => region.PartitionName == RegionEndpoint.GetBySystemName(home).PartitionName).Select(region => region.SystemName)
            : options.Regions is [] ? [home] : options.Regions;
        var accounts = options.Accounts is [] ? [identity.Account] : options.Accounts;

        return
        [
            .. from account in accounts
               let credentials = options.RoleName is { } role ? Assumed(InRegion(home, account), role) : Credentials
               from region in regions.Order(StringComparer.Ordinal)
               select new PlaceAudit(InRegion(region, account), credentials, options.EndpointUrl, options, clock),
        ];

        static AccountRegion InRegion(string region, string account) => new(RegionEndpoint.GetBySystemName(region).PartitionName, region, account);

        AssumedRole Assumed(AccountRegion place, string roleName) => new(Sts(), place.RoleArn(roleName), clock);

        StsClient Sts()
        {
            var clients = Clients.In(home, options.EndpointUrl, clock);
            return new(Credentials, clients.Configured(new AmazonSecurityTokenServiceConfig()), clients.Policy(clients.NewLimits()));
        }
    }
}

/// <summary>The command line, or what it names, is wrong: exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
