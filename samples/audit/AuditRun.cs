namespace KeyRotation.Audit;

/// <summary>Audits every account and Region of the plan, a few at a time. Each has its own KMS request quotas.</summary>
internal sealed class AuditRun(Plan plan, AuditOptions options) : IDisposable
{
    private const int PlacesAtATime = 4;

    private readonly DateTimeOffset startedAt = DateTimeOffset.UtcNow;
    private int finished;

    public IReadOnlyList<PlaceAudit> Places => plan.Places;

    public int Finished => Volatile.Read(ref finished);

    public int Listed => Places.Sum(place => place.Listed);

    public int Judged => Places.Sum(place => place.Judged);

    public int NonCompliant => Places.Sum(place => place.NonCompliant);

    public TimeSpan Elapsed => DateTimeOffset.UtcNow - startedAt;

    /// <param name="stop">Ends the audit early. The report then says what is missing.</param>
    public async Task<AuditReport> RunAsync(AuditReport? baseline, CancellationToken stop)
    {
        var results = new (Place Place, IReadOnlyList<KeyRow> Rows)[Places.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = PlacesAtATime };
        await Parallel.ForEachAsync(Enumerable.Range(0, Places.Count), parallel, async (index, _) =>
        {
            results[index] = await Places[index].RunAsync(stop);
            Interlocked.Increment(ref finished);
        });

        var keys = results.SelectMany(result => result.Rows).Order(KeyRow.Order).ToList();
        var report = new AuditReport
        {
            StartedAt = startedAt,
            FinishedAt = DateTimeOffset.UtcNow,
            Demonstration = options.Demonstration,
            Parameters = options.GivenParameters,
            MaxRotationPeriodInDays = options.Parameters.MaxRotationPeriodInDays,
            Totals = Totals.Of(keys),
            Places = [.. results.Select(result => result.Place), .. plan.NotEnabled],
            Keys = keys,
            FailOn = options.FailOn,
            Evidence = new()
            {
                CallerArn = plan.CallerArn,
                RolesAssumed = [.. Places.Where(place => place.IsRoleAssumed).Select(place => place.RoleArn!).Distinct()],
                EndpointUrl = options.Demonstration ? null : options.EndpointUrl ?? Credentials.Variable("AWS_ENDPOINT_URL_KMS") ?? Credentials.Variable("AWS_ENDPOINT_URL"),
                EffectiveParameters = options.EffectiveParameters,
                Calls = Calls(),
                Notes = plan.Notes,
            },
        };
        return baseline is null ? report : Changes.Compare(baseline, report);
    }

    private SortedDictionary<string, long> Calls()
    {
        var calls = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var counters = Places.Select(place => place.Counter).Append(plan.Counter);
        foreach (var (operation, count) in counters.SelectMany(counter => counter.Counts.Calls))
            calls[operation] = calls.GetValueOrDefault(operation) + count;
        return calls;
    }

    public void Dispose()
    {
        foreach (var place in Places) place.Dispose();
    }
}
