using System.Collections.Concurrent;
using KeyRotation.Core;
using KeyRotation.Local;
using AwsFault = KeyRotation.Local.Fault;

namespace KeyRotation.Tests.Sweeping;

/// <summary>
/// Every fault on every operation, once, more often than the SDK repeats a call, and for good. Whatever happens, no evaluation is lost in silence:
/// an invocation that succeeds leaves exactly the truth in AWS Config, one that fails leaves the truth or what was held before, and says what is missing.
/// </summary>
[Parallelizable]
internal sealed class FaultMatrixTests
{
    private const string Role = "audit/KeyRotation";
    private const string Parameters = $$"""{"executionRoleName":"{{Role}}","exemptTagKey":"exempt"}""";

    /// <summary>The SDK repeats a call twice, and one whose connection is reset some more times below that.</summary>
    private const int MoreThanRepeated = 100;

    /// <summary>What the SDK repeats by itself.</summary>
    private static readonly Dictionary<string, Fault> Passing = new()
    {
        ["Throttling"] = Fault.Throttling,
        ["5xx"] = Fault.InternalFailure,
        ["Timeout"] = Fault.Timeout,
        ["ConnectionReset"] = Fault.ConnectionReset,
        ["MalformedBody"] = Fault.MalformedBody,
    };

    private static readonly Dictionary<string, Fault> Lasting = new()
    {
        ["AccessDenied"] = Fault.AccessDenied,
    };

    private const string Gone = "KeyGone";

    /// <summary>Which problem a sweep ends with when a call did not get through in the end, and whose results then stay as they were.</summary>
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

    /// <summary>The same of an oversized change, whose key is recorded nowhere so that all has to be asked. Null and kept: AWS's own exception is posted.</summary>
    private static readonly Dictionary<string, (ProblemNumber? Problem, Kept Kept)> OfChange = new()
    {
        ["AssumeRole"] = (ProblemNumber.RoleCannotBeAssumed, Kept.All),
        ["GetResourceConfigHistory"] = (null, Kept.All),
        ["DescribeKey"] = (ProblemNumber.KeysNotJudged, Kept.All),
        ["GetKeyRotationStatus"] = (ProblemNumber.KeysNotJudged, Kept.All),
        ["ListResourceTags"] = (ProblemNumber.KeysNotJudged, Kept.All),
        ["DescribeStackResources"] = (null, Kept.Nothing),
        ["PutEvaluations"] = (null, Kept.All),
    };

    private readonly ConcurrentDictionary<Row, Played> played = new();

    private static IEnumerable<Row> Rows() =>
        from trigger in new[] { (Name: "sweep", Operations: OfSweep), (Name: "change", Operations: OfChange) }
        from operation in trigger.Operations.Keys
        from fault in Passing.Keys.Concat(Lasting.Keys).Concat(operation is "DescribeKey" or "GetKeyRotationStatus" or "ListResourceTags" ? [Gone] : [])
        from times in new int?[] { 1, MoreThanRepeated, null }
        select new Row(trigger.Name, operation, fault, times);

    /// <summary>The rows mostly wait, so they wait together.</summary>
    [OneTimeSetUp]
    public Task PlayAllAsync() =>
        Parallel.ForEachAsync(Rows(), new ParallelOptions { MaxDegreeOfParallelism = 100 }, async (row, _) => played[row] = await PlayAsync(row));

    [TestCaseSource(nameof(Rows))]
    public void No_evaluation_is_lost_in_silence(Row row)
    {
        var (before, truth, ending, after, sent, healed, atLast) = played[row];
        var (problem, kept) = row.Comes ? (null, Kept.Nothing) : (row.IsSweep ? OfSweep : OfChange)[row.Operation];
        var isKept = (string id) => kept switch
        {
            Kept.All => true,
            Kept.Struck => id == Struck,
            Kept.Stale => id == Stale,
            _ => !row.IsSweep && id != Struck,
        };

        using (Assert.EnterMultipleScope())
        {
            // How it ends, and what is held then.
            Assert.That(ending.Succeeded, Is.EqualTo(kept == Kept.Nothing), $"{ending}");
            Assert.That(ending.Problems, Is.EqualTo(problem is { } number ? [number] : Array.Empty<ProblemNumber>()), $"{ending}");
            Assert.That(after, Is.EquivalentTo(before.Where(held => isKept(held.Key)).Concat(truth.Where(held => !isKept(held.Key)))), $"{ending}");

            // Nothing untrue was ever sent, and once the fault is over a sweep puts everything right.
            Assert.That(sent.Select(evaluation => (evaluation.ResourceId, evaluation.ComplianceType)), Is.SubsetOf(before.Keys.Select(id => (id, truth.GetValueOrDefault(id, "NOT_APPLICABLE")))));
            Assert.That(healed.Succeeded, $"{healed}");
            Assert.That(atLast, Is.EquivalentTo(row.Fault == Gone ? Alive(truth) : truth));
        }
    }

    private const string On = "0a1b2c3d-0000-4000-8000-000000000001";
    private const string Off = "3a1b2c3d-0000-4000-8000-000000000002";
    private const string Exempt = "6a1b2c3d-0000-4000-8000-000000000003";
    private const string Struck = "9a1b2c3d-0000-4000-8000-000000000004";
    private const string Stale = "ca1b2c3d-0000-4000-8000-000000000005";

    /// <summary>What never answers is waited for 1.5 seconds, and not as long as the function does.</summary>
    private static readonly HttpClient Impatient = new() { Timeout = TimeSpan.FromSeconds(1.5) };
    private static readonly HttpClient Patient = new() { Timeout = TimeSpan.FromSeconds(10) };

    private static async Task<Played> PlayAsync(Row row)
    {
        await using var rule = await RuleInProcess.StartAsync(configure: clientConfig => clientConfig.HttpClientFactory = new Connections(row.WhatHappens == Fault.Timeout ? Impatient : Patient));
        var member = rule.Aws.Add(new LocalAccount("444455556666"));
        member.Roles[Role] = new();
        var stack = new LocalStack("payments", "Key");
        member.Put(
        [
            LocalKey.Symmetric(rotates: true) with { KeyId = On },
            LocalKey.Symmetric() with { KeyId = Off },
            LocalKey.Symmetric() with { KeyId = Exempt, Tags = new Dictionary<string, string> { ["exempt"] = "2999-12-31" } },
            LocalKey.Symmetric() with { KeyId = Struck, Stack = stack, History = false },
        ]);

        // Every result that AWS Config holds is wrong by now.
        var results = member.Rule(ConfigEvents.RuleName);
        foreach (var (id, compliance) in new[] { (On, "NON_COMPLIANT"), (Off, "COMPLIANT"), (Exempt, "NON_COMPLIANT"), (Struck, "COMPLIANT"), (Stale, "COMPLIANT") })
            results.Take(new("AWS::KMS::Key", id, compliance, "of yesterday", DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(-1)));

        var before = Truth.HeldBy(member);
        var truth = Truth.Of(member.Keys.Where(key => key.KeyId != Exempt && (key.KeyId != Struck || row.Fault != Gone)));
        var isOfKey = row.Operation is "DescribeKey" or "GetKeyRotationStatus" or "ListResourceTags";
        rule.Aws.Faults.Add(row.Operation, row.WhatHappens, row.Times, isOfKey ? Struck : null);

        var ending = row.IsSweep
            ? await rule.SweepAsync(Parameters, member)
            : await rule.HandleAsync(ConfigEvents.OversizedChange(member, member[Struck], ruleParameters: Parameters));
        var after = Truth.HeldBy(member);
        var sent = rule.Aws.Evaluations.ToList();

        rule.Aws.Faults.Clear();
        var healed = await rule.SweepAsync(Parameters, member, DateTimeOffset.UtcNow.AddHours(1));
        return new(before, truth, ending, after, sent, healed, Truth.HeldBy(member));
    }

    /// <summary>The key that was said to be gone is back: it was there all the time.</summary>
    private static Dictionary<string, string> Alive(Dictionary<string, string> truth) => new(truth) { [Struck] = "NON_COMPLIANT" };

    /// <summary>Whose results stay as they were.</summary>
    internal enum Kept
    {
        Nothing,
        Stale,
        Struck,
        All,
    }

    internal sealed record Row(string Trigger, string Operation, string Fault, int? Times)
    {
        public bool IsSweep => Trigger == "sweep";

        public Fault WhatHappens => Passing.GetValueOrDefault(Fault) ?? Lasting.GetValueOrDefault(Fault) ?? AwsFault.NotFound;

        /// <summary>An answer that can be used comes in the end; that a key is gone is one.</summary>
        public bool Comes => Fault == Gone || (Passing.ContainsKey(Fault) && Times < MoreThanRepeated && !IsBrokenXml);

        /// <summary>The SDK repeats a call whose JSON is cut off, and not one whose XML is.</summary>
        private bool IsBrokenXml => Fault == "MalformedBody" && Operation == "AssumeRole";

        public override string ToString() => $"{Trigger}, {Operation}: {Fault} {Times switch { null => "for good", 1 => "once", _ => $"{Times} times" }}";
    }

    private sealed record Played(
        Dictionary<string, string> Before,
        Dictionary<string, string> Truth,
        Ending Ending,
        Dictionary<string, string> After,
        IReadOnlyList<ReceivedEvaluation> Sent,
        Ending Healed,
        Dictionary<string, string> AtLast);
}
