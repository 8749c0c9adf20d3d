using KeyRotation.Audit;
using KeyRotation.Local;

namespace KeyRotation.Tests.Audit;

/// <summary>An audit of accounts in the local AWS.</summary>
internal static class LocalAudit
{
    public static PlaceAudit PlaceOf(LocalAws aws, LocalAccount account, AuditOptions? options = null) => new(
        new AccountRegion(account.Partition, account.Region, account.Id), account.Credentials, aws.Endpoint.ToString(), (options ?? new()) with { StackLookupsPerSecond = 1000 }, TimeProvider.System);

    public static async Task<AuditReport> RunAsync(LocalAws aws, LocalAccount account, AuditOptions? options = null, CancellationToken stop = default)
    {
        options ??= new();
        using var place = PlaceOf(aws, account, options);
        using var run = new AuditRun([place], options, demonstration: false, TimeProvider.System);
        return await run.RunAsync(baseline: null, stop);
    }
}
