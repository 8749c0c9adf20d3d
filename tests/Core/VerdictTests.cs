namespace KeyRotation.Tests.Core;

internal sealed class VerdictTests
{
    [TestCaseSource(nameof(Findings))]
    public void Finding_states_the_cause_and_the_limit(KeyFacts key, RuleParameters parameters, Verdict expected) =>
        Assert.That(KeyRule.Judge(key, parameters, Keys.Now), Is.EqualTo(expected));

    private static IEnumerable<TestCaseData> Findings()
    {
        var parameters = RuleParameters.Default with { MaxRotationPeriodInDays = 180, NewKeyGraceInHours = 24, ExemptTagKey = "keep" };
        var reported = parameters with { UnreadableKeys = UnreadableKeys.NonCompliant };
        var evaluated = parameters with { DisabledKeys = DisabledKeys.Evaluate };
        var skipped = parameters with { ReplicaKeys = ReplicaKeys.Skip };
        var denied = new ReadFailure("AccessDeniedException", AccessDenied: true);
        var undated = Keys.Off with { CreationDate = null };

        yield return Case(Keys.Bare with { IsGone = true }, parameters, NotApplicable('a', "The key is deleted, or AWS Config no longer evaluates it with this rule."));
        yield return Case(Keys.Off with { KeyManager = "AWS" }, parameters, NotApplicable('b', "AWS managed key: AWS rotates it every year, and its rotation cannot be changed."));
        yield return Case(Keys.Off with { KeySpec = "RSA_2048" }, parameters, NotApplicable('c', "Key spec RSA_2048: KMS rotates SYMMETRIC_DEFAULT keys only."));
        yield return Case(Keys.Off with { Origin = "EXTERNAL" }, parameters, NotApplicable(
            'd', "Origin EXTERNAL: KMS automatically rotates only key material that it generated."));
        yield return Case(Keys.Off with { Rotation = new RotationStatus.Unsupported() }, parameters, NotApplicable('d', "KMS does not support automatic rotation of this key (UnsupportedOperationException)."));
        yield return Case(Keys.Off with { KeyState = "PendingDeletion" }, parameters, NotApplicable('e', "Key state PendingDeletion: the key is scheduled for deletion."));
        yield return Case(Keys.Off with { KeyState = "Disabled" }, parameters, NotApplicable('f', "The key is disabled: KMS does not rotate it until it is enabled again."));
        yield return Case(Keys.Replica, skipped, NotApplicable('g', $"Replica key: its rotation is set on, and judged at, the primary key {Keys.PrimaryArn}."));
        yield return Case(Keys.Replica with { PrimaryKeyArn = null }, skipped, NotApplicable('g', "Replica key: its rotation is set on, and judged at, the primary key."));
        yield return Case(Keys.Bare with { DescriptionFailure = new("KMSInternalException"), Tags = Keys.Off.Tags }, reported, new Verdict.Unreadable("The key could not be described: KMSInternalException."));
        yield return Case(Keys.Off with { IsDescribed = true, KeyState = null }, reported, new Verdict.Unreadable("DescribeKey returned no KeyState."));
        yield return Case(Keys.Off with { IsDescribed = false, DescriptionFailure = new("KMSInternalException") }, parameters, new Verdict.Unreadable("The key state could not be read: KMSInternalException."));
        yield return Case(Keys.Denied, parameters, new Verdict.Unreadable("The rotation status could not be read: AccessDeniedException."));
        yield return Case(Keys.Denied, reported, NonCompliant('i', "The rotation status could not be read: AccessDeniedException.", Fix.AllowReading));
        yield return Case(Keys.Throttled.Tagged("keep", "2026-01-31"), reported, NonCompliant('i', "The rotation status could not be read: ThrottlingException. Its exemption by tag keep ended on 2026-01-31.", Fix.Wait));
        yield return Case(undated with { DescriptionFailure = denied }, reported, NonCompliant('i', "The creation date could not be read: AccessDeniedException.", Fix.AllowReading));
        yield return Case(undated, parameters, new Verdict.Unreadable("The creation date could not be read: KMS returned no CreationDate."));
        yield return Case(Keys.Off with { Tags = null, TagsFailure = denied }, reported, NonCompliant('i', "The exemption tag could not be read: AccessDeniedException.", Fix.AllowReading));
        yield return Case(Keys.Off with { CreationDate = new(2026, 6, 15, 13, 30, 0, new(2, 0, 0)) }, parameters, NotApplicable('j', "New key, rotation is off: turn it on by 2026-06-16 11:30 UTC."));
        yield return Case(Keys.Off, parameters, NonCompliant('k', "Rotation is off; required at least every 180 days.", Fix.EnableKeyRotation));
        yield return Case(Keys.Off with { KeyState = "Disabled" }, evaluated, NonCompliant('k', "Rotation is off; required at least every 180 days.", Fix.EnableKeyRotation));
        yield return Case(Keys.Off.Tagged("keep", "yes"), parameters, NonCompliant('k', "Rotation is off; required at least every 180 days. Tag keep has no effect: its value must start with a date such as 2030-12-31.", Fix.EnableKeyRotation));
        yield return Case(Keys.Rotating(181), parameters, NonCompliant('l', "Rotation period is 181 days; at most 180 is allowed.", Fix.EnableKeyRotation));
        yield return Case(Keys.Rotating(null), parameters, NonCompliant('l', "Rotation period is 365 days; at most 180 is allowed.", Fix.EnableKeyRotation));
        yield return Case(Keys.Rotating(181) with { KeyState = "Disabled" }, evaluated, NonCompliant('l', "Rotation period is 181 days; at most 180 is allowed.", Fix.EnableKeyRotation));
        yield return Case(Keys.Rotating(180), parameters, new Verdict.Compliant('m', "Rotation is on, every 180 days; at most 180 is allowed."));
        yield return Case(Keys.Rotating(null), RuleParameters.Default, new Verdict.Compliant('m', "Rotation is on, every 365 days; at most 365 is allowed."));

        var required = parameters with { RotationEvidence = RotationEvidence.Require };
        var counted = parameters with { OnDemandRotation = OnDemandRotation.Count };
        var imported = parameters with { ImportedKeys = ImportedKeys.Evaluate };
        var tooOld = Keys.Imported.RotatedOn(Keys.Now.AddDays(-181));
        var old = Keys.Rotating(180) with { CreationDate = Keys.Now.AddYears(-5) };
        var replica = Keys.Replica.NeverRotated(Keys.Now.AddDays(-1)) with { Rotation = new RotationStatus.On(180) };
        yield return Case(Keys.Imported with { KeyState = "PendingImport" }, imported, NotApplicable('d', "Key state PendingImport: the key has no key material yet."));
        yield return Case(replica, required, NotApplicable('g', $"Replica key, not rotated since it was created on 2026-06-14: the age of its key material is judged at the primary key {Keys.PrimaryArn}."));
        yield return Case(old with { Rotations = Keys.HistoryDenied }, required, new Verdict.Unreadable("The rotation history could not be read: ListKeyRotations: you may not."));
        var requiredAndReported = reported with { RotationEvidence = RotationEvidence.Require };
        yield return Case(old with { Rotations = Keys.HistoryDenied }, requiredAndReported, NonCompliant('i', "The rotation history could not be read: AccessDeniedException.", Fix.AllowReading));
        yield return Case(old.RotatedOn(Keys.Now.AddDays(2)), required, new Verdict.Unreadable("The rotation history could not be read: KMS returned the date 2026-06-17, which is in the future."));
        yield return Case(Keys.Imported.NeverRotated(Keys.Now.AddDays(2)), imported, new Verdict.Unreadable("The creation date could not be read: KMS returned the date 2026-06-17, which is in the future."));
        yield return Case(Keys.Imported.NeverRotated(null), imported, new Verdict.Unreadable("The creation date could not be read: KMS returned no CreationDate."));
        yield return Case(tooOld with { IsDescribed = false, DescriptionFailure = new("KMSInternalException") }, imported, new Verdict.Unreadable("The key state could not be read: KMSInternalException."));
        yield return Case(tooOld with { Rotation = Keys.Denied.Rotation }, imported, new Verdict.Unreadable("The rotation status could not be read: AccessDeniedException."));
        yield return Case(Keys.Off.RotatedOn(Keys.Now.AddDays(-181)), counted, NonCompliant('k', "Rotation is off, and the key was last rotated on 2025-12-16; at most 180 days are allowed.", Fix.EnableKeyRotation));
        yield return Case(Keys.Off.NeverRotated(Keys.Off.CreationDate), counted, NonCompliant('k', "Rotation is off, and the key was never rotated; required at least every 180 days.", Fix.EnableKeyRotation));
        yield return Case(old.RotatedOn(new(2026, 6, 1, 1, 0, 0, TimeSpan.FromHours(2))), required, new Verdict.Compliant('m', "Rotation is on, every 180 days; at most 180 is allowed. Key material is from 2026-05-31."));
        yield return Case(old with { OnDemandRotationStartDate = Keys.Now }, required, new Verdict.Compliant('m', "Rotation is on, every 180 days; at most 180 is allowed. Key material is being rotated, since 2026-06-15."));
        yield return Case(old with { CreationDate = Keys.Now.AddDays(-187) }, required, new Verdict.Compliant('m', "Rotation is on, every 180 days; at most 180 is allowed."));
        yield return Case(tooOld.Tagged("keep", "2026-01-31"), imported, NonCompliant('n', "Imported key material is from 2025-12-16; at most 180 days are allowed. Its exemption by tag keep ended on 2026-01-31.", Fix.ImportKeyMaterialThenRotate));
        yield return Case(Keys.Imported.RotatedOn(Keys.Now.AddDays(-180)), imported, new Verdict.Compliant('o', "Imported key material is from 2025-12-17; at most 180 days are allowed."));
        yield return Case(tooOld with { OnDemandRotationStartDate = Keys.Now.AddHours(-23) }, imported, new Verdict.Compliant('o', "Imported key material is being rotated, since 2026-06-14."));
        yield return Case(Keys.Off.RotatedOn(Keys.Now.AddDays(-180)), counted, new Verdict.Compliant('o', "Rotation is off, but the key was rotated on 2025-12-17; at most 180 days are allowed."));
        yield return Case(old.RotatedOn(Keys.Now.AddDays(-188)).Tagged("keep", "2026-01-31"), required, NonCompliant('p', "Key material is from 2025-12-09; at most 180 days are allowed. Its exemption by tag keep ended on 2026-01-31.", Fix.RotateKeyOnDemand));
        yield return Case(old.NeverRotated(old.CreationDate), required, NonCompliant('p', "Key material is from 2021-06-15; at most 180 days are allowed.", Fix.RotateKeyOnDemand));

        static Verdict NotApplicable(char scenario, string finding) => new Verdict.NotApplicable(scenario, finding);

        static Verdict NonCompliant(char scenario, string finding, Fix fix) => new Verdict.NonCompliant(scenario, finding, fix);

        static TestCaseData Case(KeyFacts key, RuleParameters parameters, Verdict expected) =>
            new TestCaseData(key, parameters, expected).SetArgDisplayNames($"{expected.Scenario}) {expected}");
    }

    [TestCase(Fix.EnableKeyRotation, "PRIMARY", true)]
    [TestCase(Fix.EnableKeyRotation, null, true)]
    [TestCase(Fix.EnableKeyRotation, "REPLICA", false)]
    [TestCase(Fix.RotateKeyOnDemand, null, false)]
    [TestCase(Fix.ImportKeyMaterialThenRotate, null, false)]
    [TestCase(Fix.AllowReading, null, false)]
    [TestCase(Fix.Wait, null, false)]
    public void Rotation_is_enabled_where_the_key_is_defined(Fix fix, string? type, bool expected) => Assert.That(
        new Verdict.NonCompliant('k', "why", fix).IsFixedWhereDefined(Keys.Off with { MultiRegionKeyType = type }), Is.EqualTo(expected));
}
