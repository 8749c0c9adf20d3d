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
    /// <summary>KMS allows 5 GetKeyLastUsage a second: at half of that, these take less than a minute.</summary>
    public const int MaxLastUses = 100;

    private const int MaxWaiting = 1000;

    /// <summary>KMS's answers to an account in a Region that it has not enabled.</summary>
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
    private readonly StackLookup stacks;
    private readonly List<(int Row, Task<string> NextStep, Task<LastUse?> LastUse)> advice = [];
    private int listed;
    private int unreadEvidence;
    private int nonCompliant;

    public PlaceAudit(AccountRegion place, AWSCredentials credentials, AuditOptions options, TimeProvider clock)
    {
        this.place = place;
        this.credentials = credentials;
        this.options = options;
        this.clock = clock;
        var clients = Clients.In(place.Region, options.EndpointUrl, clock, options.QuotaPercent);
        var limits = clients.NewLimits();
        Counter = clients.Counter;
        kms = new KmsClient(credentials, clients.Configured(new AmazonKeyManagementServiceConfig()), clients.Policy(limits));
        kmsInTurn = new RememberingKms(
            credentials, clients.Configured(new AmazonKeyManagementServiceConfig()), clients.PolicyInTurn(limits));
        cloudFormation = new CloudFormationClient(
            credentials, clients.Configured(new AmazonCloudFormationConfig()), clients.Policy(limits, maxRetries: 0));
        stacks = new StackLookup(cloudFormation, new RateLimiter(options.StackLookupsPerSecond, clock));
        scan = new KeyScan(kms, kmsInTurn, place, options.Parameters, options.Parallelism, clock, Clients.Patience);
    }

    /// <summary>The role that the credentials are of, where it is another one's.</summary>
    public string? RoleArn { get; init; }

    public bool IsRoleAssumed { get; private set; }

    /// <summary>AWS did not say whether the Region is enabled.</summary>
    public bool MayBeDisabled { get; init; }

    public CallCounter Counter { get; }

    public string Name => Place.NameOf(AccountId, Region);

    public string AccountId => place.AccountId;

    public string Region => place.Region;

    public int Listed => Volatile.Read(ref listed);

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
            IsRoleAssumed = RoleArn is not null;
        }
        catch (Exception e) when (e is ProblemException || AwsFailure.IsFailedCall(e))
        {
            return (new(AccountId, Region, PlaceStatus.Incomplete, 0, 0, Sentences.MessageOf(e)), []);
        }

        var judged = Channel.CreateBounded<JudgedKey>(MaxWaiting);
        var scanning = scan.RunAsync(judged.Writer, stop, () => Interlocked.Increment(ref listed));
        var naming = AliasesAsync(stop);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.WithTags || options.WithRotations ? options.Parallelism : 1 };
        await Parallel.ForEachAsync(judged.Reader.ReadAllAsync(CancellationToken.None), parallel, async (key, _) => await AddAsync(key, stop));

        var scanned = await scanning;
        var (aliases, aliasFailure) = await naming;
        foreach (var (row, nextStep, lastUse) in advice) rows[row] = rows[row] with { NextStep = await nextStep, LastUse = await lastUse };
        return (PlaceOf(scanned.ListingFailure, aliasFailure, stop), [.. rows.Select(row => aliases.TryGetValue(row.KeyId, out var names) ? row with { Aliases = names } : row)]);
    }

    public void Dispose()
    {
        kms.Dispose();
        kmsInTurn.Dispose();
        cloudFormation.Dispose();
    }

    private Place PlaceOf(ReadFailure? failure, ReadFailure? aliasFailure, CancellationToken stop)
    {
        var left = Listed - rows.Count;
        if (stop.IsCancellationRequested && (failure is not null || left > 0))
            return Of(PlaceStatus.Incomplete, $"Stopped with {left} listed keys left{(failure is null ? "" : ", and more that were not listed yet")}.");
        if (failure is not null && MayBeDisabled && Listed == 0 && NotEnabledCodes.Contains(failure.Cause))
            return Of(PlaceStatus.NotEnabled, $"The Region is not enabled for the account, or not open to these credentials ({failure.Cause}).");
        return failure is not null
            ? Of(PlaceStatus.Incomplete, $"ListKeys stopped after {Listed} keys ({failure.Sentence}); there may be more.")
            : Of(PlaceStatus.Complete, Missing(aliasFailure));

        Place Of(PlaceStatus status, string? problem) => new(AccountId, Region, status, Listed, left, problem);
    }

    private string? Missing(ReadFailure? aliasFailure)
    {
        var missing = new List<string>();
        if (aliasFailure is not null) missing.Add($"Aliases are missing: ListAliases failed ({aliasFailure.Sentence}).");
        if (unreadEvidence > 0) missing.Add($"Rotations or last uses of {Sentences.Counted(unreadEvidence, "key")} are missing: KMS did not say.");
        return missing.Count == 0 ? null : string.Join(' ', missing);
    }

    private async Task AddAsync(JudgedKey judged, CancellationToken stop)
    {
        var (verdict, key) = judged;
        var tags = key.Tags ?? (options.WithTags && key is { KeyManager: "CUSTOMER", IsGone: false } ? await TagsAsync(key, stop) : null);
        if (options.WithRotations && key is { Rotations: null, KeyManager: "CUSTOMER", KeySpec: "SYMMETRIC_DEFAULT", Origin: "AWS_KMS" or "EXTERNAL", IsGone: false })
            key = key with { Rotations = await RotationsAsync(key, stop) };
        var row = Row(verdict, key, tags);
        lock (rows)
        {
            rows.Add(row);
            if (verdict is not Verdict.NonCompliant finding) return;
            nonCompliant++;
            var lastUse = options.WithLastUse && nonCompliant <= MaxLastUses ? LastUseAsync(key, stop) : Task.FromResult<LastUse?>(null);
            advice.Add((rows.Count - 1, NextStepAsync(finding, key, stop), lastUse));
        }
    }

    private async Task<RotationHistory?> RotationsAsync(KeyFacts key, CancellationToken stop)
    {
        try
        {
            var rotations = (await new KeyReader(kms).AnswerAsync(Question.RotationHistory, key, stop)).Rotations;
            if (rotations is RotationHistory.Unreadable) Interlocked.Increment(ref unreadEvidence);
            return rotations;
        }
        catch (Exception e) when (AwsFailure.ReadFailureOf(e, stop) is not null)
        {
            Interlocked.Increment(ref unreadEvidence);
            return null;
        }
    }

    private async Task<LastUse?> LastUseAsync(KeyFacts key, CancellationToken stop)
    {
        try
        {
            var answer = await kms.GetKeyLastUsageAsync(new GetKeyLastUsageRequest { KeyId = key.Arn }, stop);
            return new(KeyReader.Time(answer.KeyLastUsage?.Timestamp), answer.KeyLastUsage?.Operation?.Value, KeyReader.Time(answer.TrackingStartDate));
        }
        catch (Exception e) when (AwsFailure.ReadFailureOf(e, stop) is not null)
        {
            Interlocked.Increment(ref unreadEvidence);
            return null;
        }
    }

    private KeyRow Row(Verdict verdict, KeyFacts key, IReadOnlyDictionary<string, string>? tags)
    {
        var (description, status) = kmsInTurn.Take(key.Arn);
        var history = key.Rotations as RotationHistory.Known;
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
            NextRotationDate = KeyReader.Time(status?.NextRotationDate),
            CurrentKeyMaterialId = description?.CurrentKeyMaterialId,
            Rotations = history?.Count,
            LastRotationDate = history?.Newest,
            LastRotationType = history?.Type,
            Tags = tags,
        };
    }

    /// <summary>The next step of the first NON_COMPLIANT keys names the CloudFormation stack where there is one.</summary>
    private async Task<string> NextStepAsync(Verdict.NonCompliant verdict, KeyFacts key, CancellationToken stop) => verdict.Fix switch
    {
        Fix.AllowReading => "allow the caller of the audit to read this key in the key policy.",
        Fix.Wait => "nothing to change on the key; audit it again.",
        _ => Annotation.NextSteps(verdict.Fix, key, options.Parameters.MaxRotationPeriodInDays, await stacks.OwnerAsync(verdict, key, stop))[0],
    };

    private async Task<IReadOnlyDictionary<string, string>?> TagsAsync(KeyFacts key, CancellationToken stop)
    {
        try
        {
            return (await new KeyReader(kms).AnswerAsync(Question.Tags, key, stop)).Tags;
        }
        catch (Exception e) when (AwsFailure.ReadFailureOf(e, stop) is not null)
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
                if (!pages.MayContinue(page.NextMarker, listed.Count, known.Count - before))
                    return (aliases, new("KMS answered without all Aliases"));
                request.Marker = page.NextMarker;
            }
        }
        catch (Exception e) when (AwsFailure.ReadFailureOf(e, stop) is { } failure)
        {
            return (aliases, failure);
        }
    }
}
