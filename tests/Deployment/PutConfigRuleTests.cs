using System.Text.Json.Nodes;

namespace KeyRotation.Tests.Deployment;

/// <summary>Moto's AWS Config accepts the rule: it checks enumerations, scope and frequency, which cfn-lint does not.</summary>
[TestFixture]
internal sealed class PutConfigRuleTests
{
    private static readonly (string Name, Template Template, (string, string)[] Given)[] Variants =
    [
        ("template", Template.Function, []),
        ("template, a sweep every hour, with exemptions", Template.Function, [("MaximumExecutionFrequency", "One_Hour"), ("ExemptTagKey", "exempt")]),
        ("pack", Template.Pack, [("MaximumExecutionFrequency", "Six_Hours")]),
        ("organization", Template.Pack, GivenByOrganization),
    ];

    [Test]
    public void Rule_and_parameters_of_each_variant_are_accepted()
    {
        var rules = Variants.Select(variant => variant.Template.Made(variant.Given)["Rule"]["Properties"]!.ToJsonString());
        var described = JsonNode.Parse(Tool.Moto.Run($"[{string.Join(',', rules)}]", "tests/Deployment/put_config_rule.py"))!.AsArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(described, Has.Count.EqualTo(Variants.Length));
            foreach (var (variant, rule) in Variants.Zip(described))
            {
                Assert.That(rule!["ConfigRuleState"]!.ToString(), Is.EqualTo("ACTIVE"), variant.Name);
                Assert.That(rule["Source"]!["SourceDetails"]!.AsArray(), Has.Count.EqualTo(3), variant.Name);
                Assert.That(RuleParameters.TryParse(rule["InputParameters"]!.ToString(), out _, out var problem), Is.True, $"{variant.Name}: {problem?.Message}");
            }
        }
    }

    [Test]
    public void Organization_pack_passes_every_parameter_of_the_pack()
    {
        var pack = Template.Pack.Parameters.Select(parameter => parameter.Key).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                GivenByOrganization.Select(parameter => parameter.Item1),
                Is.EquivalentTo(pack),
                "ConformancePackInputParameters in samples/organization/organization-pack.yaml must be the Parameters of "
                + "samples/conformance-pack.yaml.");
            Assert.That(
                Template.OrganizationPack.Parameters.Select(parameter => parameter.Key),
                Is.EquivalentTo(pack.Concat(["PackTemplateS3Uri", "ExcludedAccounts"])),
                "Parameters in samples/organization/organization-pack.yaml must be those of samples/conformance-pack.yaml "
                + "and the two that are listed here.");
        }
    }

    [TestCaseSource(nameof(PackParameters))]
    public void Organization_pack_accepts_what_the_pack_accepts(string name)
    {
        string[] bounds = ["Type", "Default", "AllowedValues", "AllowedPattern", "MaxLength"];
        var (here, there) = (Template.OrganizationPack.Parameter(name), Template.Pack.Parameter(name));

        // In an organization there is always a role to assume.
        if (name == "ExecutionRoleName")
        {
            Assert.That(here["Default"]!.ToString(), Is.EqualTo(Template.MemberRole.Parameter("RoleName")["Default"]!.ToString()));
            bounds = ["Type", "MaxLength"];
        }

        Assert.That(bounds.Select(bound => here[bound]?.ToJsonString()), Is.EqualTo(bounds.Select(bound => there[bound]?.ToJsonString())));
    }

    private static IEnumerable<string> PackParameters() => Template.Pack.Parameters.Select(parameter => parameter.Key);

    private static (string, string)[] GivenByOrganization =>
    [
        .. Template.OrganizationPack.Made(
                ("FunctionArn", "arn:aws:lambda:eu-central-1:123456789012:function:KeyRotationFunction"),
                ("ExemptKeyIds", "1234abcd-12ab-34cd-56ef-1234567890ab"),
                ("ExemptTagKey", "exempt"),
                ("RemediationDocument", "document"))["Pack"]["Properties"]!["ConformancePackInputParameters"]!
            .AsArray().Select(parameter => (parameter!["ParameterName"]!.ToString(), parameter["ParameterValue"]!.ToString())),
    ];
}
