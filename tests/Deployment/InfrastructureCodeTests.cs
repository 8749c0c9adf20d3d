using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KeyRotation.Tests.Deployment;

/// <summary>The samples for Terraform, the AWS CDK and the SAM CLI, and the sample of a service control policy.</summary>
[TestFixture]
internal sealed partial class InfrastructureCodeTests
{
    private static readonly string[] OfTheCode = ["CodeBucket", "CodeKey"];
    private static readonly string[] Environments = ["version", "default", "organization"];

    [Test]
    public void Terraform_sample_is_valid_and_formatted() =>
        Assert.That(Tool.Terraform.Run("", "fmt", "-check", "-diff", "samples/terraform"), Is.Empty);

    /// <summary>
    /// Explicit, because it downloads aws-cdk-lib from npm; <c>.ci/run</c> runs it. The output is the template, with the location of the
    /// asset in <c>Code</c>, and with the given parameters resolved.
    /// </summary>
    [Test]
    [Category("Cdk")]
    [Explicit("Downloads aws-cdk-lib. Run: dotnet test --filter TestCategory=Cdk")]
    public void CDK_synthesizes_its_sample()
    {
        Tool.Node.Require();
        Tool.Npm.Require();
        var folder = PlainTemplateTests.Packaged();
        var sample = Directory.CreateDirectory(Path.Combine(folder, "samples", "cdk")).FullName;
        foreach (var name in new[] { "app.mjs", "package.json" }) File.Copy(Repository.PathOf("samples", "cdk", name), Path.Combine(sample, name));
        if (!Tool.Npm.TryRun("install", "--prefix", sample, "--no-audit", "--no-fund", "--silent"))
            Assert.Ignore("npm cannot install aws-cdk-lib on this machine");

        Tool.Env.Run("", $"CDK_OUTDIR={folder}/out", "node", Path.Combine(sample, "app.mjs"));

        var synthesized = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "out", "kms-key-rotation.template.json")))!;
        var written = Template.Parse(File.ReadAllText(Path.Combine(folder, "dist", "template.yaml")));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                synthesized["Resources"]!.AsObject().Select(resource => resource.Key).Where(name => name != "CDKMetadata"),
                Is.EquivalentTo(written.Resources.Select(resource => resource.Key)));
            Assert.That(synthesized["Parameters"]!.AsObject().Select(parameter => parameter.Key), Has.None.AnyOf("CodeBucket", "CodeKey"));
            Assert.That(synthesized["Resources"]!["KeyRotationFunction"]!["Properties"]!["Code"]!["S3Key"]!.ToString(), Does.EndWith(".zip"));
            Assert.That(synthesized["Resources"]!["Rule"]!["Properties"]!["InputParameters"]!["maxRotationPeriodInDays"]!.ToString(), Is.EqualTo("365"));
        }
    }

    [TestCase("samples/terraform/main.tf")]
    [TestCase("samples/cdk/app.mjs")]
    public void Sample_passes_parameters_that_the_template_has(string path) =>
        Assert.That(
            Given().Matches(Repository.Read(path)).Select(match => match.Groups[1].Value),
            Is.SubsetOf(Template.Function.Parameters.Select(parameter => parameter.Key).Concat(OfTheCode)).And.SupersetOf(OfTheCode));

    /// <summary>Source: AWS SAM Developer Guide, AWS SAM CLI configuration file.</summary>
    [Test]
    public void Example_for_sam_deploy_passes_valid_parameters()
    {
        var environments = JsonNode.Parse(Tool.Toml.Run(Repository.Read("samconfig.example.toml"), "-c", "import json, sys, tomllib; print(json.dumps(tomllib.loads(sys.stdin.read())))"))!.AsObject();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(environments.Select(environment => environment.Key), Is.EquivalentTo(Environments));
            foreach (var environment in new[] { "default", "organization" })
            {
                (string Name, string Value)[] overrides =
                [
                    .. environments[environment]!["deploy"]!["parameters"]!["parameter_overrides"]!.AsArray()
                        .Select(text => text!.ToString().Split('=', 2)).Select(parts => (parts[0], parts[1])),
                ];
                Assert.That(Template.Function.Refusals(overrides), Is.Empty);
                foreach (var (name, value) in overrides)
                {
                    var parameter = Template.Function.Parameter(name);
                    if (parameter["AllowedValues"] is JsonArray choices)
                        Assert.That(choices.Select(choice => choice!.ToString()), Does.Contain(value), name);
                    if (parameter["AllowedPattern"]?.ToString() is { } pattern) Assert.That(value, Does.Match(pattern), name);
                }
            }
        }
    }

    /// <summary>
    /// At most 5,120 characters, when the sample was written. Source: AWS Organizations User Guide, SCP syntax, and Quotas.
    /// </summary>
    [Test]
    public void SCP_denies_turning_rotation_off_or_slowing_it_down()
    {
        var text = Repository.Read("samples", "preventive", "keep-rotation-on.json");
        var statements = JsonNode.Parse(text)!["Statement"]!.AsArray().Select(statement => statement!).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(text, Has.Length.LessThanOrEqualTo(5120));
            Assert.That(
                statements.Select(statement => (statement["Effect"]!.ToString(), statement["Action"]!.ToString())),
                Is.EqualTo(new[] { ("Deny", "kms:DisableKeyRotation"), ("Deny", "kms:EnableKeyRotation") }));
            Assert.That(statements.Select(statement => statement["Condition"]?.ToJsonString()), Is.EqualTo((string?[])[null, """{"NumericGreaterThan":{"kms:RotationPeriodInDays":"365"}}"""]));
        }
    }

    [GeneratedRegex(@"\b([A-Z][A-Za-z]+)\s*(?:=|:) (?:aws_|code\.|\d)")]
    private static partial Regex Given();
}
