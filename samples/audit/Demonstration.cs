using KeyRotation.Local;

namespace KeyRotation.Audit;

/// <summary>For those without an AWS account: two made-up accounts in the local AWS, with the keys that grown accounts have.</summary>
internal sealed class Demonstration : IAsyncDisposable
{
    private readonly LocalAws aws;
    private readonly LocalAccount[] accounts;

    private Demonstration(LocalAws aws, LocalAccount[] accounts) => (this.aws, this.accounts) = (aws, accounts);

    public static async Task<Demonstration> StartAsync()
    {
        LocalAccount[] accounts =
        [
            Accounts.Generated(140, seed: 1, "111122223333", "eu-central-1"),
            Accounts.Generated(70, seed: 2, "111122223333", "us-east-1"),
            Accounts.Generated(40, seed: 3, "444455556666", "eu-central-1"),
        ];
        return new(await LocalAws.StartAsync(accounts), accounts);
    }

    public Plan PlanOf(AuditOptions options, TimeProvider clock) => new(
        [
            .. accounts.Select(account => new PlaceAudit(
                new AccountRegion(account.Partition, account.Region, account.Id),
                account.Credentials,
                options with { EndpointUrl = aws.Endpoint.ToString(), StackLookupsPerSecond = 1000 },
                clock)),
        ],
        [],
        CallerArn: null,
        [],
        new());

    public ValueTask DisposeAsync() => aws.DisposeAsync();
}
