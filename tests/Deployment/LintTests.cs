namespace KeyRotation.Tests.Deployment;

[TestFixture]
internal sealed class LintTests
{
    private static readonly string[] Templates = [.. Template.All.Select(template => template.Path)];

    /// <summary>What SAM makes of the template is linted too, since it shows more: a misspelt IAM action, say.</summary>
    [Test]
    public void The_linter_has_nothing_to_say_of_any_template_written_transformed_or_plain_not_even_for_information()
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
