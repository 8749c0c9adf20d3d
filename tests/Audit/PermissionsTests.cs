using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KeyRotation.Audit;
using KeyRotation.Local;

namespace KeyRotation.Tests.Audit;

/// <summary>The policies of the audit's README allow what the audit calls, and nothing else.</summary>
internal sealed partial class PermissionsTests
{
    [Test]
    public async Task The_policies_allow_the_calls_of_an_audit_that_asks_for_everything()
    {
        var account = new LocalAccount("444455556666");
        account.Put(LocalKey.Symmetric() with { Stack = new("payments", "Key") });
        account.Roles["audit"] = new();
        await using var aws = await LocalAws.StartAsync(account);
        var report = await LocalAudit.RunAsync(aws, account, new()
        {
            Regions = ["all"],
            RoleName = "audit",
            Accounts = ["444455556666"],
            WithTags = true,
            WithRotations = true,
            WithLastUse = true,
            Parameters = RuleParameters.Default with { OnDemandRotation = OnDemandRotation.Count },
        });

        // AWS lets everybody ask who they are.
        var called = report.Evidence!.Calls.Keys.Except(["sts:GetCallerIdentity"]).ToList();
        var policies = Policy().Matches(Repository.Read("samples/audit/README.md"))
            .SelectMany(match => JsonNode.Parse(match.Groups[1].Value)!["Statement"]!.AsArray())
            .SelectMany(statement => statement!["Action"] is JsonArray actions ? actions : new JsonArray(statement["Action"]!.DeepClone()))
            .Select(action => (string?)action);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Complete, Is.True);
            Assert.That(report.Evidence.RolesAssumed, Is.EqualTo(new[] { "arn:aws:iam::444455556666:role/audit" }));
            Assert.That(policies, Is.EquivalentTo(called));
        }
    }

    [GeneratedRegex("```json\n(\\{.*?\n\\})\n```", RegexOptions.Singleline)]
    private static partial Regex Policy();
}
