namespace KeyRotation.Tests.Documents;

/// <summary>The table in SECURITY.md lists the actions that the function may call.</summary>
internal sealed class SecurityTests
{
    [Test]
    public void Actions_match_the_code()
    {
        var actions = new Markdown("SECURITY.md").Table("## What the role may do").ToLookup(row => row[2], row => row[0]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(actions["always"], Is.EquivalentTo(IamActions.Always), "The table in SECURITY.md must match rule/Aws/IamActions.cs.");
            Assert.That(actions["with rotationEvidence, onDemandRotation or importedKeys"], Is.EqualTo(new[] { IamActions.ListKeyRotations }));
            Assert.That(actions["with exemptTagKey"], Is.EqualTo(new[] { IamActions.ListResourceTags }));
            Assert.That(actions["with executionRoleName"], Is.EqualTo(new[] { IamActions.AssumeRole }));
            Assert.That(actions, Has.Count.EqualTo(4));
        }
    }
}
