using KeyRotation.Local;
using Microsoft.Extensions.Time.Testing;

namespace KeyRotation.Tests.Sweeping;

/// <summary>Sweeps that read the rotation history of keys.</summary>
[Parallelizable(ParallelScope.Children)]
internal sealed class RotationHistoryTests
{
    private const string Require = """{"rotationEvidence":"require"}""";
    private const string All = """{"rotationEvidence":"require","onDemandRotation":"count","importedKeys":"evaluate"}""";

    private static readonly DateTimeOffset LongAgo = new(2021, 3, 4, 9, 0, 0, TimeSpan.Zero);

    private static readonly LocalKey Rotated = LocalKey.Symmetric(rotates: true) with { CreationDate = LongAgo };
    private static readonly LocalKey SwitchedOnYesterday = LocalKey.Symmetric(rotates: true) with
    {
        CreationDate = LongAgo,
        RotationEnabledDate = DateTimeOffset.UtcNow.AddDays(-1),
    };

    private static readonly LocalKey Young = LocalKey.Symmetric(rotates: true) with { CreationDate = DateTimeOffset.UtcNow.AddDays(-300) };
    private static readonly LocalKey Off = LocalKey.Symmetric() with { CreationDate = LongAgo };
    private static readonly LocalKey RotatedByHand = LocalKey.Symmetric() with
    {
        CreationDate = LongAgo,
        PastRotations = [new(LongAgo.AddYears(1)), new(DateTimeOffset.UtcNow.AddDays(-80))],
    };

    private static readonly LocalKey Imported = LocalKey.OfOrigin("EXTERNAL") with { CreationDate = LongAgo };
    private static readonly LocalKey Renewed = LocalKey.OfOrigin("EXTERNAL") with
    {
        CreationDate = LongAgo,
        PastRotations = [new(DateTimeOffset.UtcNow.AddDays(-40))],
    };

    private static readonly LocalKey[] Keys =
    [
        SwitchedOnYesterday, Rotated, Young, Off, RotatedByHand, Imported, Renewed,
        LocalKey.Asymmetric(), LocalKey.AwsManaged(), LocalKey.OfOrigin("AWS_CLOUDHSM"),
    ];

    [Test]
    public async Task History_is_read_only_if_it_decides()
    {
        await using var rule = await RuleInProcess.StartAsync(Keys);

        var ending = await rule.SweepAsync(Require);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Succeeded, Is.True, ending.Message);
            Assert.That(CalledKeyIds(rule, "ListKeyRotations"), Is.EquivalentTo([SwitchedOnYesterday.KeyId, Rotated.KeyId]));
            Assert.That(Annotation(rule, SwitchedOnYesterday), Is.EqualTo(
                $"Key material is from 2021-03-04; at most 365 days are allowed. Fix: aws kms rotate-key-on-demand --region eu-central-1 --key-id {SwitchedOnYesterday.KeyId}"));
            Assert.That(Annotation(rule, Rotated), Does.StartWith("Rotation is on, every 365 days; at most 365 is allowed. Key material is from 20"));
            Assert.That(Annotation(rule, Young), Is.EqualTo("Rotation is on, every 365 days; at most 365 is allowed."));
        }
    }

    [Test]
    public async Task On_demand_and_imported_rotations_are_evaluated()
    {
        await using var rule = await RuleInProcess.StartAsync(Keys);

        var ending = await rule.SweepAsync(All);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Succeeded, Is.True, ending.Message);
            Assert.That(
                CalledKeyIds(rule, "ListKeyRotations"),
                Is.EquivalentTo(new[] { SwitchedOnYesterday, Rotated, Off, RotatedByHand, Imported, Renewed }.Select(key => key.KeyId)));
            Assert.That(Annotation(rule, Off), Does.StartWith("Rotation is off, and the key was never rotated; required at least every 365 days. Fix: in its Cloud").Or.Contain("enable-key-rotation"));
            Assert.That(Annotation(rule, RotatedByHand), Does.StartWith("Rotation is off, but the key was rotated on "));
            Assert.That(Annotation(rule, Imported), Does.StartWith("Imported key material is from 2021-03-04; at most 365 days are allowed. Fix: import new key material, then aws kms rotate"));
            Assert.That(Annotation(rule, Renewed), Does.StartWith("Imported key material is from 20"));
            Assert.That(
                CalledKeyIds(rule, "GetKeyRotationStatus"),
                Does.Contain(Imported.KeyId).And.Not.Contain(Renewed.KeyId),
                "the status of an imported key matters only if its key material is too old");
        }
    }

    [Test]
    public async Task Unchanged_account_sends_nothing_even_a_day_later()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var rule = await RuleInProcess.StartAsync(clock: clock);
        rule.Account.Put(Keys);
        await rule.SweepAsync(All);
        var sent = rule.Aws.Evaluations.Count;

        var again = await rule.SweepAsync(All, creationTime: DateTimeOffset.UtcNow.AddMinutes(1));
        clock.Advance(TimeSpan.FromDays(1));
        var nextDay = await rule.SweepAsync(All, creationTime: DateTimeOffset.UtcNow.AddDays(1));

        using (Assert.EnterMultipleScope())
        {
            Assert.That((again.Succeeded, nextDay.Succeeded), Is.EqualTo((true, true)));
            Assert.That(sent, Is.EqualTo(7));
            Assert.That(rule.Aws.Evaluations, Has.Count.EqualTo(sent));
        }
    }

    [Test]
    public async Task Key_rotated_on_demand_becomes_COMPLIANT()
    {
        await using var rule = await RuleInProcess.StartAsync(SwitchedOnYesterday);
        await rule.SweepAsync(Require);
        rule.Account.Put(SwitchedOnYesterday with { PastRotations = [new(DateTimeOffset.UtcNow)] });

        await rule.SweepAsync(Require, creationTime: DateTimeOffset.UtcNow.AddMinutes(1));

        Assert.That(Truth.HeldBy(rule.Account)[SwitchedOnYesterday.KeyId], Is.EqualTo("COMPLIANT"));
    }

    [TestCase("""{"rotationEvidence":"require"}""", null)]
    [TestCase("""{"rotationEvidence":"require","unreadableKeys":"nonCompliant"}""", "The rotation history could not be read: AccessDeniedException. Fix: allow the rule's role to read this key in the key policy.")]
    public async Task Denied_history_proves_nothing(string parameters, string? annotation)
    {
        await using var rule = await RuleInProcess.StartAsync(Rotated, Young);
        rule.Aws.Faults.Add("ListKeyRotations", Fault.AccessDenied);

        var ending = await rule.SweepAsync(parameters);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Message, annotation is null ? Does.StartWith("KR11").And.Contain(Rotated.KeyId).And.Contain("ListKeyRotations") : Is.Empty);
            Assert.That(Annotation(rule, Rotated), Is.EqualTo(annotation));
            Assert.That(Truth.HeldBy(rule.Account)[Young.KeyId], Is.EqualTo("COMPLIANT"));
        }
    }

    [TestCase("""{"Rotations":[{"RotationDate":"soon"}],"Truncated":false}""")]
    [TestCase("""{"Rotations":[{"RotationDate":1e300}],"Truncated":false}""")]
    [TestCase("""{"Rotations":[{"RotationDate":-1e300}],"Truncated":false}""")]
    [TestCase("""{"Rotations":[{"RotationDate":{}}],"Truncated":false}""")]
    [TestCase("""{"Rotations":[{"RotationDate":32503680000}],"Truncated":false}""")]
    [TestCase("""{"Rotations":[null],"Truncated":false}""")]
    public async Task Invalid_history_proves_nothing(string answer)
    {
        await using var rule = await RuleInProcess.StartHurriedAsync();
        rule.Account.Put(Rotated);
        rule.Aws.Faults.Add("ListKeyRotations", Fault.Answer(answer));

        var ending = await rule.SweepAsync(Require).WaitAsync(TimeSpan.FromSeconds(8));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ending.Message, Does.StartWith("KR11").And.Contain(Rotated.KeyId).Or.StartWith("KR13"));
            Assert.That(rule.Aws.Evaluations, Is.Empty);
        }
    }

    private static IEnumerable<string?> CalledKeyIds(RuleInProcess rule, string operation) =>
        rule.Aws.Calls.All.Where(call => call.Operation == operation).Select(call => call.ResourceId);

    private static string? Annotation(RuleInProcess rule, LocalKey key) =>
        rule.Account.Rule(ConfigEvents.RuleName).Find(key.KeyId)?.Annotation;
}
