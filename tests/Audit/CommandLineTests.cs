using KeyRotation.Audit;
using KeyRotation.Tests.Documents;

namespace KeyRotation.Tests.Audit;

internal sealed class CommandLineTests
{
    private static readonly string[] TwoAccounts = ["111122223333", "777788889999"];
    private static readonly string[] TwoRegions = ["eu-central-1", "us-east-1"];

    [TestCase("--max-rotation-period-in-days")]
    [TestCase("--maxRotationPeriodInDays")]
    public void Rule_parameter_is_set_under_either_name(string name)
    {
        var options = Parse(name, "90");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(options.Parameters.MaxRotationPeriodInDays, Is.EqualTo(90));
            Assert.That(options.GivenParameters, Is.EqualTo(new Dictionary<string, string> { ["maxRotationPeriodInDays"] = "90" }));
            Assert.That(options.EffectiveParameters["maxRotationPeriodInDays"], Is.EqualTo("90"));
            Assert.That(options.EffectiveParameters["disabledKeys"], Is.EqualTo("skip"));
            Assert.That(options.EffectiveParameters["exemptTagKey"], Is.EqualTo("none"));
        }
    }

    [TestCase("--help")]
    [TestCase("-h")]
    public void Help_lists_rule_parameters_and_exit_codes(string option)
    {
        using var help = new StringWriter();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(CommandLine.Parse([option], TextReader.Null, help), Is.Null);
            foreach (var definition in RuleParameters.Definitions.Where(definition => definition.Name is not ("report" or "executionRoleName")))
                Assert.That(help.ToString(), Does.Contain("--" + definition.Name));
            Assert.That(help.ToString(), Does.Contain("0 no finding that --fail-on counts; 3 at least one; 1 the audit could not be completed; 2 wrong usage"));
            Assert.That(help.ToString(), Does.Not.Contain("function").And.Not.Contain("xecutionRoleName").And.Not.Contain("KR0"), "These terms belong to the rule, not to the audit.");
        }
    }

    [Test]
    public void Exit_codes_match_the_README()
    {
        var documented = new Markdown("samples/audit/README.md").Table("## Exit codes").Select(row => row[0]);
        int[] codes = [ExitCode.Passed, ExitCode.NotComplete, ExitCode.WrongUsage, ExitCode.Failed];
        Assert.That(codes.Select(code => $"{code}"), Is.EqualTo(documented));
    }

    [TestCase("--region eu-central-1,us-east-1")]
    [TestCase("--region eu-central-1 us-east-1")]
    [TestCase("--region eu-central-1 --region us-east-1 --region eu-central-1")]
    public void Several_Regions_are_accepted(string line) => Assert.That(Parse(line.Split(' ')).Regions, Is.EqualTo(TwoRegions));

    [Test]
    public void All_Regions_are_accepted() => Assert.That(Parse("--region", "all").AllRegions, Is.True);

    [TestCase("--max-rotation-period-in-days 89", "90 to 2560")]
    [TestCase("--disabled-keys sometimes", "skip or evaluate")]
    [TestCase("--exempt-key-ids nonsense", "key IDs or key ARNs")]
    [TestCase("--accounts 111122223333", "--role-name")]
    [TestCase("--role-name audit --accounts 1111", "12 digits")]
    [TestCase("--role-name a/b/ --accounts 111122223333", "IAM role")]
    [TestCase("--region Frankfurt", "Frankfurt")]
    [TestCase("--region all,eu-central-1", "cannot be combined")]
    [TestCase("--output report.pdf", ".html, .csv, .json, .ocsf.json, .junit.xml or .md")]
    [TestCase("--external-id secret", "--role-name")]
    [TestCase("--region eu-centrall-1", "eu-centrall-1")]
    [TestCase("--region aws-global", "not a Region")]
    [TestCase("--fail-on new", "--baseline")]
    [TestCase("--fail-on old", "'any'")]
    [TestCase("--format pdf", "'junit'")]
    [TestCase("--role-name audit --accounts-from no-such-file", "no-such-file")]
    [TestCase("--endpoint-url ftp://x", "endpoint URL")]
    [TestCase("--quota-percent 0", "1 to 100")]
    [TestCase("--quota-percent many", "1 to 100")]
    [TestCase("--parallelism 257", "1 to 256")]
    [TestCase("--rows -1", "from 0")]
    [TestCase("--demo --profile mine", "cannot be combined")]
    [TestCase("--no-such-option", "--no-such-option")]
    [TestCase("word", "word")]
    public void Wrong_usage_is_explained(string line, string expected) =>
        Assert.That(() => Parse(line.Split(' ')), Throws.TypeOf<UsageException>().With.Message.Contains(expected));

    [TestCase("""{"Accounts":[{"Id":"111122223333","Status":"ACTIVE"},{"Id":"444455556666","Status":"SUSPENDED"},{"Id":"777788889999"}]}""")]
    [TestCase("""["111122223333","777788889999"]""")]
    [TestCase("111122223333\t777788889999\n")]
    [TestCase("111122223333\r\n777788889999\r\n111122223333")]
    public void Accounts_are_read_from_standard_input(string piped) => Assert.That(ParsePiped(piped).Accounts, Is.EqualTo(TwoAccounts));

    [TestCase("{}")]
    [TestCase("{\"Accounts\":3}")]
    [TestCase("")]
    [TestCase("some words")]
    [TestCase("{\"Accounts\":[{\"Name\":\"x\"}]}")]
    public void Other_standard_input_is_wrong_usage(string piped) => Assert.That(() => ParsePiped(piped), Throws.TypeOf<UsageException>());

    private static AuditOptions Parse(params string[] args) => CommandLine.Parse(args, TextReader.Null, TextWriter.Null)!;

    private static AuditOptions ParsePiped(string piped)
    {
        using var input = new StringReader(piped);
        return CommandLine.Parse(["--role-name", "audit", "--accounts-from", "-"], input, TextWriter.Null)!;
    }
}
