using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using KeyRotation.Local;

namespace KeyRotation.Tests.Samples;

/// <summary>The samples are complete and documented. LocalRunTests checks that each gets the verdict that its folder names.</summary>
internal sealed partial class SamplesTests
{
    private static readonly JsonNode Account = JsonNode.Parse(Repository.Read("samples/account.json"))!;
    private static readonly Dictionary<string, JsonNode> Keys =
        Account["keys"]!.AsArray().ToDictionary(key => key!["KeyMetadata"]!["KeyId"]!.GetValue<string>(), key => key!);

    private static readonly string[] MessageTypes =
    [
        "ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification", "ScheduledNotification", "ConfigurationSnapshotDeliveryCompleted",
    ];

    /// <summary>Key specs that KMS does not have yet. If KMS adds one, replace it here and in its sample.</summary>
    private static readonly string[] FutureSpecs = ["SLH_DSA_SHA2_128S"];

    private static readonly JsonSerializerOptions Pretty = new()
    {
        WriteIndented = true,
        IndentSize = 2,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The scenario or problem of each sample, and whether KMS was called.</summary>
    private readonly Dictionary<Sample, (string? Code, bool CallsKms)> played = [];

    [OneTimeSetUp]
    public async Task PlayAsync()
    {
        await using var aws = await LocalAws.StartAsync();
        var account = AccountFile.Load(Repository.PathOf("samples/account.json")).AddTo(aws);
        await using var player = new Player(aws, account, function: null);
        foreach (var sample in Sample.All)
        {
            aws.Calls.Clear();
            var row = await player.PlayAsync(SampleFile.Load(sample.FilePath));
            played[sample] = (row.Code, aws.Calls.Counts.Keys.Any(Quotas.Published.ContainsKey));
        }
    }

    [Test]
    public void README_lists_each_sample_with_its_outcome() =>
        Assert.That(
            TableRow().Matches(Repository.Read("samples/events/README.md")).Select(row =>
                $"{row.Groups["folder"].Value}/{row.Groups["file"].Value} {row.Groups["code"].Value}"),
            Is.EquivalentTo(Sample.All.Select(sample => $"{sample} {played[sample].Code}")),
            "The tables in samples/events/README.md must list the files in samples/events, each with its scenario or problem.");

    [Test]
    public void Every_scenario_and_problem_has_a_sample() =>
        Assert.That(
            played.Values.Select(outcome => outcome.Code).Distinct(),
            Is.EquivalentTo([
                .. "abcdefghijklmnop".Select(letter => $"{letter}"),
                "KR01", "KR02", "KR03", "KR04", "KR05", "KR06", "KR07", "KR08", "KR10", "KR11",
            ]));

    [TestCaseSource(nameof(Parameters))]
    public void Parameter_is_set_in_a_sample(string parameter) =>
        Assert.That(
            Sample.All.Any(sample => sample.Text.Contains(parameter, StringComparison.Ordinal)),
            $"Add an event that sets {parameter} to samples/events, and its row to samples/events/README.md.");

    [Test]
    public void Every_message_type_and_item_status_has_a_sample()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                Sample.Notifications.Select(row => Text(row.Notification, "messageType")),
                Is.SupersetOf(MessageTypes));
            Assert.That(
                Sample.Items.Where(row => row.Sample.Folder != Sample.Rejected).Select(row => Text(row.Item, "configurationItemStatus")).Distinct(),
                Is.EquivalentTo((string[])["OK", "ResourceDiscovered", "ResourceDeleted", "ResourceDeletedNotRecorded", "ResourceNotRecorded"]));
        }
    }

    [Test]
    public void Every_kind_of_KMS_key_has_a_sample()
    {
        var configurations = Sample.Items.Select(row => row.Item["configuration"]).OfType<JsonObject>().ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(configurations.Select(c => Text(c, "keyState")), Is.SupersetOf(ValuesOf<KeyState>()));
            Assert.That(configurations.Select(c => Text(c, "origin")), Is.SupersetOf(ValuesOf<OriginType>()));
            Assert.That(configurations.Select(c => Text(c, "keyUsage")), Is.SupersetOf(ValuesOf<KeyUsageType>()));
            Assert.That(configurations.Select(c => Text(c, "keyManager")), Is.SupersetOf(ValuesOf<KeyManagerType>()));
            var specs = configurations.Select(c => Text(c, "keySpec")).OfType<string>().ToHashSet();
            Assert.That(
                specs.Select(Family),
                Is.SupersetOf(ValuesOf<KeySpec>().Select(Family).Distinct()),
                "Add a sample for each new key spec: see CONTRIBUTING.md, Add a sample.");
            Assert.That(specs.Except(ValuesOf<KeySpec>()), Is.EquivalentTo(FutureSpecs));
        }
    }

    [Test]
    public void Sweep_samples_start_a_sweep() =>
        Assert.That(
            Sample.Sweeps.Select(sample => Invocation.Of(sample.Event, Text(Account, "region")!).Notification),
            Is.All.InstanceOf<Notification.Sweep>().And.Exactly(2).Items);

    /// <summary>A complete item decides these scenarios without a call to KMS. Only the listed samples need one.</summary>
    [TestCase("a", ExpectedResult = new[] { "gone-since-the-item-was-recorded.json", "oversized-gone-meanwhile.json" })]
    [TestCase("b", ExpectedResult = new string[0])]
    [TestCase("c", ExpectedResult = new string[0])]
    [TestCase("d", ExpectedResult = new[] { "kms-cannot-rotate-this-key.json" })]
    [TestCase("e", ExpectedResult = new string[0])]
    [TestCase("f", ExpectedResult = new string[0])]
    [TestCase("g", ExpectedResult = new[] { "multi-region-replica-never-rotated.json" })]
    [TestCase("h", ExpectedResult = new[] { "exempt-by-tag-in-another-shape.json", "exempt-by-tag-that-the-item-lacks.json" })]
    public string[] Scenario_calls_KMS_only_in_listed_samples(string scenario) =>
    [
        .. from sample in Sample.Judged
           where played[sample] == (scenario, true)
           select sample.FileName,
    ];

    [TestCaseSource(typeof(Sample), nameof(Sample.Judged))]
    public void Event_has_the_fields_that_AWS_Config_sends(Sample sample)
    {
        string[] always =
        [
            "version", "invokingEvent", "resultToken", "eventLeftScope", "executionRoleArn", "configRuleArn", "configRuleName", "configRuleId", "accountId", "evaluationMode",
        ];
        Assert.That(JsonNode.Parse(sample.Text)!.AsObject().Select(field => field.Key).Where(name => name != "ruleParameters"), Is.EquivalentTo(always));
    }

    [Test]
    public void Items_have_only_documented_fields()
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (var (sample, item) in Sample.Items)
                Assert.That(ItemFields.Undocumented(item), Is.Empty, $"{sample}");
        }
    }

    [Test]
    public void Account_has_exactly_the_keys_of_the_samples()
    {
        // The account no longer has the keys that AWS Config reports as deleted.
        var live = Sample.Items
            .Where(row => row.Sample.Folder != Sample.Rejected || played[row.Sample].Code == "KR11")
            .Where(row => Text(row.Item, "configurationItemStatus") is not ("ResourceDeleted" or "ResourceDeletedNotRecorded"))
            .Select(row => Text(row.Item, "resourceId"));
        Assert.That(Keys.Keys, Is.EquivalentTo(live), "The keys in samples/account.json must be those in samples/events.");
    }

    [Test]
    public void Items_and_account_agree_about_each_key()
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (var (sample, item) in Sample.Items)
            {
                if (item["configuration"] is not JsonObject configuration || !Keys.TryGetValue(Text(item, "resourceId")!, out var key)) continue;
                foreach (var name in new[] { "Arn", "Description", "KeyManager", "KeySpec", "KeyState", "KeyUsage", "Origin" })
                {
                    // An item that is recorded daily can be old.
                    if (name == "KeyState" && item["configurationItemDeliveryTime"] is not null) continue;
                    if (configuration[JsonNamingPolicy.CamelCase.ConvertName(name)] is { } recorded)
                        Assert.That(recorded.GetValue<string>(), Is.EqualTo(Text(key["KeyMetadata"]!, name)), $"{sample} {name}");
                }
            }
        }
    }

    [Test]
    public void Files_are_indented_JSON()
    {
        using (Assert.EnterMultipleScope())
        {
            foreach (var sample in Sample.All.Concat(Sample.Sweeps).Where(sample => sample.FileName != "truncated-event.json"))
                Assert.That(sample.Text, Is.EqualTo(JsonNode.Parse(sample.Text)!.ToJsonString(Pretty) + "\n"), $"{sample}");
        }
    }

    private static string? Text(JsonNode json, string name) =>
        json[name]?.GetValue<JsonElement>() is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static IEnumerable<string> Parameters() => RuleParameters.Definitions.Select(definition => definition.Name);

    /// <summary>The key spec without its size or curve.</summary>
    private static string Family(string spec) => spec.LastIndexOf('_') is > 0 and var end ? spec[..end] : spec;

    /// <summary>The values that the SDK knows.</summary>
    private static string[] ValuesOf<T>()
        where T : ConstantClass =>
        [.. typeof(T).GetFields().Where(field => field.FieldType == typeof(T)).Select(field => ((T)field.GetValue(null)!).Value)];

    [GeneratedRegex(@"^\| \[(?<file>[^\]]+)\]\((?<folder>[a-z-]+)/\k<file>\) \| (?<code>\w+) \| [^|]+ \|$", RegexOptions.Multiline)]
    private static partial Regex TableRow();
}
