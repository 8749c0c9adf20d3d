using KeyRotation.Audit;
using KeyRotation.Audit.Views;
using KeyRotation.Tests.Deployment;
using Spectre.Console;

namespace KeyRotation.Tests.Audit;

/// <summary>The output in a terminal of 80 columns.</summary>
internal sealed class TerminalTests
{
    private const string Command = "aws kms enable-key-rotation --region eu-central-1 --rotation-period-in-days 365 --key-id 00000001-0000-4000-8000-000000000000";

    private static readonly AuditReport Findings = Reports.Of(
        Reports.Row(1, KeyVerdict.NonCompliant, null) with { NextStep = "in its CloudFormation stack, if it has one; else " + Command },
        Reports.Row(2),
        Reports.Row(3, KeyVerdict.NotApplicable));

    [Test]
    public void Findings_follow_the_counts_with_unbroken_commands()
    {
        var lines = Shown(Findings);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines[^1], Is.EqualTo("1 of 2 keys that have to rotate do not comply."));
            Assert.That(lines[^2], Does.StartWith("3 keys in 1 account, 1 Region: 1 NON_COMPLIANT"));
            Assert.That(lines[0], Does.Match("^ +1  NOT_APPLICABLE +Asymmetric or HMAC key"));
            Assert.That(lines.SkipWhile(line => !line.EndsWith("Automatic rotation is off (k)", StringComparison.Ordinal)), Has.One.EqualTo(Command));
            Assert.That(lines, Has.None.Contains("─").And.None.Contains("│"));
        }
    }

    [Test]
    public void Findings_beyond_the_row_limit_are_counted()
    {
        var lines = Shown(Reports.Of([.. Enumerable.Range(0, 30).Select(number => Reports.Row(number, KeyVerdict.NonCompliant, null))]));
        Assert.That(lines, Has.One.EqualTo("NON_COMPLIANT: 25 of 30; --rows 0 shows all, --output writes all"));
    }

    [Test]
    public void Hostile_texts_write_no_escape_sequence() =>
        Assert.That(string.Concat(Shown(Reports.OfHostileKeys())), Does.Not.Contain('\u001b'));

    /// <summary>script(1) runs the program in a terminal.</summary>
    [TestCase("", "Demonstration: ", "250 keys in 2 accounts")]
    [TestCase("--region eu-central-1", "There are no AWS credentials", "--demo audits made-up accounts")]
    [Platform(Exclude = "Win")]
    public void Demonstration_runs_only_if_nothing_names_an_account(string arguments, params string[] expected)
    {
        var home = Directory.CreateTempSubdirectory("nobody-").FullName;
        var audit = $"env -i HOME={home} PATH=\"$PATH\" TERM=xterm AWS_EC2_METADATA_DISABLED=true '{Environment.ProcessPath}' '{Path.Combine(AppContext.BaseDirectory, "audit.dll")}' {arguments}";
        var output = new Tool("script", "--version").Run("", "-qc", audit, "/dev/null");
        Directory.Delete(home, recursive: true);
        using (Assert.EnterMultipleScope())
        {
            foreach (var text in expected) Assert.That(output, Does.Contain(text));
        }
    }

    private static string[] Shown(AuditReport report)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = 80;
        new Terminal(console, maxRows: 25).Show(report);
        return text.ToString().TrimEnd('\n').Split('\n');
    }
}
