namespace KeyRotation.Tests.Documents;

/// <summary>TROUBLESHOOTING.md explains each problem of the code.</summary>
internal sealed class TroubleshootingTests
{
    [Test]
    public void The_problems_are_those_of_the_code() =>
        Assert.That(
            new Markdown("TROUBLESHOOTING.md").Table("## Problems by number").Select(row => row[0]),
            Is.EqualTo(Enum.GetValues<ProblemNumber>().Select(number => new Problem(number, "").ToString().TrimEnd(' ', ':'))),
            "Make the numbers in TROUBLESHOOTING.md those of rule/Core/Problem.cs, in the same order.");
}
