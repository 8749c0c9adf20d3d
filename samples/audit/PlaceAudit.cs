using System.Threading.Channels;
using Amazon;
using Amazon.CloudFormation;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;

namespace KeyRotation.Audit;

/// <summary>
/// Audits one account and Region with the rule's own scan and verdicts, and creates a row for each key. Nothing here writes to AWS: it
/// calls only KMS operations that list, describe or get, and CloudFormation's DescribeStackResources.
/// </summary>
internal sealed class PlaceAudit : IDisposable
{
    /// <summary>KMS allows 5 GetKeyLastUsage calls per second. At half of that rate, these calls take less than a minute.</summary>
    public const int MaxLastUses = 100;

    private const int MaxWaiting = 1000;

    /// <summary>The error codes that KMS returns in a Region that the account has not enabled.</summary>
    private static readonly string[] NotEnabledCodes = ["UnrecognizedClientException", "InvalidClientTokenId", "OptInRequired"];

    private readonly AccountRegion place;
    private readonly AWSCredentials credentials;
    private readonly AuditOptions options;
    private readonly KmsClient kms;
    private readonly RememberingKms kmsInTurn;
    private readonly CloudFormationClient cloudFormation;
    private readonly KeyScan scan;
    private readonly StackLookup stacks;
    private readonly List<Task<KeyRow>> rows = [];
    private int unreadEvidence;

    public PlaceAudit(AccountRegion place, AWSCredentials credentials, AuditOptions options)
    {
        this.place = place;
        this.credentials = credentials;
        this.options = options;
        var clients = Clients.In(place.Region, options.EndpointUrl, options.QuotaPercent);
        var limits = clients.NewLimits();
        Counter = clients.Counter;
        kms = new KmsClient(credentials, clients.Configured(new AmazonKeyManagementServiceConfig()), clients.Policy(limits));
        kmsInTurn = new RememberingKms(
            credentials, clients.Configured(new AmazonKeyManagementServiceConfig()), clients.PolicyInTurn(limits));
        cloudFormation = new CloudFormationClient(
            credentials, clients.Configured(new AmazonCloudFormationConfig()), clients.Policy(limits, maxRetries: 0));
        stacks = new StackLookup(cloudFormation, new RateLimiter(options.StackLookupsPerSecond, TimeProvider.System));
        scan = new KeyScan(kms, kmsInTurn, place, options.Parameters, options.Parallelism, TimeProvider.System, Clients.Patience);
    }

    /// <summary>The role to assume, or null for the caller's own credentials.</summary>
    public string? RoleArn { get; init; }

    public bool IsRoleAssumed { get; private set; }

    /// <summary>Whether the Region may be disabled, because AWS did not list the enabled Regions.</summary>
    public bool MayBeDisabled { get; init; }

    public CallCounter Counter { get; }

    public string Name => Place.NameOf(place.AccountId, place.Region);

    /// <summary>The progress of the audit. Other threads may see each count with a short delay.</summary>
    public int Listed { get; private set; }

    public int Judged { get; private set; }

    public int NonCompliant { get; private set; }

    public async Task<(Place Place, IReadOnlyList<KeyRow> Rows)> RunAsync(CancellationToken stop)
    {
        try
        {
            // The role is assumed here, so that a failure is one problem for the account and Region, not one per key.
            await AssumedRole.CredentialsOfAsync(credentials, stop);
            IsRoleAssumed = RoleArn is not null;
        }
        catch (Exception e) when (e is ProblemException || AwsFailure.IsFailedCall(e))
        {
            return (new(place.AccountId, place.Region, PlaceStatus.Incomplete, 0, 0, Sentences.MessageOf(e)), []);
        }

        var judged = Channel.CreateBounded<JudgedKey>(MaxWaiting);
        var scanning = scan.RunAsync(judged.Writer, stop, () => Listed++);
        var naming = AliasesAsync(stop);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.WithTags || options.WithRotations ? options.Parallelism : 1 };
        var reading = judged.Reader.ReadAllAsync(CancellationToken.None);
        await Parallel.ForEachAsync(reading, parallel, async (key, _) => await AddAsync(key, stop));

        var scanned = await scanning;
        var (aliases, aliasFailure) = await naming;
        var named = (await Task.WhenAll(rows)).Select(row => row with { Aliases = [.. aliases[row.KeyId]] });
        return (PlaceOf(scanned.ListingFailure, aliasFailure, stop), [.. named]);
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
        if (failure is not null)
            return Of(PlaceStatus.Incomplete, $"ListKeys stopped after {Listed} keys ({failure.Sentence}); there may be more.");

        var missing = new List<string>();
        if (aliasFailure is not null) missing.Add($"Aliases are missing: ListAliases failed ({aliasFailure.Sentence}).");
        if (unreadEvidence > 0) missing.Add($"Rotations or last uses of {Sentences.Counted(unreadEvidence, "key")} are missing: KMS did not return them.");
        return Of(PlaceStatus.Complete, missing.Count == 0 ? null : string.Join(' ', missing));

        Place Of(PlaceStatus status, string? problem) => new(place.AccountId, place.Region, status, Listed, left, problem);
    }

    private async Task AddAsync(JudgedKey judged, CancellationToken stop)
    {
        var (verdict, key) = judged;
        if (options.WithTags && key is { Tags: null, KeyManager: "CUSTOMER", IsGone: false }) key = await AnsweredAsync(Question.Tags, key, stop);
        if (options.WithRotations
            && key is { Rotations: null, KeyManager: "CUSTOMER", KeySpec: "SYMMETRIC_DEFAULT", Origin: "AWS_KMS" or "EXTERNAL", IsGone: false })
        {
            key = await AnsweredAsync(Question.RotationHistory, key, stop);
            if (key.Rotations is not RotationHistory.Known && !key.IsGone) Interlocked.Increment(ref unreadEvidence);
        }

        var row = Row(verdict, key);
        lock (rows)
        {
            Judged++;
            if (verdict is Verdict.NonCompliant) NonCompliant++;
            rows.Add(verdict is Verdict.NonCompliant finding
                ? AdvisedAsync(row, finding, key, options.WithLastUse && NonCompliant <= MaxLastUses, stop)
                : Task.FromResult(row));
        }
    }

    /// <summary>Reads one more fact about a key. A failed call does not end the audit.</summary>
    private async Task<KeyFacts> AnsweredAsync(Question question, KeyFacts key, CancellationToken stop)
    {
        try
        {
            return await new KeyReader(kms).AnswerAsync(question, key, stop);
        }
        catch (Exception e) when (AwsFailure.ReadFailureOf(e, stop) is not null)
        {
            return key;
        }
    }

    private async Task<KeyRow> AdvisedAsync(KeyRow row, Verdict.NonCompliant finding, KeyFacts key, bool withUse, CancellationToken stop)
    {
        var lastUse = withUse ? LastUseAsync(key, stop) : Task.FromResult<LastUse?>(null);
        return row with { NextStep = await NextStepAsync(finding, key, stop), LastUse = await lastUse };
    }

    private async Task<LastUse?> LastUseAsync(KeyFacts key, CancellationToken stop)
    {
        try
        {
            var answer = await kms.GetKeyLastUsageAsync(new GetKeyLastUsageRequest { KeyId = key.Arn }, stop);
            return new(
                KeyReader.Time(answer.KeyLastUsage?.Timestamp),
                answer.KeyLastUsage?.Operation?.Value,
                KeyReader.Time(answer.TrackingStartDate));
        }
        catch (Exception e) when (AwsFailure.ReadFailureOf(e, stop) is not null)
        {
            Interlocked.Increment(ref unreadEvidence);
            return null;
        }
    }

    private KeyRow Row(Verdict verdict, KeyFacts key)
    {
        var (description, status) = kmsInTurn.Take(key.Arn);
        var history = key.Rotations as RotationHistory.Known;
        return new()
        {
            AccountId = place.AccountId,
            Region = place.Region,
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
            Tags = key.Tags,
        };
    }

    /// <summary>
    /// The next step. It names the CloudFormation stack, if there is one, for the first <see cref="StackLookup.MaxKeys"/> keys that a stack
    /// can fix.
    /// </summary>
    private async Task<string> NextStepAsync(Verdict.NonCompliant verdict, KeyFacts key, CancellationToken stop) => verdict.Fix switch
    {
        Fix.AllowReading => "allow the caller of the audit to read this key in the key policy.",
        Fix.Wait => "nothing to change on the key; audit it again.",
        _ => Annotation.NextSteps(
            verdict.Fix, key, options.Parameters.MaxRotationPeriodInDays, await stacks.OwnerAsync(verdict, key, stop))[0],
    };

    /// <summary>The aliases by key ID, and the reason if their list ended early.</summary>
    private async Task<(ILookup<string?, string> Aliases, ReadFailure? Failure)> AliasesAsync(CancellationToken stop)
    {
        var keyIds = new OrderedDictionary<string, string?>();
        ReadFailure? failure = null;
        try
        {
            var pages = new Pagination();
            var request = new ListAliasesRequest { Limit = 100 };
            do
            {
                var page = await kms.ListAliasesAsync(request, stop);
                var (listed, before) = (page.Aliases ?? [], keyIds.Count);
                foreach (var alias in listed) keyIds.TryAdd(alias.AliasName ?? "", alias.TargetKeyId);
                request.Marker = page.Truncated == true ? page.NextMarker : null;
                if (page.Truncated == true && !pages.MayContinue(page.NextMarker, listed.Count, keyIds.Count - before))
                    failure = new("KMS did not return all Aliases");
            }
            while (request.Marker is not null && failure is null);
        }
        catch (Exception e) when (AwsFailure.ReadFailureOf(e, stop) is { } early)
        {
            failure = early;
        }

        return (keyIds.ToLookup(alias => alias.Value, alias => alias.Key), failure);
    }
}
