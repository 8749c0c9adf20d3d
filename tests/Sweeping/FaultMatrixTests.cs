using System.Collections.Concurrent;
using System.Net;
using KeyRotation.Local;
using AwsFault = KeyRotation.Local.Fault;

namespace KeyRotation.Tests.Sweeping;

/// <summary>
/// Every fault on every operation, once, several times and permanently, with the function's own executable and its own retries, rate
/// limits, connections and clock. No evaluation is lost silently: after an invocation that succeeds, AWS Config holds exactly the expected
/// results. After one that fails, it holds expected or earlier results, and the error says what is missing. PressureTests checks that
/// invocations end in time.
/// </summary>
internal sealed class FaultMatrixTests
{
    private const string Role = "audit/KeyRotation";
    private const string Parameters = $$"""{"executionRoleName":"{{Role}}","exemptTagKey":"exempt"}""";

    /// <summary>Each process handles one event at a time, and mostly waits.</summary>
    private const int Processes = 20;

    private const int SomeTimes = 4;

    /// <summary>Transient faults: the call is retried until the deadline.</summary>
    private static readonly Dictionary<string, Fault> Passing = new()
    {
        ["Throttling"] = Fault.Throttling,
        ["5xx"] = Fault.InternalFailure,
        ["Timeout"] = Fault.Timeout,
        ["BodyStops"] = Fault.BodyStops,
        ["ConnectionReset"] = Fault.ConnectionReset,
        ["MalformedBody"] = Fault.MalformedBody,
        ["ProxyError"] = Fault.HtmlPage(HttpStatusCode.BadGateway),
    };

    private static readonly Dictionary<string, Fault> Lasting = new()
    {
        ["AccessDenied"] = Fault.AccessDenied,
        ["ProxyRefusal"] = Fault.HtmlPage(HttpStatusCode.Forbidden),
    };

    private const string Gone = "KeyGone";

    /// <summary>By operation: the problem of a sweep in which every such call failed, and the results that then stay unchanged.</summary>
    private static readonly Dictionary<string, (ProblemNumber? Problem, Kept Kept)> OfSweep = new()
    {
        ["AssumeRole"] = (ProblemNumber.RoleCannotBeAssumed, Kept.All),
        ["ListKeys"] = (ProblemNumber.KeysNotListed, Kept.All),
        ["DescribeKey"] = (ProblemNumber.KeysNotJudged, Kept.Struck),
        ["GetKeyRotationStatus"] = (ProblemNumber.KeysNotJudged, Kept.Struck),
        ["ListResourceTags"] = (ProblemNumber.KeysNotJudged, Kept.Struck),
        ["GetComplianceDetailsByConfigRule"] = (ProblemNumber.ResultsNotRead, Kept.Stale),
        ["DescribeStackResources"] = (null, Kept.Nothing),
        ["PutEvaluations"] = (ProblemNumber.EvaluationsNotAccepted, Kept.All),
    };

    /// <summary>The same for an oversized notification. Its key has no history, so all facts are read from KMS.</summary>
    private static readonly Dictionary<string, (ProblemNumber? Problem, Kept Kept)> OfChange = new()
    {
        ["AssumeRole"] = (ProblemNumber.RoleCannotBeAssumed, Kept.All),
        ["GetResourceConfigHistory"] = (ProblemNumber.KeysNotJudged, Kept.All),
        ["DescribeKey"] = (ProblemNumber.KeysNotJudged, Kept.All),
        ["GetKeyRotationStatus"] = (ProblemNumber.KeysNotJudged, Kept.All),
        ["ListResourceTags"] = (ProblemNumber.KeysNotJudged, Kept.All),
        ["DescribeStackResources"] = (null, Kept.Nothing),
        ["PutEvaluations"] = (ProblemNumber.EvaluationsNotAccepted, Kept.All),
    };

    private readonly ConcurrentDictionary<Row, Played> played = new();

    private static IEnumerable<Row> Rows() =>
        from trigger in new[] { (Name: "sweep", Operations: OfSweep), (Name: "change", Operations: OfChange) }
        from operation in trigger.Operations.Keys
        from fault in Passing.Keys.Concat(Lasting.Keys).Concat(operation is "DescribeKey" or "GetKeyRotationStatus" or "ListResourceTags" ? [Gone] : [])
        from times in new int?[] { 1, SomeTimes, null }
        where times != SomeTimes || !IsSlow(fault)
        select new Row(trigger.Name, operation, fault, times);

    /// <summary>A call without a complete response times out after ten seconds.</summary>
    private static bool IsSlow(string fault) => fault is "Timeout" or "BodyStops";

    [OneTimeSetUp]
    public async Task PlayAllAsync()
    {
        var own = new LocalAccount();
        await using var aws = await LocalAws.StartAsync(own);
        var rows = new ConcurrentQueue<(int Number, Row Row)>(Rows().Index().OrderByDescending(row => IsSlow(row.Item.Fault)));
        await Task.WhenAll(Enumerable.Range(0, Processes).Select(async _ =>
        {
            await using var rule = await RuleProcess.StartAsync(aws, own, EndToEnd.PressureTests.Function);
            while (rows.TryDequeue(out var next)) played[next.Row] = await PlayAsync(aws, rule, next.Number, next.Row);
        }));
    }

    [TestCaseSource(nameof(Rows))]
    public void No_evaluation_is_lost_silently(Row row)
    {
        var (before, truth, ending, after, sent, healed, atLast) = played[row];
        var (problem, kept) = row.Ends;
        var isKept = (string id) => kept switch
        {
            Kept.All => true,
            Kept.Struck => id == Struck,
            Kept.Stale => id == Stale,
            Kept.StruckAndStale => id is Struck or Stale,
            _ => !row.IsSweep && id != Struck,
        };

        using (Assert.EnterMultipleScope())
        {
            // The outcome of the invocation, and the results that AWS Config then holds.
            Assert.That(ending.Error is null, Is.EqualTo(kept == Kept.Nothing), ending.Error?.ErrorMessage);
            Assert.That(ending.Error?.ErrorMessage ?? "", problem is { } number ? Does.StartWith($"KR{(int)number:00}: ").And.Not.Contain("\nKR") : Is.Empty);
            Assert.That(after, Is.EquivalentTo(before.Where(held => isKept(held.Key)).Concat(truth.Where(held => !isKept(held.Key)))));

            // No wrong evaluation was sent, and a sweep after the fault corrects all results.
            Assert.That(
                sent.Select(evaluation => (evaluation.ResourceId, evaluation.ComplianceType)),
                Is.SubsetOf(before.Keys.Select(id => (id, truth.GetValueOrDefault(id, "NOT_APPLICABLE")))));
            Assert.That(healed.Error, Is.Null);
            Assert.That(atLast, Is.EquivalentTo(row.Fault == Gone ? Alive(truth) : truth));
        }
    }

    private const string On = "0a1b2c3d-0000-4000-8000-000000000001";
    private const string Off = "3a1b2c3d-0000-4000-8000-000000000002";
    private const string Exempt = "6a1b2c3d-0000-4000-8000-000000000003";
    private const string Struck = "9a1b2c3d-0000-4000-8000-000000000004";
    private const string Stale = "ca1b2c3d-0000-4000-8000-000000000005";

    private static async Task<Played> PlayAsync(LocalAws aws, RuleProcess rule, int number, Row row)
    {
        var member = aws.Add(new LocalAccount($"{444400000000 + number}"));
        member.Roles[Role] = new();
        var stack = new LocalStack("payments", "Key");
        member.Put(
        [
            LocalKey.Symmetric(rotates: true) with { KeyId = On },
            LocalKey.Symmetric() with { KeyId = Off },
            LocalKey.Symmetric() with { KeyId = Exempt, Tags = new Dictionary<string, string> { ["exempt"] = "2999-12-31" } },
            LocalKey.Symmetric() with { KeyId = Struck, Stack = stack, History = false },
        ]);

        // Every existing result is wrong.
        var results = member.Rule(ConfigEvents.RuleName);
        foreach (var (id, compliance) in new[] { (On, "NON_COMPLIANT"), (Off, "COMPLIANT"), (Exempt, "NON_COMPLIANT"), (Struck, "COMPLIANT"), (Stale, "COMPLIANT") })
            results.Take(new("AWS::KMS::Key", id, compliance, "of yesterday", DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(-1)));

        var before = Truth.HeldBy(member);
        var truth = Truth.Of(member.Keys.Where(key => key.KeyId != Exempt && (key.KeyId != Struck || row.Fault != Gone)));
        var (accountId, keyId) = row.Operation switch
        {
            "AssumeRole" => (null, $"arn:aws:iam::{member.Id}:role/{Role}"),
            "DescribeKey" or "GetKeyRotationStatus" or "ListResourceTags" => (member.Id, Struck),
            _ => (member.Id, (string?)null),
        };
        aws.Faults.Add(row.Operation, row.WhatHappens, row.Times, keyId, accountId: accountId);

        var ending = await rule.InvokeAsync(
            row.IsSweep
                ? ConfigEvents.Scheduled(member, ruleParameters: Parameters)
                : ConfigEvents.OversizedChange(member, member[Struck], ruleParameters: Parameters),
            row.Time);
        var after = Truth.HeldBy(member);
        var sent = aws.Evaluations.Where(evaluation => evaluation.AccountId == member.Id).ToList();

        aws.Faults.Remove(row.Operation, accountId, keyId);
        var healed = await rule.InvokeAsync(ConfigEvents.Scheduled(member, DateTimeOffset.UtcNow.AddHours(1), ruleParameters: Parameters));
        return new(before, truth, ending, after, sent, healed, Truth.HeldBy(member));
    }

    /// <summary>Adds the key that KMS reported as not found, although it existed all the time.</summary>
    private static Dictionary<string, string> Alive(Dictionary<string, string> truth) => new(truth) { [Struck] = "NON_COMPLIANT" };

    /// <summary>The existing results that stay unchanged.</summary>
    internal enum Kept
    {
        Nothing,
        Stale,
        Struck,
        StruckAndStale,
        All,
    }

    internal sealed record Row(string Trigger, string Operation, string Fault, int? Times)
    {
        public bool IsSweep => Trigger == "sweep";

        public Fault WhatHappens => Passing.GetValueOrDefault(Fault) ?? Lasting.GetValueOrDefault(Fault) ?? AwsFault.NotFound;

        /// <summary>The function's timeout: short if the fault lasts until the deadline, otherwise long enough for any machine.</summary>
        public TimeSpan Time => TimeSpan.FromSeconds(Times is null ? 20 : 120);

        /// <summary>The expected problem, or null, and the existing results that stay unchanged.</summary>
        public (ProblemNumber? Problem, Kept Kept) Ends
        {
            get
            {
                // In the end, a usable response arrives. NotFoundException is one too: it means that the key is deleted.
                if (Fault == Gone || (Passing.ContainsKey(Fault) && Times is not null)) return (null, Kept.Nothing);
                var (problem, kept) = (IsSweep ? OfSweep : OfChange)[Operation];

                // A transient fault is retried until the deadline. While a key is left, no stale result is withdrawn.
                return problem == ProblemNumber.KeysNotJudged && Passing.ContainsKey(Fault)
                    ? (ProblemNumber.OutOfTime, IsSweep ? Kept.StruckAndStale : kept)
                    : (problem, kept);
            }
        }

        public override string ToString() =>
            $"{Trigger}, {Operation}: {Fault} {Times switch { null => "permanently", 1 => "once", _ => "several times" }}";
    }

    private sealed record Played(
        Dictionary<string, string> Before,
        Dictionary<string, string> Truth,
        InvocationResult Ending,
        Dictionary<string, string> After,
        IReadOnlyList<ReceivedEvaluation> Sent,
        InvocationResult Healed,
        Dictionary<string, string> AtLast);
}
