namespace KeyRotation.Local;

/// <summary>Sweeps a generated account twice with the same function, to show what the second sweep costs.</summary>
internal static class TwoSweeps
{
    private const int Keys = 250;

    public static async Task<IReadOnlyList<SweepRow>> RunAsync(string? function)
    {
        var account = Accounts.Generated(Keys);
        await using var aws = await LocalAws.StartAsync(account);
        await using var rule = await RuleProcess.StartAsync(aws, account, function);
        account.Rule(ConfigEvents.RuleName);

        var first = await SweepAsync(1, aws, account, rule);
        var second = await SweepAsync(2, aws, account, rule);
        if (second is { Difference: null } and not { PutEvaluationsCalls: 1, Evaluations: 0 })
            second = second with { Difference = "nothing changed, so one PutEvaluations call without evaluations was expected" };
        return [first, second];
    }

    private static async Task<SweepRow> SweepAsync(int number, LocalAws aws, LocalAccount account, RuleProcess rule)
    {
        var evaluations = aws.Evaluations.Count;
        aws.Calls.Clear();
        var result = await rule.InvokeAsync(ConfigEvents.Scheduled(account, DateTimeOffset.UtcNow));
        return new(
            number,
            account.Keys.Count,
            aws.Calls["ListKeys"] + aws.Calls["DescribeKey"] + aws.Calls["GetKeyRotationStatus"] + aws.Calls["ListResourceTags"],
            aws.Calls["PutEvaluations"],
            aws.Evaluations.Count - evaluations,
            result.Duration,
            result.Error?.ErrorMessage);
    }
}
