namespace KeyRotation.Tests.Deployment;

/// <summary>The Python that the Automation document runs, taken out of the template.</summary>
internal static class RemediationScript
{
    public static string Text =>
        Template.Remediation.Resources["Document"]!["Properties"]!["Content"]!["mainSteps"]![0]!["inputs"]!["Script"]!.ToString();
}
