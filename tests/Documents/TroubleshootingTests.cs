namespace KeyRotation.Tests.Documents;

/// <summary>TROUBLESHOOTING.md explains every problem number.</summary>
internal sealed class TroubleshootingTests
{
    [Test]
    public void Problems_match_the_code() =>
        Assert.That(
            new Markdown("TROUBLESHOOTING.md").Table("## Problems by number").Select(row => row[0]),
            Is.EqualTo(Enum.GetValues<ProblemNumber>().Select(number => new Problem(number, "").ToString().TrimEnd(' ', ':'))),
            "The numbers in TROUBLESHOOTING.md must match rule/Core/Problem.cs, in the same order.");
}
