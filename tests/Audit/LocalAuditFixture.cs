using KeyRotation.Audit;
using KeyRotation.Local;

namespace KeyRotation.Tests.Audit;

/// <summary>Starts a local stand-in for AWS with one account for each test, and audits that account.</summary>
internal abstract class LocalAuditFixture
{
    protected LocalAws Aws { get; private set; }

    protected LocalAccount Account { get; set; }

    [SetUp]
    public async Task StartAws()
    {
        Account = new();
        Aws = await LocalAws.StartAsync(Account);
    }

    [TearDown]
    public async Task StopAws() => await Aws.DisposeAsync();

    protected async Task<AuditReport> AuditAsync(AuditOptions? options = null, bool mayBeDisabled = false)
    {
        using var run = await NewAuditAsync(options, mayBeDisabled);
        return await run.RunAsync(baseline: null, CancellationToken.None);
    }

    /// <summary>An audit that has not started yet.</summary>
    protected async Task<AuditRun> NewAuditAsync(AuditOptions? options = null, bool mayBeDisabled = false)
    {
        options = (options ?? new()) with { EndpointUrl = Aws.Endpoint.ToString(), StackLookupsPerSecond = 1000 };
        var plan = await Plan.OfAsync(Account.Credentials, Account.Region, options, CancellationToken.None);
        if (!mayBeDisabled) return new(plan, options);
        var region = new AccountRegion(Account.Partition, Account.Region, Account.Id);
        var places = plan.Places.Select(_ => new PlaceAudit(region, Account.Credentials, options) { MayBeDisabled = true });
        return new(plan with { Places = [.. places] }, options);
    }
}
