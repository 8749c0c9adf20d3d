using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KeyRotation.Audit;
using KeyRotation.Local;
using KeyRotation.Tests.Sweeping;

namespace KeyRotation.Tests.Audit;

internal sealed partial class AuditRunTests : LocalAuditFixture
{
    /// <summary>The calls that the audit may make. None of them changes anything.</summary>
    private static readonly string[] Reads =
    [
        "ListKeys", "ListAliases", "DescribeKey", "GetKeyRotationStatus", "ListResourceTags", "DescribeStackResources", "GetCallerIdentity", "AssumeRole",
    ];

    [Test]
    public async Task Verdicts_match_those_of_the_function(
        [Values("samples/account.json", "250 generated keys")] string keys,
        [Values(
            """{"report":"all"}""",
            """{"report":"all","maxRotationPeriodInDays":90,"disabledKeys":"evaluate","replicaKeys":"skip","unreadableKeys":"nonCompliant","exemptTagKey":"rotation-exempt","newKeyGraceInHours":48}""")]
        string ruleParameters)
    {
        Account = keys.StartsWith("samples", StringComparison.Ordinal)
            ? AccountFile.Load(Repository.PathOf(keys)).AddTo(Aws)
            : Aws.Add(Accounts.Generated(250));
        Assert.That(RuleParameters.TryParse(ruleParameters, out var parameters, out _), Is.True);

        var report = await AuditAsync(new() { Parameters = parameters! });
        await using (var function = await RuleProcess.StartAsync(Aws, Account))
            await function.InvokeAsync(ConfigEvents.Scheduled(Account, ruleParameters: ruleParameters));

        // The function sends no evaluations for AWS managed keys, deleted keys and keys that it cannot judge.
        var audited = report.Keys
            .Where(key => key is { Verdict: not KeyVerdict.NotJudged, KeyManager: not "AWS" } and not { Scenario: 'a' })
            .Select(key => (key.KeyId, Verdict: key.Verdict.Name(), Finding: SingleLine.Cut(key.Finding)));
        var reported = Aws.Evaluations.Where(evaluation => evaluation.Accepted)
            .Select(evaluation => (evaluation.ResourceId, evaluation.ComplianceType, evaluation.Annotation!.Split(" Fix: ")[0]));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Keys.Select(key => key.KeyId), Is.EquivalentTo(Account.Listing));
            Assert.That(audited, Is.EquivalentTo(reported));
        }
    }

    [Test]
    public async Task Makes_only_the_read_calls_that_the_rule_needs()
    {
        Account.Put(Accounts.Keys(250));

        await AuditAsync();

        var eligible = Account.Keys.Where(key => Truth.Of(key) is not null).Select(key => key.KeyId);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Aws.Calls.Counts.Keys, Is.SubsetOf(Reads));
            Assert.That(Aws.Evaluations, Is.Empty);
            Assert.That(Aws.Calls["DescribeKey"], Is.EqualTo(250));
            Assert.That(Aws.Calls.All.Where(call => call.Operation == "GetKeyRotationStatus").Select(call => call.ResourceId), Is.EquivalentTo(eligible), "One call per key.");
            Assert.That(Aws.Calls["ListResourceTags"], Is.Zero);
        }
    }

    [Test]
    public async Task Names_the_stack_for_the_first_50_fixable_keys()
    {
        Account.Put(Enumerable.Range(0, 60).Select(_ => LocalKey.Replica()));
        Account.Put(Enumerable.Range(0, 60).Select(_ => LocalKey.Symmetric() with { Stack = new("payments", "Key") }));

        var report = await AuditAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Aws.Calls["DescribeStackResources"], Is.EqualTo(50));
            Assert.That(report.Keys.Count(key => key.NextStep!.EndsWith("on Key in CloudFormation stack payments.", StringComparison.Ordinal)), Is.EqualTo(50));
        }
    }

    [Test]
    public async Task Row_has_the_facts_that_identify_the_key()
    {
        var key = Account.Put(LocalKey.Symmetric(rotates: true, 730) with
        {
            Description = "Orders",
            Aliases = ["alias/orders"],
            Tags = new Dictionary<string, string> { ["team"] = "shop" },
            Stack = new("shop", "OrdersKey"),
        });

        var row = (await AuditAsync(new() { WithTags = true })).Keys.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(row.Verdict, Is.EqualTo(KeyVerdict.NonCompliant));
            Assert.That(row.Scenario, Is.EqualTo('l'));
            Assert.That(row.Name, Is.EqualTo("alias/orders"));
            Assert.That(row.Description, Is.EqualTo("Orders"));
            Assert.That(row.RotationPeriodInDays, Is.EqualTo(730));
            Assert.That(row.NextRotationDate, Is.GreaterThan(DateTimeOffset.UtcNow));
            Assert.That(row.CreationDate, Is.EqualTo(key.CreationDate));
            Assert.That(row.NextStep, Does.Contain("OrdersKey").And.Contain("stack shop"));
            Assert.That(row.Tags, Is.EqualTo(new Dictionary<string, string> { ["team"] = "shop" }));
        }
    }

    [Test]
    public async Task Unreadable_key_makes_the_audit_incomplete()
    {
        var denied = Account.Put(LocalKey.Symmetric(rotates: true));
        Account.Put(LocalKey.Symmetric(rotates: true));
        Aws.Faults.Add("GetKeyRotationStatus", Fault.AccessDenied, keyId: denied.KeyId);

        var report = await AuditAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Keys.Single(key => key.Verdict == KeyVerdict.NotJudged).KeyId, Is.EqualTo(denied.KeyId));
            Assert.That(report.Totals.Compliant, Is.EqualTo(1));
            Assert.That(ExitCode.Of(report), Is.EqualTo(ExitCode.NotComplete));
            Assert.That(Sentences.Problems(report), Has.One.Contains("could not be judged"));
        }
    }

    [Test]
    public async Task Region_denied_by_an_SCP_quotes_the_AWS_message()
    {
        const string sentence = "User: arn:aws:iam::111122223333:user/me is not authorized to perform: kms:ListKeys with an explicit deny in a service control policy";
        Account.Put(Accounts.Keys(1));
        Aws.Faults.Add("ListKeys", new Fault.Error("AccessDeniedException", sentence));

        var report = await AuditAsync(mayBeDisabled: true);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Places.Single().Status, Is.EqualTo(PlaceStatus.Incomplete));
            Assert.That(Sentences.Problems(report), Has.One.StartsWith($"{Account.Id} {Account.Region}: ").And.One.Contains(sentence));
            Assert.That(ExitCode.Of(report), Is.EqualTo(ExitCode.NotComplete));
        }
    }

    /// <summary>
    /// Each page is an alias and the marker of the next page; - means none. The last three never end: a marker repeats, or the markers are
    /// new and the aliases repeat.
    /// </summary>
    [TestCase("denied", 1)]
    [TestCase("--", 1)]
    [TestCase("-A -A -A", 2)]
    [TestCase("1A 2B 3A 4B 5A", 3)]
    [TestCase("1A 2B 1C 2D 1E", 3)]
    public async Task Broken_alias_list_loses_only_aliases(string pages, int calls)
    {
        Account.Put(Accounts.Keys(20));
        foreach (var page in pages.Split(' '))
            Aws.Faults.Add("ListAliases", page == "denied" ? Fault.AccessDenied : Fault.Answer(Page(page[0], page[1])), times: 1);

        var report = await AuditAsync().WaitAsync(TimeSpan.FromSeconds(20));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Complete, Is.True);
            Assert.That(report.Keys, Has.Count.EqualTo(20));
            Assert.That(Sentences.Problems(report), Has.One.Contains("Aliases are missing"));
            Assert.That(Aws.Calls["ListAliases"], Is.EqualTo(calls));
        }

        string Page(char alias, char marker) => JsonSerializer.Serialize(new
        {
            Aliases = alias == '-' ? [] : new[] { new { AliasName = $"alias/{alias}", TargetKeyId = Account.Listing[0] } },
            Truncated = true,
            NextMarker = marker == '-' ? null : $"{marker}",
        });
    }

    [TestCase("""{"Tags":[{"TagValue":"nameless"},{}],"Truncated":false}""")]
    [TestCase("""{"Truncated":true}""")]
    public async Task Invalid_tags_response_does_not_end_the_audit(string answer)
    {
        Account.Put(Accounts.Keys(20));
        Aws.Faults.Add("ListResourceTags", Fault.Answer(answer));

        var report = await AuditAsync(new() { WithTags = true });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Complete, Is.True);
            Assert.That(report.Keys, Has.Count.EqualTo(20));
        }
    }

    [Test]
    public async Task Rejected_credentials_can_mean_a_disabled_Region()
    {
        Account.Put(Accounts.Keys(20));
        Aws.Faults.Add("ListKeys", new Fault.Error("UnrecognizedClientException", "The security token included in the request is invalid."));

        var all = await AuditAsync(mayBeDisabled: true);
        var named = await AuditAsync(new() { Regions = [Account.Region] });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(all.Places.Single().Status, Is.EqualTo(PlaceStatus.NotEnabled));
            Assert.That(all.Complete, Is.True);
            Assert.That(named.Places.Single().Status, Is.EqualTo(PlaceStatus.Incomplete), "A Region that the user names must be audited.");
        }
    }

    [Test]
    public async Task Stopped_audit_reports_what_is_missing()
    {
        Account.Put(Accounts.Keys(250));
        Aws.Latency = TimeSpan.FromMilliseconds(20);
        using var stop = new CancellationTokenSource();
        using var run = await NewAuditAsync(new() { Parallelism = 1 });
        var running = run.RunAsync(baseline: null, stop.Token);
        await Wait.UntilAsync(() => run.Judged >= 5);
        await stop.CancelAsync();

        var report = await running;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Keys, Has.Count.GreaterThanOrEqualTo(5).And.Count.LessThan(250));
            Assert.That(report.Places.Single().KeysLeft, Is.EqualTo(250 - report.Keys.Count));
            Assert.That(report.Places.Single().Problem, Does.StartWith($"Stopped with {250 - report.Keys.Count} listed keys left"));
            Assert.That(ExitCode.Of(report), Is.EqualTo(ExitCode.NotComplete));
        }
    }

    /// <summary>The policies in the audit's README allow the calls that the audit makes, and no others.</summary>
    [Test]
    public async Task Policies_match_the_calls_of_a_full_audit()
    {
        Account.Put(LocalKey.Symmetric() with { Stack = new("payments", "Key") });
        Account.Roles["audit"] = new();

        var report = await AuditAsync(new()
        {
            Regions = ["all"],
            RoleName = "audit",
            Accounts = [Account.Id],
            WithTags = true,
            WithRotations = true,
            WithLastUse = true,
            Parameters = RuleParameters.Default with { OnDemandRotation = OnDemandRotation.Count },
        });

        // sts:GetCallerIdentity needs no permission.
        var called = report.Evidence!.Calls.Keys.Except(["sts:GetCallerIdentity"]).ToList();
        var policies = Policy().Matches(Repository.Read("samples/audit/README.md"))
            .SelectMany(match => JsonNode.Parse(match.Groups[1].Value)!["Statement"]!.AsArray())
            .SelectMany(statement => statement!["Action"] is JsonArray actions ? actions : new JsonArray(statement["Action"]!.DeepClone()))
            .Select(action => (string?)action);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Complete, Is.True);
            Assert.That(report.Evidence.RolesAssumed, Is.EqualTo(new[] { $"arn:aws:iam::{Account.Id}:role/audit" }));
            Assert.That(policies, Is.EquivalentTo(called));
        }
    }

    [GeneratedRegex("```json\n(\\{.*?\n\\})\n```", RegexOptions.Singleline)]
    private static partial Regex Policy();
}
