namespace KeyRotation.Tests.Deployment;

[TestFixture]
internal sealed class LintTests
{
    private static readonly string[] Templates =
    [
        "template.yaml",
        "samples/conformance-pack.yaml",
        "samples/organization/bucket.yaml",
        "samples/organization/forward-findings.yaml",
        "samples/organization/member-role.yaml",
        "samples/organization/organization-pack.yaml",
        "samples/remediation/enable-key-rotation.yaml",
    ];

    /// <summary>What SAM makes of the template is linted too, since it shows more: a misspelt IAM action, say.</summary>
    [Test]
    public void The_linter_has_nothing_to_say_of_any_template_written_transformed_or_plain_not_even_for_information()
    {
        Tool.CfnLint.Require();
        var transformed = Path.Combine(Directory.CreateTempSubdirectory().FullName, "transformed.json");
        File.WriteAllText(transformed, Tool.SamTranslator.Run("", "tests/Deployment/transform.py", "template.yaml"));
        Assert.That(Tool.CfnLint.Run("", ["--include-checks", "I", "--", .. Templates, transformed, PlainTemplateTests.Path]), Is.Empty);
    }

    [Test]
    public void Every_template_is_linted() =>
        Assert.That(
            Directory.GetFiles(Repository.PathOf("samples"), "*.yaml", SearchOption.AllDirectories)
                .Append(Repository.PathOf("template.yaml")).Select(path => Path.GetRelativePath(Repository.Root, path)),
            Is.EquivalentTo(Templates));
}
