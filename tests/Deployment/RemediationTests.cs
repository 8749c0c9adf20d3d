using System.Text.Json.Nodes;

namespace KeyRotation.Tests.Deployment;

/// <summary>The script of the Automation document, run against moto's KMS.</summary>
[TestFixture]
internal sealed class RemediationTests
{
    private const string Real = """{"RotationPeriodInDays":"180","DryRun":"false"}""";
    private const string DryRun = """{"RotationPeriodInDays":"180","DryRun":"true"}""";
    private const string Replica = """{"MultiRegionConfiguration":{"MultiRegionKeyType":"REPLICA","PrimaryKey":{"Arn":"arn:aws:kms:us-east-1:123456789012:key/mrk-1"}}}""";

    private static IEnumerable<TestCaseData<string, string, int?>> Cases =>
    [
        new($$$"""{"input":{{{Real}}}}""", "Enabled", 180) { TestName = "Rotation is turned on with the given period" },
        new($$$"""{"input":{{{Real}}},"period":365}""", "Enabled", 180) { TestName = "A longer period is shortened" },
        new($$$"""{"input":{{{Real}}},"period":90}""", "Unchanged", 90) { TestName = "A shorter period is kept" },
        new($$$"""{"input":{{{Real}}},"period":180}""", "Unchanged", 180) { TestName = "The same period is kept" },
        new($$$"""{"input":{{{DryRun}}}}""", "WouldEnable", null) { TestName = "A dry run reports the change and makes none" },
        new($$$"""{"input":{{{DryRun}}},"period":365}""", "WouldEnable", 365) { TestName = "A dry run does not shorten a period" },
        new($$$"""{"input":{{{Real}}},"key":{"MultiRegion":true},"metadata":{{{Replica}}}}""", "Skipped", null) { TestName = "A replica is skipped" },
        new($$$"""{"input":{{{Real}}},"key":{"MultiRegion":true}}""", "Enabled", 180)
        {
            TestName = "A multi-Region primary key is not skipped",
        },
        new($$$"""{"input":{{{Real}}},"key":{"KeySpec":"RSA_2048","KeyUsage":"SIGN_VERIFY"}}""", "Skipped", null) { TestName = "An asymmetric key is skipped" },
        new($$$"""{"input":{{{Real}}},"metadata":{"Origin":"EXTERNAL"}}""", "Skipped", null)
        {
            TestName = "A key with imported key material is skipped",
        },
        new($$$"""{"input":{{{Real}}},"metadata":{"KeyManager":"AWS"}}""", "Skipped", null) { TestName = "An AWS managed key is skipped" },
        new($$$"""{"input":{{{Real}}},"disabled":true}""", "Skipped", null) { TestName = "A disabled key is skipped" },
        new($$$"""{"input":{{{Real}}},"forgetful":true}""", "Failed", null) { TestName = "A change that cannot be read back fails" },
        new("""{"input":{"RotationPeriodInDays":"89","DryRun":"false"}}""", "Failed", null)
        {
            TestName = "A period that KMS does not accept fails before any call",
        },
    ];

    /// <summary>The Python script in the Automation document.</summary>
    public static string Python =>
        Template.Remediation.Resources["Document"]!["Properties"]!["Content"]!["mainSteps"]![0]!["inputs"]!["Script"]!.ToString();

    /// <summary>The results of all cases, from one run of Python.</summary>
    private static readonly Lazy<JsonArray> Results = new(() =>
    {
        var script = Path.Combine(Directory.CreateTempSubdirectory().FullName, "script.py");
        File.WriteAllText(script, Python);
        return JsonNode.Parse(Tool.Moto.Run($"[{string.Join(',', Cases.Select(row => row.Arguments[0]))}]", "tests/Deployment/run_remediation.py", script))!.AsArray();
    });

    [TestCaseSource(nameof(Cases))]
    public void Script_has_the_expected_outcome(string input, string outcome, int? period)
    {
        Tool.Moto.Require();
        var result = Results.Value[Cases.Select(row => (string)row.Arguments[0]!).ToList().IndexOf(input)]!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result["Outcome"]!.ToString(), Is.EqualTo(outcome), result["Reason"]!.ToString());
            Assert.That(result["Period"]?.GetValue<int>(), Is.EqualTo(period));
            if (outcome != "Failed") Assert.That(result["Changed"]!.GetValue<bool>(), Is.EqualTo(outcome == "Enabled"));
        }
    }

    [TestCase("template")]
    [TestCase("pack")]
    public void Remediation_is_opt_in_manual_and_a_dry_run(string where)
    {
        var (template, given) = where == "pack"
            ? (Template.Pack, new[] { ("RemediationDocument", Template.Remediation.Parameter("DocumentName")["Default"]!.ToString()) })
            : (Template.Remediation, [("RuleName", "kms-key-rotation")]);
        var remediation = template.Made(given)["Remediation"]["Properties"]!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(template.Made().Keys, Does.Not.Contain("Remediation"));
            Assert.That(remediation["Automatic"]!.GetValue<bool>(), Is.False);
            Assert.That(remediation["Parameters"]!["DryRun"]!["StaticValue"]!["Values"]![0]!.ToString(), Is.EqualTo("true"));
            Assert.That(remediation["Parameters"]!["KeyId"]!.ToJsonString(), Is.EqualTo("""{"ResourceValue":{"Value":"RESOURCE_ID"}}"""));
        }
    }

    /// <summary>Source: AWS Config API Reference, PutRemediationConfigurations, Required fields.</summary>
    [TestCase("false")]
    [TestCase("true")]
    public void Only_automatic_remediation_passes_the_role(string automatic)
    {
        var made = Template.Remediation.Made(("RuleName", "kms-key-rotation"), ("Automatic", automatic), ("DryRun", "false"));
        var content = made["Document"]["Properties"]!["Content"]!;
        var given = made["Remediation"]["Properties"]!["Parameters"]!["AutomationAssumeRole"]?["StaticValue"]!["Values"]![0]!.ToString();
        var role = $"arn:aws:Role:{Template.Region}:{Template.AccountId}:Arn";
        using (Assert.EnterMultipleScope())
        {
            Assert.That(content["assumeRole"]!.ToString(), Is.EqualTo(automatic == "true" ? "{{ AutomationAssumeRole }}" : role));
            Assert.That(content["parameters"]!["AutomationAssumeRole"]?["default"]!.ToString(), Is.EqualTo(automatic == "true" ? role : null));
            Assert.That(given, Is.EqualTo(automatic == "true" ? role : null));
        }
    }

    [TestCase("true", "true", true)]
    [TestCase("true", "false", false)]
    [TestCase("false", "true", false)]
    [TestCase("false", "false", false)]
    public void Automatic_dry_run_is_rejected(string automatic, string dryRun, bool isRefused) =>
        Assert.That(Template.Remediation.Refusals(("Automatic", automatic), ("DryRun", dryRun)), isRefused ? Has.Exactly(1).StartsWith("Automatic=true requires DryRun=false.") : Is.Empty);

    /// <summary>A step has only the outputs that it defines. Source: AWS Systems Manager User Guide, aws:executeScript.</summary>
    [Test]
    public void Outputs_of_the_document_are_defined_by_its_step()
    {
        var content = Template.Remediation.Made()["Document"]["Properties"]!["Content"]!;
        var defined = content["mainSteps"]!.AsArray().SelectMany(step => step!["outputs"]!.AsArray().Select(output => $"{step["name"]}.{output!["Name"]} {output["Selector"]}"));
        Assert.That(defined, Is.EqualTo(content["outputs"]!.AsArray().Select(output => $"{output} $.Payload.{output!.ToString().Split('.')[1]}")));
    }

    [Test]
    public void AWS_Config_passes_every_parameter_of_the_document()
    {
        var byHand = Template.Remediation.Made(("RuleName", "kms-key-rotation"));
        var automatic = Template.Remediation.Made(("RuleName", "kms-key-rotation"), ("Automatic", "true"), ("DryRun", "false"));
        var pack = Template.Pack.Made(("RemediationDocument", "document"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Given(byHand), Is.EquivalentTo(Accepted(byHand)));
            Assert.That(Given(automatic), Is.EquivalentTo(Accepted(automatic)));
            Assert.That(Given(pack), Is.EquivalentTo(Accepted(byHand)));
        }

        static IEnumerable<string> Accepted(IReadOnlyDictionary<string, JsonObject> made) =>
            made["Document"]["Properties"]!["Content"]!["parameters"]!.AsObject().Select(parameter => parameter.Key);

        static IEnumerable<string> Given(IReadOnlyDictionary<string, JsonObject> made) =>
            made["Remediation"]["Properties"]!["Parameters"]!.AsObject().Select(parameter => parameter.Key);
    }
}
