namespace KeyRotation.Local;

/// <summary>Sends events to the function, one after the other, with the local AWS as its endpoint.</summary>
/// <param name="samples">The account that the samples are for.</param>
/// <param name="function">Path of the function's executable; null means <see cref="RuleProcess.BuiltFunction"/>.</param>
internal sealed class Player(LocalAws aws, LocalAccount samples, string? function) : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly Dictionary<(string AccountId, string Region), RuleProcess> processes = [];

    public async Task<Row> PlayAsync(SampleFile sample)
    {
        var (configEvent, isOwn) = (sample.Event, sample.Expected is null);
        var account = isOwn ? AccountOf(configEvent) : samples;
        var note = isOwn ? Seed(account, configEvent) : null;
        if (isOwn
            && configEvent is { KeyId: { } keyId, Key: null, MessageType: "OversizedConfigurationItemChangeNotification" }
            && account.Find(keyId) is null)
            return new(sample, NotChecked: "the event does not contain the key's item, and samples/account.json does not have the key");

        var ruleName = configEvent.RuleName ?? ConfigEvents.RuleName;
        if (configEvent.ResultToken is { Length: > 0 } and not "TESTMODE") account.Register(configEvent.ResultToken, ruleName);
        account.Rule(ruleName);
        var before = aws.Evaluations.Count;
        var process = await ProcessAsync(account);
        try
        {
            var result = await process.InvokeAsync(sample.Text, Timeout);
            var row = Outcome.Of(sample, result, await process.SummaryAsync(result.RequestId), [.. aws.Evaluations.Skip(before)]);
            return row with { Duration = result.Duration, Note = note };
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            processes.Remove((account.Id, account.Region));
            await process.DisposeAsync();
            return new(sample, Annotation: e.Message, Difference: "the function did not respond");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes.Values) await process.DisposeAsync();
    }

    private async Task<RuleProcess> ProcessAsync(LocalAccount account)
    {
        var place = (account.Id, account.Region);
        return processes.TryGetValue(place, out var running)
            ? running
            : processes[place] = await RuleProcess.StartAsync(aws, account, function);
    }

    /// <summary>If the event does not name an account or a Region, those of the samples are used.</summary>
    private LocalAccount AccountOf(EventFields fields)
    {
        var (id, region) = (fields.AccountId is { Length: 12 } ? fields.AccountId : samples.Id, fields.Region ?? samples.Region);
        var account = aws.FindAccount(id, region) ?? aws.Add(new LocalAccount(id, region));
        if (fields.ExecutionRoleName is { } role) account.Roles.TryAdd(role, new());
        return account;
    }

    /// <summary>Creates the event's key if the account does not have it, and returns a note about what was assumed.</summary>
    private static string? Seed(LocalAccount account, EventFields fields)
    {
        if (fields.Key is not { } key || account.Find(key.KeyId) is not null) return null;
        account.Put(key);
        return key switch
        {
            { KeyManager: "AWS" } or { KeySpec: not "SYMMETRIC_DEFAULT" } or { Origin: not "AWS_KMS" } => null,
            { KeyRotationEnabled: true } =>
                "The key was created from the event's configuration item. The item has no rotation period, so 365 days are assumed.",
            { KeyRotationEnabled: null } =>
                "The key was created from the event's configuration item. The item has no rotation status, so KMS returns none either.",
            _ => null,
        };
    }
}
