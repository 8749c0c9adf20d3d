using System.Threading.Channels;
using Amazon;
using Amazon.CloudFormation;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;

namespace KeyRotation.Audit;

/// <summary>
/// One account and Region: the rule's own scan, judged by the rule itself, and a row for every key of it. Nothing here can write to AWS:
/// its clients are KMS, of which only operations that list, describe and get are called, and CloudFormation's DescribeStackResources.
/// </summary>
internal sealed class PlaceAudit : IDisposable
{
    private static readonly string[] NotEnabledCodes = ["UnrecognizedClientException", "InvalidClientTokenId", "OptInRequired"];

    private readonly AccountRegion place;
    private readonly AWSCredentials credentials;
    private readonly AuditOptions options;
    private readonly TimeProvider clock;
    private readonly KmsClient kms;
    private readonly RememberingKms kmsInTurn;
    private readonly CloudFormationClient cloudFormation;
    private readonly KeyScan scan;
    private readonly List<KeyRow> rows = [];
    private readonly Channel<(int Row, Verdict.NonCompliant Verdict, KeyFacts Key)> advice =
        Channel.CreateUnbounded<(int Row, Verdict.NonCompliant Verdict, KeyFacts Key)>();
    private int nonCompliant;
    private int stackLookups;

    public PlaceAudit(AccountRegion place, AWSCredentials credentials, string? endpointUrl, AuditOptions options, TimeProvider clock)
    {
        this.place = place;
        this.credentials = credentials;
        this.options = options;
        this.clock = clock;
        var clients = Clients.In(place.Region, endpointUrl, clock, options.QuotaPercent);
        var limits = clients.NewLimits();
        Counter = clients.Counter;
        kms = new KmsClient(credentials, clients.Configured(new AmazonKeyManagementServiceConfig()), clients.Policy(limits));
        kmsInTurn = new RememberingKms(
            credentials, clients.Configured(new AmazonKeyManagementServiceConfig()), clients.PolicyInTurn(limits));
        cloudFormation = new CloudFormationClient(
            credentials, clients.Configured(new AmazonCloudFormationConfig()), clients.Policy(limits, maxRetries: 0));
        scan = new KeyScan(kms, kmsInTurn, place, options.Parameters, options.Parallelism, clock, Clients.Patience);
    }

    public CallCounter Counter { get; }

    public string AccountId => place.AccountId;

    public string Region => place.Region;

    public int Listed => scan.Listed;

    public int Judged
    {
        get
        {
            lock (rows) return rows.Count;
        }
    }

    public int NonCompliant => Volatile.Read(ref nonCompliant);

    public async Task<(Place Place, IReadOnlyList<KeyRow> Rows)> RunAsync(CancellationToken stop)
    {
        try
        {
            // Asked for here, a role that cannot be assumed is one problem of the place and not one of every key.
            await AssumedRole.CredentialsOfAsync(credentials, stop);
        }
        catch (Exception e) when (e is ProblemException || AwsFailure.IsFailedCall(e))
        {
            return (new(AccountId, Region, PlaceStatus.Incomplete, 0, 0, AwsFailure.MessageOf(e)), []);
        }

        var surveying = scan.RunAsync(stop);
        var naming = AliasesAsync(stop);
        var advising = OwnersAsync(stop);
        try
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.WithTags ? options.Parallelism : 1 };
            await Parallel.ForEachAsync(scan.Judged.ReadAllAsync(CancellationToken.None), parallel, async (judged, _) => await AddAsync(judged, stop));
            await surveying;
        }
        finally
        {
            advice.Writer.Complete();
        }

        var (aliases, aliasFailure) = await naming;
        foreach (var (row, nextStep) in await advising) rows[row] = rows[row] with { NextStep = nextStep };
        return (PlaceOf(aliasFailure, stop), [.. rows.Select(row => aliases.TryGetValue(row.KeyId, out var names) ? row with { Aliases = names } : row)]);
    }

    public void Dispose()
    {
        kms.Dispose();
        kmsInTurn.Dispose();
        cloudFormation.Dispose();
    }

    private Place PlaceOf(ReadFailure? aliasFailure, CancellationToken stop)
    {
        var left = scan.Listed - rows.Count;
        var failure = scan.ListingFailure;
        if (stop.IsCancellationRequested && (failure is not null || left > 0))
            return Of(PlaceStatus.Incomplete, $"Stopped with {left} listed keys left{(failure is null ? "" : ", and more that were not listed yet")}.");
        if (failure is not null && options.AllRegions && scan.Listed == 0 && NotEnabledCodes.Contains(failure.Cause))
            return Of(PlaceStatus.NotEnabled, $"The Region is not enabled for the account, or not open to these credentials ({failure.Cause}).");
        return failure is not null
            ? Of(PlaceStatus.Incomplete, $"ListKeys stopped after {scan.Listed} keys ({failure.Sentence}); there may be more.")
            : Of(PlaceStatus.Complete, aliasFailure is null ? null : $"Aliases are missing: ListAliases failed ({aliasFailure.Sentence}).");

        Place Of(PlaceStatus status, string? problem) => new(AccountId, Region, status, scan.Listed, left, problem);
    }

    private async Task AddAsync(JudgedKey judged, CancellationToken stop)
    {
        var (verdict, key) = judged;
        var tags = key.Tags ?? (options.WithTags && key is { KeyManager: "CUSTOMER", IsGone: false } ? await TagsAsync(key, stop) : null);
        var row = Row(verdict, key, tags);
        lock (rows)
        {
            rows.Add(row);
            if (verdict is not Verdict.NonCompliant finding) return;
            nonCompliant++;

            // A person follows the advice of the first findings; for the thousandth key it is not worth a call.
            if (Assessment.MayHaveStack(finding, key) && ++stackLookups <= StackLookup.MaxKeys) advice.Writer.TryWrite((rows.Count - 1, finding, key));
        }
    }

    private KeyRow Row(Verdict verdict, KeyFacts key, IReadOnlyDictionary<string, string>? tags)
    {
        var (description, status) = kmsInTurn.Take(key.Arn);
        return new()
        {
            AccountId = AccountId,
            Region = Region,
            KeyId = key.KeyId,
            Arn = key.Arn,
            Verdict = verdict switch
            {
                Verdict.Compliant => KeyVerdict.Compliant,
                Verdict.NonCompliant => KeyVerdict.NonCompliant,
                Verdict.NotApplicable => KeyVerdict.NotApplicable,
                _ => KeyVerdict.NotJudged,
            },
            Scenario = verdict.Scenario,
            Finding = verdict.Finding,
            NextStep = verdict is Verdict.NonCompliant nonCompliant ? NextStep(nonCompliant, key, new StackOwner.Unknown()) : null,
            Description = description?.Description is { Length: > 0 } text ? text : null,
            KeyManager = key.KeyManager,
            KeyState = key.KeyState,
            KeySpec = key.KeySpec,
            Origin = key.Origin,
            MultiRegionKeyType = key.MultiRegionKeyType,
            PrimaryKeyArn = key.IsReplica ? key.PrimaryKeyArn : null,
            CreationDate = key.CreationDate,
            RotationEnabled = status?.KeyRotationEnabled,
            RotationPeriodInDays = key.Rotation is RotationStatus.On on ? on.PeriodInDays ?? KeyRule.DefaultRotationPeriodInDays : null,
            NextRotationDate = status?.NextRotationDate is { } next ? new DateTimeOffset(next.ToUniversalTime()) : null,
            Tags = tags,
        };
    }

    private string NextStep(Verdict.NonCompliant verdict, KeyFacts key, StackOwner owner) =>
        Annotation.NextSteps(verdict.Fix, key, options.Parameters.MaxRotationPeriodInDays, owner)[0];

    private async Task<IReadOnlyDictionary<string, string>?> TagsAsync(KeyFacts key, CancellationToken stop)
    {
        try
        {
            return (await new KeyReader(kms).AnswerAsync(Question.Tags, key, stop)).Tags;
        }
        catch (Exception e) when (AwsFailure.EndOf(e, stop) is not null)
        {
            return null;
        }
    }

    private async Task<(Dictionary<string, List<string>> Aliases, ReadFailure? Failure)> AliasesAsync(CancellationToken stop)
    {
        var aliases = new Dictionary<string, List<string>>();
        try
        {
            var pages = new Pagination();
            var known = new HashSet<string>();
            var request = new ListAliasesRequest { Limit = 100 };
            while (true)
            {
                var page = await kms.ListAliasesAsync(request, stop);
                var (listed, before) = (page.Aliases ?? [], known.Count);
                foreach (var alias in listed)
                {
                    if (!known.Add(alias.AliasName) || alias.TargetKeyId is null) continue;
                    if (!aliases.TryGetValue(alias.TargetKeyId, out var names)) aliases[alias.TargetKeyId] = names = [];
                    names.Add(alias.AliasName);
                }

                if (page.Truncated != true) return (aliases, null);
                if (!pages.GoOn(page.NextMarker, listed.Count, known.Count - before))
                    return (aliases, new("KMS answered without all Aliases"));
                request.Marker = page.NextMarker;
            }
        }
        catch (Exception e) when (AwsFailure.EndOf(e, stop) is { } failure)
        {
            return (aliases, failure);
        }
    }

    /// <summary>The next step of the first NON_COMPLIANT keys names the CloudFormation stack where there is one.</summary>
    private async Task<List<(int Row, string NextStep)>> OwnersAsync(CancellationToken stop)
    {
        var steps = new List<(int Row, string NextStep)>();
        var stacks = new StackLookup(cloudFormation, new RateLimiter(options.StackLookupsPerSecond, clock));
        try
        {
            await foreach (var (row, verdict, key) in advice.Reader.ReadAllAsync(stop))
                steps.Add((row, NextStep(verdict, key, await Assessment.OwnerAsync(verdict, key, stacks, stop))));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Advice is not worth waiting for when a person wants to stop.
        }

        return steps;
    }
}
