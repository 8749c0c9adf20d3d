namespace KeyRotation.Tests.Documents;

/// <summary>SECURITY.md lists what the function's role may do.</summary>
internal sealed class SecurityTests
{
    [Test]
    public void The_actions_are_those_that_the_code_calls()
    {
        var actions = new Markdown("SECURITY.md").Table("## What the role may do").ToLookup(row => row[2], row => row[0]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(actions["always"], Is.EquivalentTo(IamActions.Always), "Make the table in SECURITY.md that of rule/Aws/IamActions.cs.");
            Assert.That(actions["with rotationEvidence, onDemandRotation or importedKeys"], Is.EqualTo(new[] { IamActions.ListKeyRotations }));
            Assert.That(actions["with exemptTagKey"], Is.EqualTo(new[] { IamActions.ListResourceTags }));
            Assert.That(actions["with executionRoleName"], Is.EqualTo(new[] { IamActions.AssumeRole }));
            Assert.That(actions, Has.Count.EqualTo(4));
        }
    }
}
