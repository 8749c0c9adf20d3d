using KeyRotation.Audit;
using KeyRotation.Local;

namespace KeyRotation.Tests.Audit;

/// <summary>An audit of accounts in the local AWS.</summary>
internal static class LocalAudit
{
    public static Plan PlanOf(LocalAws aws, LocalAccount account, AuditOptions? options = null, bool mayBeDisabled = false) => new(
        [.. new[] { account }.Select(each => PlaceOf(aws, each, options, mayBeDisabled))],
        [],
        CallerArn: null,
        [],
        new());

    private static PlaceAudit PlaceOf(LocalAws aws, LocalAccount account, AuditOptions? options, bool mayBeDisabled) => new(
        new AccountRegion(account.Partition, account.Region, account.Id),
        account.Credentials,
        (options ?? new()) with { EndpointUrl = aws.Endpoint.ToString(), StackLookupsPerSecond = 1000 },
        TimeProvider.System)
    {
        MayBeDisabled = mayBeDisabled,
    };

    public static async Task<AuditReport> RunAsync(
        LocalAws aws, LocalAccount account, AuditOptions? options = null, bool mayBeDisabled = false, CancellationToken stop = default)
    {
        options ??= new();
        using var run = new AuditRun(PlanOf(aws, account, options, mayBeDisabled), options, demonstration: false, TimeProvider.System);
        return await run.RunAsync(baseline: null, stop);
    }
}
