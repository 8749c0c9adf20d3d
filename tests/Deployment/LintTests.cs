namespace KeyRotation.Tests.Deployment;

[TestFixture]
internal sealed class LintTests
{
    private static readonly string[] Templates = [.. Template.All.Select(template => template.Path)];

    /// <summary>The output of SAM is linted too, because it shows more mistakes, such as a misspelled IAM action.</summary>
    [Test]
    public void Templates_have_no_findings_of_any_severity()
    {
        var dist = Path.Combine(PlainTemplateTests.Packaged(), "dist");
        var (transformed, plain) = (Path.Combine(dist, "transformed.json"), Path.Combine(dist, "template.yaml"));
        File.WriteAllText(transformed, Tool.SamTranslator.Run("", "tests/Deployment/transform.py", "template.yaml"));
        Assert.That(Tool.CfnLint.Run("", ["--include-checks", "I", "--", .. Templates, transformed, plain]), Is.Empty);
    }

    [Test]
    public void Every_template_is_linted() =>
        Assert.That(
            Directory.GetFiles(Repository.PathOf("samples"), "*.yaml", SearchOption.AllDirectories)
                .Append(Repository.PathOf("template.yaml")).Select(path => Path.GetRelativePath(Repository.Root, path)),
            Is.EquivalentTo(Templates));
}
