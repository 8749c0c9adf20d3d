using KeyRotation.Local;

namespace KeyRotation.Audit;

/// <summary>
/// For users without an AWS account: audits two made-up accounts in the local stand-in for AWS, with a typical mix of keys.
/// </summary>
internal static class Demonstration
{
    public static async Task<int> RunAsync(AuditOptions options, Func<Plan, Task<int>> runAsync)
    {
        LocalAccount[] accounts =
        [
            Accounts.Generated(140, seed: 1, "111122223333", "eu-central-1"),
            Accounts.Generated(70, seed: 2, "111122223333", "us-east-1"),
            Accounts.Generated(40, seed: 3, "444455556666", "eu-central-1"),
        ];
        await using var aws = await LocalAws.StartAsync(accounts);
        options = options with { EndpointUrl = aws.Endpoint.ToString(), StackLookupsPerSecond = 1000 };
        var places = accounts.Select(account =>
            new PlaceAudit(new(account.Partition, account.Region, account.Id), account.Credentials, options));
        return await runAsync(new([.. places], [], CallerArn: null, [], new()));
    }
}
