using KeyRotation.Local;

namespace KeyRotation.Tests.Sweeping;

/// <summary>A result is sent again, exactly once, if anything in its annotation has changed.</summary>
[Parallelizable(ParallelScope.Children)]
internal sealed class DifferenceTests
{
    private const string Parameters = """{"disabledKeys":"evaluate"}""";

    private static readonly LocalStack Payments = new("payments", "Key");
    private static readonly LocalStack Nested = new("payments-prod-NestedStackData" + new string('A', 80), "DataKey" + new string('B', 60));

    private static IEnumerable<TestCaseData<LocalKey, LocalKey, string>> Changes()
    {
        var replica = LocalKey.Replica(primaryRegion: "eu-west-1");
        var primary = replica with { MultiRegionKeyType = "PRIMARY", PrimaryRegion = null };
        var disabled = LocalKey.Disabled();
        var inStack = disabled with { Stack = Payments };
        var inNested = disabled with { Stack = Nested };
        var rotating = LocalKey.Symmetric(rotates: true, 730) with { Stack = Payments };
        const string command = "aws kms enable-key-rotation --region";
        const string set = "Fix: set EnableKeyRotation: true and RotationPeriodInDays: 365";

        var moved = replica with { PrimaryRegion = "us-east-1" };
        yield return Case("Primary key of a replica moved", replica, moved, $"Fix: on the primary: {command} us-east-1");
        yield return Case("Replica became the primary key", replica, primary, $"Fix: {command} eu-central-1");
        yield return Case("Primary key became a replica", primary, replica, $"Fix: on the primary: {command} eu-west-1");
        yield return Case("Key was enabled", disabled, disabled with { KeyState = "Enabled" }, $"Fix: {command}");
        yield return Case("Key was disabled", disabled with { KeyState = "Enabled" }, disabled, $"Fix: enable the key, then {command}");
        yield return Case(
            "Key in a stack was enabled",
            inStack,
            inStack with { KeyState = "Enabled" },
            $"{set} on Key in CloudFormation stack payments.");
        yield return Case(
            "Key in a nested stack was enabled", inNested, inNested with { KeyState = "Enabled" }, $"{set} in stack {Nested.StackName}.");
        yield return Case("Period became longer", rotating, rotating with { RotationPeriodInDays = 731 }, "Rotation period is 731 days");
        var allowed = LocalKey.Symmetric(rotates: true, 90);
        yield return Case(
            "Period became too long",
            allowed,
            allowed with { RotationPeriodInDays = 730 },
            "Rotation period is 730 days; at most 365 is allowed. Fix: ");
        yield return Case(
            "Period is still allowed", allowed, allowed with { RotationPeriodInDays = 180 }, "Rotation is on, every 180 days");

        static TestCaseData<LocalKey, LocalKey, string> Case(string name, LocalKey before, LocalKey after, string annotation)
        {
            var data = new TestCaseData<LocalKey, LocalKey, string>(before, after with { KeyId = before.KeyId }, annotation);
            data.SetArgDisplayNames(name);
            return data;
        }
    }

    [TestCaseSource(nameof(Changes))]
    public async Task Changed_result_is_sent_once(LocalKey before, LocalKey after, string annotation)
    {
        await using var rule = await RuleInProcess.StartAsync(before);
        await rule.SweepAsync(Parameters);
        await rule.SweepAsync(Parameters, creationTime: DateTimeOffset.UtcNow.AddHours(1));
        Assert.That(rule.Aws.Evaluations, Has.Count.EqualTo(1));
        rule.Account.Put(after);

        await rule.SweepAsync(Parameters, creationTime: DateTimeOffset.UtcNow.AddHours(2));
        await rule.SweepAsync(Parameters, creationTime: DateTimeOffset.UtcNow.AddHours(3));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(rule.Aws.Evaluations, Has.Count.EqualTo(2));
            Assert.That(Held(rule), Does.Contain(annotation));
        }
    }

    private static readonly LocalStack[] Stacks = [Payments, Nested];

    [TestCaseSource(nameof(Stacks))]
    public async Task Named_stack_is_not_looked_up_again(LocalStack stack)
    {
        await using var rule = await RuleInProcess.StartAsync(LocalKey.Symmetric() with { Stack = stack });
        await rule.SweepAsync();
        Assert.That(rule.Aws.Calls["DescribeStackResources"], Is.EqualTo(1));

        await rule.SweepAsync(creationTime: DateTimeOffset.UtcNow.AddHours(1));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(rule.Aws.Calls["DescribeStackResources"], Is.EqualTo(1));
            Assert.That(rule.Aws.Evaluations, Has.Count.EqualTo(1));
        }
    }

    [Test]
    public async Task Failed_owner_lookup_is_not_a_difference([Values] bool isInStack)
    {
        var key = LocalKey.Symmetric() with { Stack = isInStack ? Payments : null };
        await using var rule = await RuleInProcess.StartAsync(key);
        await rule.HandleAsync(ConfigEvents.Change(rule.Account, key, DateTimeOffset.UtcNow.AddMinutes(-1)));
        rule.Aws.Faults.Add("DescribeStackResources", Fault.AccessDenied);

        await rule.SweepAsync();

        Assert.That(rule.Aws.Evaluations, Has.Count.EqualTo(1));
    }

    /// <summary>The change is sent at once. The stack to fix is added by a later sweep, when CloudFormation returns it.</summary>
    [Test]
    public async Task Change_without_its_owner_is_completed_later()
    {
        var key = LocalKey.Symmetric(rotates: true, 730) with { Stack = Payments };
        await using var rule = await RuleInProcess.StartAsync(key);
        await rule.SweepAsync();
        rule.Account.Put(key with { RotationPeriodInDays = 731 });
        rule.Aws.Faults.Add("DescribeStackResources", Fault.AccessDenied);
        await rule.SweepAsync(creationTime: DateTimeOffset.UtcNow.AddHours(1));
        await rule.SweepAsync(creationTime: DateTimeOffset.UtcNow.AddHours(2));
        Assert.That(Held(rule), Does.StartWith("Rotation period is 731 days").And.Contain("CloudFormation stack, if it has one; else"));
        Assert.That(rule.Aws.Evaluations, Has.Count.EqualTo(2));
        Assert.That(rule.Aws.Calls["DescribeStackResources"], Is.EqualTo(3), "one lookup per sweep");
        rule.Aws.Faults.Clear();

        await rule.SweepAsync(creationTime: DateTimeOffset.UtcNow.AddHours(3));
        await rule.SweepAsync(creationTime: DateTimeOffset.UtcNow.AddHours(4));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Held(rule), Does.EndWith("in CloudFormation stack payments."));
            Assert.That(rule.Aws.Evaluations, Has.Count.EqualTo(3));
        }
    }

    /// <summary>The annotation has no room for the owner, so later sweeps do not look it up.</summary>
    [Test]
    public async Task Owner_is_not_looked_up_if_the_fix_is_the_same()
    {
        var tag = new string('t', 90);
        var key = LocalKey.Symmetric() with { Tags = new Dictionary<string, string> { [tag] = "for ever" } };
        await using var rule = await RuleInProcess.StartAsync(key);
        await rule.SweepAsync($$"""{"exemptTagKey":"{{tag}}"}""");
        Assert.That(Held(rule), Does.EndWith(" Fix: enable rotation, every 365 days."));
        rule.Aws.Calls.Clear();

        await rule.SweepAsync($$"""{"exemptTagKey":"{{tag}}"}""", creationTime: DateTimeOffset.UtcNow.AddHours(1));

        Assert.That(rule.Aws.Calls["DescribeStackResources"], Is.Zero);
    }

    private static string Held(RuleInProcess rule) => rule.Account.Results(ConfigEvents.RuleName).Single().Annotation!;
}
