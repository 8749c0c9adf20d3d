using System.Text.Json.Nodes;
using KeyRotation.Core;

namespace KeyRotation.Tests.Deployment;

/// <summary>AWS Config, as moto has it, takes the rule: it checks enumerations, scope and frequency, which cfn-lint does not.</summary>
[TestFixture]
internal sealed class PutConfigRuleTests
{
    private static readonly (string Name, Template Template, (string, string)[] Given)[] Variants =
    [
        ("template", Template.Function, []),
        ("template, a sweep every hour, with exemptions", Template.Function, [("MaximumExecutionFrequency", "One_Hour"), ("ExemptTagKey", "exempt")]),
        ("pack", Template.Pack, []),
        ("organization", Template.Pack, Given(Template.OrganizationPack)),
    ];

    [Test]
    public void AWS_Config_takes_the_rule_of_each_variant_and_the_function_takes_its_parameters()
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
    public void The_organization_pack_gives_the_pack_parameters_that_it_has()
    {
        var names = Given(Template.OrganizationPack).Select(parameter => parameter.Item1).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(names, Is.SubsetOf(Template.Pack.Parameters.Select(parameter => parameter.Key)));
            Assert.That(names, Is.SupersetOf(Template.Pack.Parameters.Where(parameter => parameter.Value!["Default"] is null).Select(parameter => parameter.Key)));
        }
    }

    private static (string, string)[] Given(Template organizationPack) =>
    [
        .. organizationPack.Made(("FunctionArn", "arn:aws:lambda:eu-central-1:123456789012:function:KeyRotationFunction"), ("ExemptTagKey", "exempt"), ("RemediationDocument", "document"))["Pack"]["Properties"]!["ConformancePackInputParameters"]!
            .AsArray().Select(parameter => (parameter!["ParameterName"]!.ToString(), parameter["ParameterValue"]!.ToString())),
    ];
}
