using KeyRotation.Local;
using KeyRotation.Tests.Sweeping;

namespace KeyRotation.Tests.Deployment;

/// <summary>
/// With OrganizationId the AWS Config of any account can invoke the function (template.yaml, OrganizationPermission). What a stranger can
/// make it do is one call of STS, which answers that there is no such role to assume.
/// </summary>
internal sealed class StrangerTests
{
    private const string Parameters = """{"executionRoleName":"KmsKeyRotationRule"}""";

    [TestCase("change")]
    [TestCase("oversized change")]
    [TestCase("sweep")]
    public async Task An_event_of_an_account_outside_the_organization_costs_one_call_of_STS_and_ends_as_KR09(string kind)
    {
        await using var rule = await RuleInProcess.StartAsync();
        rule.Account.Put(LocalKey.Symmetric());
        var stranger = rule.Aws.Add(new LocalAccount("999988887777"));
        var key = stranger.Put(LocalKey.Symmetric());

        var ending = await rule.HandleAsync(kind switch
        {
            "change" => ConfigEvents.Change(stranger, key, ruleParameters: Parameters),
            "oversized change" => ConfigEvents.OversizedChange(stranger, key, ruleParameters: Parameters),
            _ => ConfigEvents.Scheduled(stranger, ruleParameters: Parameters),
        });

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Problems, Is.EqualTo([ProblemNumber.RoleCannotBeAssumed]));
            Assert.That(rule.Aws.Calls.All.Select(call => call.Operation), Is.EqualTo(["AssumeRole"]));
            Assert.That(rule.Aws.Evaluations, Is.Empty);
        }
    }
}
