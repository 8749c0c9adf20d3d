using KeyRotation.Audit;
using KeyRotation.Local;

namespace KeyRotation.Tests.Audit;

/// <summary>An audit of an account in the local AWS.</summary>
internal static class LocalAudit
{
    public static async Task<AuditReport> RunAsync(
        LocalAws aws, LocalAccount account, AuditOptions? options = null, bool mayBeDisabled = false)
    {
        using var run = await NewAsync(aws, account, options, mayBeDisabled);
        return await run.RunAsync(baseline: null, CancellationToken.None);
    }

    /// <summary>One that has not begun.</summary>
    public static async Task<AuditRun> NewAsync(
        LocalAws aws, LocalAccount account, AuditOptions? options = null, bool mayBeDisabled = false)
    {
        options = (options ?? new()) with { EndpointUrl = aws.Endpoint.ToString(), StackLookupsPerSecond = 1000 };
        var plan = await Plan.OfAsync(account.Credentials, account.Region, options, CancellationToken.None);
        if (!mayBeDisabled) return new(plan, options);
        var place = new AccountRegion(account.Partition, account.Region, account.Id);
        return new(plan with { Places = [new(place, account.Credentials, options) { MayBeDisabled = true }] }, options);
    }
}
