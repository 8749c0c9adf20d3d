using System.Text.Json;
using KeyRotation.Audit;
using KeyRotation.Local;
using KeyRotation.Tests.Sweeping;

namespace KeyRotation.Tests.Audit;

internal sealed class AuditRunTests
{
    /// <summary>Everything that the audit may ask AWS; none of it changes anything.</summary>
    private static readonly string[] Reads =
    [
        "ListKeys", "ListAliases", "DescribeKey", "GetKeyRotationStatus", "ListResourceTags", "DescribeStackResources", "GetCallerIdentity", "AssumeRole",
    ];

    [Test]
    public async Task Gives_every_key_the_verdict_of_the_function(
        [Values("samples/account.json", "250 generated keys")] string keys,
        [Values(
            """{"report":"all"}""",
            """{"report":"all","maxRotationPeriodInDays":90,"disabledKeys":"evaluate","replicaKeys":"skip","unreadableKeys":"nonCompliant","exemptTagKey":"rotation-exempt","newKeyGraceInHours":48}""")]
        string ruleParameters)
    {
        await using var aws = await LocalAws.StartAsync();
        var account = keys.StartsWith("samples", StringComparison.Ordinal)
            ? AccountFile.Load(Repository.PathOf(keys)).AddTo(aws)
            : aws.Add(Accounts.Generated(250));
        Assert.That(RuleParameters.TryParse(ruleParameters, out var parameters, out _), Is.True);

        var report = await LocalAudit.RunAsync(aws, account, new() { Parameters = parameters! });
        await using (var function = await RuleProcess.StartAsync(aws, account))
            await function.InvokeAsync(ConfigEvents.Scheduled(account, ruleParameters: ruleParameters));

        // The function sends nothing about keys of AWS, of keys that are gone, and of those that it cannot judge.
        var audited = report.Keys
            .Where(key => key is { Verdict: not KeyVerdict.NotJudged, KeyManager: not "AWS" } and not { Scenario: 'a' })
            .Select(key => (key.KeyId, Verdict: key.Verdict.Name(), Finding: SingleLine.Cut(key.Finding)));
        var reported = aws.Evaluations.Where(evaluation => evaluation.Taken)
            .Select(evaluation => (evaluation.ResourceId, evaluation.ComplianceType, evaluation.Annotation!.Split(" Fix: ")[0]));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Keys.Select(key => key.KeyId), Is.EquivalentTo(account.Listing));
            Assert.That(audited, Is.EquivalentTo(reported));
        }
    }

    [Test]
    public async Task Only_reads_and_asks_no_more_of_a_key_than_the_rule_does()
    {
        var account = Accounts.Generated(250);
        await using var aws = await LocalAws.StartAsync(account);

        await LocalAudit.RunAsync(aws, account);

        var eligible = account.Keys.Where(key => Truth.Of(key) is not null).Select(key => key.KeyId);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(aws.Calls.Counts.Keys, Is.SubsetOf(Reads));
            Assert.That(aws.Evaluations, Is.Empty);
            Assert.That(aws.Calls["DescribeKey"], Is.EqualTo(250));
            Assert.That(aws.Calls.All.Where(call => call.Operation == "GetKeyRotationStatus").Select(call => call.ResourceId), Is.EquivalentTo(eligible), "One a key.");
            Assert.That(aws.Calls["ListResourceTags"], Is.Zero);
        }
    }

    [Test]
    public async Task The_stack_is_named_for_the_first_fifty_keys_that_a_stack_can_mend()
    {
        var account = new LocalAccount();
        account.Put(Enumerable.Range(0, 60).Select(_ => LocalKey.Replica()));
        account.Put(Enumerable.Range(0, 60).Select(_ => LocalKey.Symmetric() with { Stack = new("payments", "Key") }));
        await using var aws = await LocalAws.StartAsync(account);

        var report = await LocalAudit.RunAsync(aws, account);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(aws.Calls["DescribeStackResources"], Is.EqualTo(50));
            Assert.That(report.Keys.Count(key => key.NextStep!.EndsWith("on Key in CloudFormation stack payments.", StringComparison.Ordinal)), Is.EqualTo(50));
        }
    }

    [Test]
    public async Task A_row_has_what_a_person_knows_a_key_by()
    {
        var account = new LocalAccount();
        var key = account.Put(LocalKey.Symmetric(rotates: true, 730) with
        {
            Description = "Orders",
            Aliases = ["alias/orders"],
            Tags = new Dictionary<string, string> { ["team"] = "shop" },
            Stack = new("shop", "OrdersKey"),
        });
        await using var aws = await LocalAws.StartAsync(account);

        var row = (await LocalAudit.RunAsync(aws, account, new() { WithTags = true })).Keys.Single();
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
    public async Task A_key_that_cannot_be_read_is_named_and_the_audit_is_not_complete()
    {
        var account = new LocalAccount();
        var denied = account.Put(LocalKey.Symmetric(rotates: true));
        account.Put(LocalKey.Symmetric(rotates: true));
        await using var aws = await LocalAws.StartAsync(account);
        aws.Faults.Add("GetKeyRotationStatus", Fault.AccessDenied, keyId: denied.KeyId);

        var report = await LocalAudit.RunAsync(aws, account);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Keys.Single(key => key.Verdict == KeyVerdict.NotJudged).KeyId, Is.EqualTo(denied.KeyId));
            Assert.That(report.Totals.Compliant, Is.EqualTo(1));
            Assert.That(ExitCode.Of(report), Is.EqualTo(ExitCode.NotComplete));
            Assert.That(Sentences.Problems(report), Has.One.Contains("could not be judged"));
        }
    }

    [Test]
    public async Task A_region_that_a_service_control_policy_denies_is_named_with_the_sentence_of_AWS()
    {
        const string sentence = "User: arn:aws:iam::111122223333:user/me is not authorized to perform: kms:ListKeys with an explicit deny in a service control policy";
        var account = Accounts.Generated(1);
        await using var aws = await LocalAws.StartAsync(account);
        aws.Faults.Add("ListKeys", new Fault.Error("AccessDeniedException", sentence));

        var report = await LocalAudit.RunAsync(aws, account, mayBeDisabled: true);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Places.Single().Status, Is.EqualTo(PlaceStatus.Incomplete));
            Assert.That(Sentences.Problems(report), Has.One.StartsWith($"{account.Id} {account.Region}: ").And.One.Contains(sentence));
            Assert.That(ExitCode.Of(report), Is.EqualTo(ExitCode.NotComplete));
        }
    }

    /// <summary>
    /// A page is its alias and the marker of the next one. The last two go in circles: the markers repeat, or they are new and the aliases
    /// repeat.
    /// </summary>
    [TestCase("denied", 1)]
    [TestCase("--", 1)]
    [TestCase("-A -A -A", 2)]
    [TestCase("1A 2B 3A 4B 5A", 3)]
    [TestCase("1A 2B 1C 2D 1E", 3)]
    public async Task Aliases_whose_list_breaks_or_does_not_end_are_missed_and_nothing_else(string pages, int calls)
    {
        var account = Accounts.Generated(20);
        await using var aws = await LocalAws.StartAsync(account);
        foreach (var page in pages.Split(' '))
            aws.Faults.Add("ListAliases", page == "denied" ? Fault.AccessDenied : Fault.Answer(Page(page[0], page[1])), times: 1);

        var report = await LocalAudit.RunAsync(aws, account).WaitAsync(TimeSpan.FromSeconds(20));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Complete, Is.True);
            Assert.That(report.Keys, Has.Count.EqualTo(20));
            Assert.That(Sentences.Problems(report), Has.One.Contains("Aliases are missing"));
            Assert.That(aws.Calls["ListAliases"], Is.EqualTo(calls));
        }

        string Page(char alias, char marker) => JsonSerializer.Serialize(new
        {
            Aliases = alias == '-' ? [] : new[] { new { AliasName = $"alias/{alias}", TargetKeyId = account.Listing[0] } },
            Truncated = true,
            NextMarker = marker == '-' ? null : $"{marker}",
        });
    }

    [TestCase("""{"Tags":[{"TagValue":"nameless"},{}],"Truncated":false}""")]
    [TestCase("""{"Truncated":true}""")]
    public async Task Tags_that_KMS_answers_wrongly_end_no_audit(string answer)
    {
        var account = Accounts.Generated(20);
        await using var aws = await LocalAws.StartAsync(account);
        aws.Faults.Add("ListResourceTags", Fault.Answer(answer));

        var report = await LocalAudit.RunAsync(aws, account, new() { WithTags = true });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Complete, Is.True);
            Assert.That(report.Keys, Has.Count.EqualTo(20));
        }
    }

    [Test]
    public async Task A_region_that_refuses_is_not_enabled_only_where_aws_did_not_say()
    {
        var account = Accounts.Generated(20);
        await using var aws = await LocalAws.StartAsync(account);
        aws.Faults.Add("ListKeys", new Fault.Error("UnrecognizedClientException", "The security token included in the request is invalid."));

        var all = await LocalAudit.RunAsync(aws, account, mayBeDisabled: true);
        var named = await LocalAudit.RunAsync(aws, account, new() { Regions = [account.Region] });
        using (Assert.EnterMultipleScope())
        {
            Assert.That(all.Places.Single().Status, Is.EqualTo(PlaceStatus.NotEnabled));
            Assert.That(all.Complete, Is.True);
            Assert.That(named.Places.Single().Status, Is.EqualTo(PlaceStatus.Incomplete), "A Region that was named is meant.");
        }
    }

    [Test]
    public async Task Stopped_early_it_says_what_is_missing()
    {
        var account = Accounts.Generated(250);
        await using var aws = await LocalAws.StartAsync(account);
        aws.Latency = TimeSpan.FromMilliseconds(20);
        using var stop = new CancellationTokenSource();
        using var run = await LocalAudit.NewAsync(aws, account, new() { Parallelism = 1 });
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
}
