using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KeyRotation.Tests.Documents;

namespace KeyRotation.Tests.Deployment;

/// <summary>
/// Runs each block of commands in the documents in bash, with an <c>aws</c> that only records its arguments. The AWS CLI's own parser then
/// processes each command, up to the request: an unknown option, a missing option or a value of the wrong shape is an error.
/// </summary>
[TestFixture]
internal sealed partial class CommandTests
{
    private const char EndOfArgument = '\0';
    private const char EndOfCommand = '\u001e';

    private static readonly string[] Others = ["dotnet", "make", "npm", "npx", "sam", "terraform"];

    private static IEnumerable<TestCaseData> Blocks =>
        from page in Markdown.Pages
        from block in new Markdown(page).ShellBlocks.Index()
        where Call().IsMatch(block.Item)
        select new TestCaseData(block.Item).SetArgDisplayNames(page, $"block {block.Index + 1}");

    [TestCaseSource(nameof(Blocks))]
    public void AWS_CLI_accepts_every_command_in_the_documents(string block)
    {
        Tool.AwsCli.Require();
        var folder = PlainTemplateTests.Packaged();
        Directory.CreateSymbolicLink(Path.Combine(folder, "samples"), Repository.PathOf("samples"));
        var commands = Typed(block, folder);
        var parsed = JsonNode.Parse(Tool.AwsCli.Run(JsonSerializer.Serialize(commands), "tests/Deployment/parse_commands.py", folder))!.AsArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(commands, Has.Count.EqualTo(Call().Count(block)), "every command is run");
            foreach (var (command, result) in commands.Zip(parsed))
            {
                Assert.That(result!["error"]?.ToString(), Is.Null, string.Join(' ', command));
                if (result["template"]?.ToString() is { } path)
                {
                    var template = Template.Parse(File.ReadAllText(Path.Combine(folder, path)));
                    Assert.That(
                        result["parameters"]!.AsArray().Select(name => name!.ToString()),
                        Is.SubsetOf(template.Parameters.Select(parameter => parameter.Key)),
                        path);
                }
            }
        }
    }

    [TestCase("configservice", "put-conformance-pack", "--conformance-pack-nam", "x")]
    [TestCase("cloudformation", "deploy", "--template-file", "template.yaml")]
    [TestCase("cloudformation", "create-stack-instances", "--stack-set-name", "x", "--regions", "x", "--operation-preferences", "MaxConcurrentPercent=1")]
    [TestCase("cloudformation", "create-stack-instances", "--stack-set-name", "x", "--regions", "x", "--operation-preferences", "ConcurrencyMode=SOFT")]
    [TestCase("cloudformation", "create-stack-set", "--stack-set-name", "x", "--template-body", "file://is/not/there")]
    [TestCase("s3", "cp", "one", "s3://two", "--recursve")]
    public void Invalid_command_is_detected(params string[] command)
    {
        var parsed = JsonNode.Parse(Tool.AwsCli.Run(JsonSerializer.Serialize(new[] { command }), "tests/Deployment/parse_commands.py", Repository.Root))!;
        Assert.That(parsed[0]!["error"], Is.Not.Null);
    }

    [Test]
    public void Documents_have_blocks_of_commands() => Assert.That(Blocks.Count(), Is.GreaterThan(15));

    private static List<string[]> Typed(string block, string folder)
    {
        var noted = Path.Combine(folder, "noted");
        var functions = string.Concat(Others.Select(name => $"{name}() {{ :; }}\n"));
        var script = $$"""
            set -euo pipefail
            cd '{{folder}}'
            aws() { { printf '%s\0' "$@"; printf '\036'; } >> '{{noted}}'; echo noted; }
            jq() { cat > /dev/null; }
            kms-key-rotation-audit() { cat > /dev/null; }
            {{functions}}
            {{block}}
            """;
        Tool.Bash.Run(script, "-s");
        var commands = File.ReadAllText(noted).Split(EndOfCommand, StringSplitOptions.RemoveEmptyEntries);
        return [.. commands.Select(command => command.TrimEnd(EndOfArgument).Split(EndOfArgument))];
    }

    [GeneratedRegex(@"^aws ", RegexOptions.Multiline)]
    private static partial Regex Call();
}
