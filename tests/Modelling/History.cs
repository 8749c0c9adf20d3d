using KeyRotation.Local;
using KeyRotation.Tests.Fuzzing;
using KeyRotation.Tests.Sweeping;

namespace KeyRotation.Tests.Modelling;

/// <summary>
/// A random history of one account. Keys are created, changed and deleted; their change notifications arrive late, twice and in any order;
/// sweeps run between changes and during changes; and calls fail. The rule must obey these laws:
/// <list type="number">
/// <item>COMPLIANT is sent only for a key that at some time was rotated often enough while nothing else excluded it. (Not necessarily at
/// the time of the item: the item says which kind of key it is, KMS says whether it rotates, and the two can be from different times. For a
/// replica, only the rotation counts: its own state can change while the rotation of its primary key does not. An exemption by tag does not
/// count, because a sweep does not read the tags of a key that rotates.)</item>
/// <item>An invocation that succeeds is complete. After a change, AWS Config has accepted exactly one evaluation, with the time of the
/// item. After a sweep that no change and no newer event disturbed, AWS Config holds the expected results.</item>
/// <item>An invocation that fails reports a numbered problem.</item>
/// <item>After all faults have ended, one more sweep leaves the expected results. With report=changes, the next sweep sends nothing. (This
/// must be a new sweep, not a retry of an earlier one: AWS Config does not replace the result of a newer event with that of an older sweep.
/// That is the purpose of OrderingTimestamp.)</item>
/// </list>
/// </summary>
internal sealed class History
{
    private static readonly string[] Operations =
        ["ListKeys", "DescribeKey", "GetKeyRotationStatus", "ListResourceTags", "GetComplianceDetailsByConfigRule", "PutEvaluations", "GetResourceConfigHistory", "DescribeStackResources"];

    private readonly Random random;
    private readonly LocalAws aws;
    private readonly LocalAccount account;
    private readonly RuleInProcess rule;
    private readonly PlainParameters parameters;
    private readonly string parametersJson;
    private readonly HashSet<string> everCompliant = [];
    private readonly List<(string ConfigEvent, DateTimeOffset? Time)> pending = [];
    private readonly List<string> story = [];
    private readonly DateTimeOffset start = DateTimeOffset.UtcNow.AddDays(-1);
    private DateTimeOffset newest;
    private int moment;

    public History(Random random, RuleInProcess rule)
    {
        (this.random, aws, account, this.rule) = (random, rule.Aws, rule.Account, rule);
        account.Rule(ConfigEvents.RuleName);
        parameters = new()
        {
            Max = One(365, 365, 90, 2560),
            EvaluatesDisabled = Chance(30),
            SkipsReplicas = Chance(30),
            UnreadableIsNonCompliant = Chance(30),
            ExemptTag = Chance(50) ? "keep" : null,
        };
        Do("begin", () =>
        {
            foreach (var _ in Enumerable.Range(0, random.Next(1, 8))) Make();
        });
        if (Chance(20) && account.Keys.FirstOrDefault() is { } exempt) parameters.ExemptIds.Add(exempt.KeyId);
        parametersJson = $$"""
            {"maxRotationPeriodInDays":"{{parameters.Max}}","disabledKeys":"{{(parameters.EvaluatesDisabled ? "evaluate" : "skip")}}","replicaKeys":"{{(parameters.SkipsReplicas ? "skip" : "evaluate")}}",
            "unreadableKeys":"{{(parameters.UnreadableIsNonCompliant ? "nonCompliant" : "fail")}}","exemptTagKey":"{{parameters.ExemptTag}}","exemptKeyIds":"{{string.Join(',', parameters.ExemptIds)}}","report":"{{One("changes", "all")}}"}
            """;
        Remember();
    }

    /// <summary>The events so far, which help to explain a failed test.</summary>
    public string Story => string.Join(Environment.NewLine, story);

    public async Task PlayAsync()
    {
        for (var steps = random.Next(4, 14); steps > 0; steps--)
        {
            switch (random.Next(10))
            {
                case < 3:
                    Change();
                    break;
                case < 5:
                    await DeliverAsync();
                    break;
                case < 8:
                    await SweepAsync(Tick(), disturbed: Chance(40));
                    break;
                case 8:
                    Fail();
                    break;
                default:
                    Do("faults end", aws.Faults.Clear);
                    break;
            }
        }

        Do("faults end permanently", aws.Faults.Clear);
        await SweepAsync(Tick(), disturbed: false);
        CheckTruth("after the last sweep");
        var sent = aws.Evaluations.Count;
        await SweepAsync(Tick(), disturbed: false);
        CheckTruth("after one more sweep");
        if (parametersJson.Contains("changes", StringComparison.Ordinal)) Assert.That(aws.Evaluations, Has.Count.EqualTo(sent), "an unchanged account costs no evaluation");
    }

    private bool Chance(int percent) => random.Next(100) < percent;

    private T One<T>(params T[] values) => values[random.Next(values.Length)];

    private DateTimeOffset Tick() => newest = start.AddSeconds(++moment);

    private void Do(string what, Action action)
    {
        story.Add(what);
        action();
    }

    private LocalKey Make()
    {
        var (rotates, period) = (Chance(60), One<int?>(null, 90, 365, 366, 2560));
        var key = One(
            LocalKey.Symmetric(rotates, period),
            LocalKey.Symmetric(rotates, period),
            LocalKey.Disabled(rotates),
            LocalKey.PendingDeletion(rotates),
            LocalKey.Primary(rotates, period),
            LocalKey.Replica(rotates: rotates, periodInDays: period),
            LocalKey.AwsManaged(),
            LocalKey.Asymmetric(),
            LocalKey.Hmac(),
            LocalKey.OfOrigin("EXTERNAL"),
            LocalKey.OfOrigin("AWS_CLOUDHSM") with { KeyState = "Unavailable" },
            LocalKey.OfOrigin("EXTERNAL_KEY_STORE"));
        var id = new byte[16];
        random.NextBytes(id);
        return account.Put(key with
        {
            KeyId = key.MultiRegionKeyType is null ? new Guid(id).ToString() : $"mrk-{new Guid(id):N}",
            Tags = key.KeyManager == "AWS" ? key.Tags : NewTags(),
            CaptureTime = start,
            Stack = Chance(20) ? new("stack", "Key") : null,
        });
    }

    private Dictionary<string, string> NewTags() => Chance(70) ? [] : new() { ["keep"] = One("2999-12-31 CHG-17", "2001-01-01", "for ever") };

    /// <summary>
    /// One change that KMS allows: rotation is set only on an enabled key, or on the primary key of a replica, and a key whose deletion is
    /// canceled is disabled.
    /// </summary>
    private void Change()
    {
        var live = account.Keys.Where(each => !each.IsDeleted).OrderBy(each => each.KeyId, StringComparer.Ordinal).ToArray();
        var key = Chance(15) || live.Length == 0 ? Make() : One(live);
        key = (random.Next(7), key) switch
        {
            (_, { KeyManager: "AWS" }) => key,
            (0, { IsPendingDeletion: true }) => key with { IsDeleted = true },
            (_, { IsPendingDeletion: true }) => key with { KeyState = "Disabled", DeletionDate = null },
            (0, _) => key with { KeyState = key.IsReplica ? "PendingReplicaDeletion" : "PendingDeletion", DeletionDate = DateTimeOffset.UtcNow.AddDays(7) },
            (1, { KeyState: "Enabled" }) => key with { KeyState = "Disabled" },
            (_, { KeyState: "Disabled", IsReplica: false }) => key with { KeyState = "Enabled" },
            (2, _) => key with { Tags = NewTags() },
            (3, { KeyState: "Disabled" }) => key with { KeyState = "Enabled" },
            (_, { Origin: "AWS_KMS", KeySpec: "SYMMETRIC_DEFAULT" }) =>
                key with { KeyRotationEnabled = Chance(60), RotationPeriodInDays = One<int?>(null, 90, 365, 366, 2560) },
            _ => key,
        };
        var time = Tick();
        account.Put(key with { CaptureTime = time });
        Remember();
        story.Add($"{time:T} {Shown(key)}");
        if (!Chance(80)) return;

        // An oversized notification is evaluated with the newest item, so the time of its evaluation is not known here.
        pending.Add(Chance(80)
            ? (ConfigEvents.Change(account, key, time, ruleParameters: parametersJson), time)
            : (ConfigEvents.OversizedChange(account, key, time, ruleParameters: parametersJson), null));
    }

    private void Remember()
    {
        foreach (var key in account.Keys)
        {
            var sometimes = Plain(key.IsReplica ? key with { KeyState = "Enabled" } : key);
            sometimes.Tags = [];
            if (NaiveRule.Judge(sometimes, parameters, DateTimeOffset.UtcNow) == NaiveRule.Compliant) everCompliant.Add(key.KeyId);
        }
    }

    private void Fail()
    {
        var operation = One(Operations);
        var fault = One(
            Fault.AccessDenied, Fault.Throttling, Fault.InternalFailure, Fault.ServiceUnavailable, Fault.ConnectionReset,
            Fault.MalformedBody, Fault.Answer("{}"));
        if (operation is "DescribeKey" or "GetKeyRotationStatus" or "ListResourceTags" && Chance(15)) fault = Fault.NotFound;
        var times = One<int?>(1, 1, 2, 5, null);
        var isOfOneKey = Chance(50) && operation is "DescribeKey" or "GetKeyRotationStatus";
        var keyId = isOfOneKey ? account.Keys.FirstOrDefault()?.KeyId : null;
        Do($"fault: {operation} {fault} {times} {keyId}", () => aws.Faults.Add(operation, fault, times, keyId, after: random.Next(3), accountId: account.Id));
        if (Chance(20) && account.Keys.FirstOrDefault() is { } other)
            Do($"FailedEvaluations {other.KeyId}", () => aws.Faults.FailEvaluations(other.KeyId, One<int?>(1, 2, 6)));
    }

    private async Task DeliverAsync()
    {
        if (pending.Count == 0) return;
        var place = random.Next(pending.Count);
        var (configEvent, time) = pending[place];
        if (Chance(75)) pending.RemoveAt(place);
        var sent = aws.Evaluations.Count;
        var succeeded = await InvokeAsync("change", configEvent);
        var taken = aws.Evaluations.Skip(sent).Where(evaluation => evaluation.Accepted).ToList();
        if (succeeded) Assert.That(taken, Has.Count.EqualTo(1), "a change that succeeds leaves exactly one evaluation");
        if (time is { } ofItem) CheckTimes(sent, ofItem);
    }

    private async Task SweepAsync(DateTimeOffset time, bool disturbed)
    {
        if (disturbed)
        {
            // More changes happen between the calls of the sweep.
            var left = random.Next(1, 4);
            var wait = random.Next(1, 6);
            aws.Calls.Added = _ =>
            {
                lock (story)
                {
                    if (left == 0 || --wait > 0) return;
                    left--;
                    wait = random.Next(1, 6);
                    Change();
                }
            };
        }

        var sent = aws.Evaluations.Count;
        var succeeded = await InvokeAsync($"{time:T} sweep", ConfigEvents.Scheduled(account, time, ruleParameters: parametersJson));
        aws.Calls.Added = null;
        CheckTimes(sent, time);
        if (succeeded && !disturbed && time == newest && !aws.Faults.Any) CheckTruth("after a successful sweep");
    }

    private async Task<bool> InvokeAsync(string what, string configEvent)
    {
        lock (story) story.Add(what);
        var sent = aws.Evaluations.Count;
        var ending = await rule.HandleAsync(configEvent);
        if (ending.Failure is { } failure)
        {
            lock (story) story.Add($"  failed: {failure.Message}");
            Assert.That(failure is ProblemException, $"{failure}");
        }

        foreach (var evaluation in aws.Evaluations.Skip(sent))
        {
            lock (story) story.Add($"  {evaluation.OrderingTimestamp:T} {evaluation.ResourceId} {evaluation.ComplianceType} {(evaluation.Accepted ? "" : "not accepted")}");
            if (evaluation.ComplianceType == NaiveRule.Compliant)
                Assert.That(everCompliant, Does.Contain(evaluation.ResourceId), "COMPLIANT was sent for a key that never complied");
        }

        return ending.Succeeded;
    }

    /// <summary>An evaluation has the time of its item, or of the notification that started the sweep.</summary>
    private void CheckTimes(int sent, DateTimeOffset time)
    {
        foreach (var evaluation in aws.Evaluations.Skip(sent))
            Assert.That(evaluation.OrderingTimestamp, Is.EqualTo(time).Within(TimeSpan.FromMilliseconds(1)));
    }

    private void CheckTruth(string when)
    {
        var truth = account.Keys
            .Select(key => (key.KeyId, Verdict: NaiveRule.Judge(Plain(key), parameters, DateTimeOffset.UtcNow)))
            .Where(each => each.Verdict != NaiveRule.NotApplicable);
        Assert.That(
            account.Results(ConfigEvents.RuleName).Select(held => $"{held.ResourceId} {held.ComplianceType}"),
            Is.EquivalentTo(truth.Select(each => $"{each.KeyId} {each.Verdict}")),
            when);
    }

    /// <summary>The key as a sweep sees it: only the facts from KMS are known.</summary>
    private PlainKey Plain(LocalKey key) => new()
    {
        Id = key.KeyId,
        Arn = account.Arn(key.KeyId),
        Gone = key.IsDeleted,
        Described = new()
        {
            Manager = key.KeyManager,
            Spec = key.KeySpec,
            Origin = key.Origin,
            State = key.KeyState,
            MultiRegionType = key.MultiRegionKeyType,
            Created = key.CreationDate,
        },
        Enabled = key.KeyRotationEnabled,
        Period = key.RotationPeriodInDays,
        Tags = new(key.Tags),
    };

    private static string Shown(LocalKey key) =>
        $"{key.KeyId} {key.KeyManager} {key.KeySpec} {key.Origin} {key.KeyState} {key.MultiRegionKeyType} rotates {key.KeyRotationEnabled} every {key.RotationPeriodInDays} "
        + $"{string.Join(',', key.Tags)} {(key.IsDeleted ? "deleted" : "")}";
}
