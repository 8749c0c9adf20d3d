using Amazon.EC2;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace KeyRotation.Audit;

/// <summary>The accounts and Regions to audit, and the caller.</summary>
/// <param name="NotEnabled">With <c>--region all</c>, the Regions that an account has not enabled: it has no keys there.</param>
/// <param name="Notes">Notes for the reader of the report about this selection.</param>
/// <param name="Counter">Counts the calls that were made for the plan.</param>
internal sealed record Plan(
    IReadOnlyList<PlaceAudit> Places, IReadOnlyList<Place> NotEnabled, string? CallerArn, IReadOnlyList<string> Notes, CallCounter Counter)
{
    /// <summary>Plans the audit of the accounts and Regions that the options name.</summary>
    /// <exception cref="UsageException">There is no default Region.</exception>
    public static async Task<Plan> OfAsync(
        AWSCredentials credentials, string? defaultRegion, AuditOptions options, CancellationToken stop)
    {
        var home = options is { AllRegions: false, Regions: [var first, ..] } ? first
            : defaultRegion ?? (options.AllRegions ? "us-east-1" : throw new UsageException("There is no default Region; name one or more with --region, or --region all."));
        var clients = Clients.In(home, options.EndpointUrl);
        using var sts = Sts();
        var identity = await sts.GetCallerIdentityAsync(new GetCallerIdentityRequest(), stop);
        var accounts = options.Accounts is [] ? [identity.Account] : options.Accounts;
        var found = new (PlaceAudit[] Places, Place[] NotEnabled, string? Note)[accounts.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, accounts.Count), stop, async (index, _) =>
        {
            var account = accounts[index];
            var role = options.RoleName is null ? null : Of(home, account).RoleArn(options.RoleName);
            var own = role is null ? credentials : new AssumedRole(Sts(), role, TimeProvider.System, options.ExternalId);
            var regions = options.AllRegions ? await AllAsync(own) : new(options.Regions is [] ? [home] : options.Regions, [], null);
            found[index] = (
                [
                    .. regions.Enabled.Order(StringComparer.Ordinal).Select(region => new PlaceAudit(Of(region, account), own, options)
                    {
                        RoleArn = role,
                        MayBeDisabled = regions.Note is not null,
                    }),
                ],
                [.. regions.NotEnabled.Select(region => new Place(account, region.Name, PlaceStatus.NotEnabled, 0, 0, region.Why))],
                regions.Note);
        });

        return new(
            [.. found.SelectMany(account => account.Places)],
            [.. found.SelectMany(account => account.NotEnabled)],
            identity.Arn,
            [.. found.Select(account => account.Note).OfType<string>().Distinct()],
            clients.Counter);

        // The partition is that of the caller, because the SDK may not know the Region yet.
        AccountRegion Of(string region, string account) => new(identity.Arn.Split(':')[1], region, account);

        StsClient Sts() =>
            new(credentials, clients.Configured(new AmazonSecurityTokenServiceConfig()), clients.Policy(clients.NewLimits()));

        async Task<Regions> AllAsync(AWSCredentials ofAccount)
        {
            using var ec2 = new Ec2Client(ofAccount, clients.Configured(new AmazonEC2Config()), clients.Policy(clients.NewLimits()));
            return await Regions.AllAsync(ec2, clients.Region, options.EndpointUrl is null ? Regions.ResolvesAsync : null, stop);
        }
    }
}

/// <summary>The EC2 client. The audit calls only DescribeRegions.</summary>
internal sealed class Ec2Client(AWSCredentials credentials, AmazonEC2Config config, CallPolicy policy)
    : AmazonEC2Client(credentials, config)
{
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        policy.Govern(pipeline);
    }
}
