namespace KeyRotation.Local;

/// <summary>Generates accounts of any size. The same arguments generate the same account.</summary>
internal static class Accounts
{
    private static readonly string[] Services = ["s3", "ebs", "rds", "lambda", "sns", "sqs", "dynamodb", "secretsmanager", "backup", "ssm"];
    private static readonly string[] Teams = ["payments", "search", "billing", "identity", "ledger", "mobile", "data", "platform"];
    private static readonly int[] Periods = [90, 180, 365, 365, 366, 730, 2560];

    // About 30% of the keys are AWS managed, and the others are mixed as in an established account. Each kind occurs once before any occurs
    // twice.
    private static readonly (int Weight, Func<Random, LocalKey> Make)[] Kinds =
    [
        (30, random => LocalKey.AwsManaged(Services[random.Next(Services.Length)])),
        (22, _ => LocalKey.Symmetric(rotates: true)),
        (12, random => LocalKey.Symmetric(rotates: true, Periods[random.Next(Periods.Length)])),
        (10, _ => LocalKey.Symmetric()),
        (4, _ => LocalKey.Asymmetric()),
        (2, _ => LocalKey.Asymmetric("ECC_NIST_P256")),
        (1, _ => LocalKey.Asymmetric("RSA_4096", "ENCRYPT_DECRYPT")),
        (1, _ => LocalKey.Asymmetric("ECC_NIST_P384", "KEY_AGREEMENT")),
        (1, _ => LocalKey.Asymmetric("ML_DSA_65")),
        (2, _ => LocalKey.Hmac()),
        (2, _ => LocalKey.OfOrigin("EXTERNAL")),
        (1, _ => LocalKey.OfOrigin("EXTERNAL") with { KeyState = "PendingImport" }),
        (1, _ => LocalKey.OfOrigin("AWS_CLOUDHSM")),
        (1, _ => LocalKey.OfOrigin("EXTERNAL_KEY_STORE")),
        (2, _ => LocalKey.Disabled()),
        (1, _ => LocalKey.Disabled(rotates: true)),
        (2, _ => LocalKey.PendingDeletion()),
        (2, _ => LocalKey.Primary(rotates: true)),
        (1, _ => LocalKey.Replica(rotates: true)),
        (1, _ => LocalKey.Replica()),
    ];

    /// <param name="count">Number of keys.</param>
    /// <param name="seed">Each seed generates different keys.</param>
    public static LocalAccount Generated(int count = 250, int seed = 1, string id = "111122223333", string region = "eu-central-1")
    {
        var account = new LocalAccount(id, region);
        foreach (var key in Keys(count, seed)) account.Put(key);
        return account;
    }

    /// <summary>Generates only the keys, to be put into an account.</summary>
    public static IEnumerable<LocalKey> Keys(int count, int seed = 1)
    {
        var random = new Random(seed);
        var weights = Kinds.Sum(kind => kind.Weight);
        for (var number = 0; number < count; number++)
        {
            var kind = number < Kinds.Length ? Kinds[number] : Drawn(random.Next(weights));
            yield return Dressed(kind.Make(random), number, random);
        }
    }

    private static (int Weight, Func<Random, LocalKey> Make) Drawn(int place)
    {
        var kind = 0;
        while ((place -= Kinds[kind].Weight) >= 0) kind++;
        return Kinds[kind];
    }

    private static LocalKey Dressed(LocalKey key, int number, Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        var id = new Guid(bytes);
        var created = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(-random.Next(3, 2500));
        var team = Teams[random.Next(Teams.Length)];
        var inStack = random.Next(3) == 0;
        key = key with
        {
            KeyId = key.MultiRegionKeyType is null ? id.ToString() : $"mrk-{id:N}",
            CreationDate = created,
            DeletionDate = key.IsPendingDeletion ? new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero) : null,
        };
        return key.KeyManager == "AWS" ? key : key with
        {
            Description = $"{team} key {number}",
            Aliases = number % 4 == 0 ? [] : [$"alias/{team}-{number}"],
            Tags = new Dictionary<string, string> { ["team"] = team, ["environment"] = number % 3 == 0 ? "production" : "test" },
            Stack = inStack ? new($"{team}-{(number % 3 == 0 ? "production" : "test")}", $"Key{number}") : null,
        };
    }
}
