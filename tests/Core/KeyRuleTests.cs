namespace KeyRotation.Tests.Core;

/// <summary>The case table of the rule. The letters are those in the header of <see cref="KeyRule"/>.</summary>
internal sealed class KeyRuleTests
{
    private static readonly RuleParameters Default = RuleParameters.Default;
    private static readonly RuleParameters EvaluateDisabled = Default with { DisabledKeys = DisabledKeys.Evaluate };
    private static readonly RuleParameters Grace = Default with { NewKeyGraceInHours = 24 };
    private static readonly RuleParameters NonCompliantUnread = Default with { UnreadableKeys = UnreadableKeys.NonCompliant };
    private static readonly RuleParameters Exempting = Default with { ExemptTagKey = "rotation-exempt" };

    [TestCaseSource(nameof(Scenarios))]
    public void Each_scenario_gives_its_verdict(KeyFacts key, RuleParameters parameters, string expected) =>
        Assert.That(KeyRule.Judge(key, parameters, Keys.Now).Letter(), Is.EqualTo(expected));

    [TestCaseSource(nameof(Scenarios))]
    public void Finding_is_one_line_that_ends_with_a_period(KeyFacts key, RuleParameters parameters, string expected)
    {
        var words = KeyRule.Judge(key, parameters, Keys.Now) is Verdict verdict ? verdict.Finding : "A question.";
        Assert.That(words, Is.EqualTo(SingleLine.Cut(words)).And.EndsWith(".").And.Not.Contains(".."));
    }

    private static IEnumerable<TestCaseData> Scenarios()
    {
        // a) the key is deleted, not recorded, or left the rule's scope
        yield return Case("a) gone", Keys.Bare with { IsGone = true }, Default, "a NOT_APPLICABLE");
        yield return Case("a) gone, though rotation was off", Keys.Off with { IsGone = true }, Default, "a NOT_APPLICABLE");
        yield return Case("a) gone, AWS managed", Keys.Bare with { IsGone = true, KeyManager = "AWS" }, Default, "a NOT_APPLICABLE");

        // b) AWS manages the key
        yield return Case("b) AWS managed", Keys.Customer with { KeyManager = "AWS" }, Default, "b NOT_APPLICABLE");
        yield return Case("b) AWS managed, status denied", Keys.Denied with { KeyManager = "AWS" }, NonCompliantUnread, "b NOT_APPLICABLE");
        yield return Case("b) AWS managed, RSA", Keys.Customer with { KeyManager = "AWS", KeySpec = "RSA_2048" }, Default, "b NOT_APPLICABLE");

        // c) the key spec is anything but SYMMETRIC_DEFAULT
        foreach (var spec in (string[])
        [
            "RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1", "ECC_NIST_EDWARDS25519",
            "HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512", "SM2", "ML_DSA_44", "ML_DSA_65", "ML_DSA_87", "ML_KEM_512", "ML_KEM_768", "ML_KEM_1024",
            "A_SPEC_OF_TOMORROW", "symmetric_default",
        ])
        {
            yield return Case($"c) {spec}", Keys.Off with { KeySpec = spec }, Default, "c NOT_APPLICABLE");
        }

        yield return Case("c) RSA, disabled", Keys.Off with { KeySpec = "RSA_2048", KeyState = "Disabled" }, Default, "c NOT_APPLICABLE");
        yield return Case("c) RSA, imported", Keys.Off with { KeySpec = "RSA_2048", Origin = "EXTERNAL" }, Default, "c NOT_APPLICABLE");
        yield return Case(
            "c) RSA, status not requested", Keys.Customer with { KeySpec = "RSA_2048", Rotation = null }, Default, "c NOT_APPLICABLE");

        // d) the key material does not come from KMS
        foreach (var origin in (string[])["EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE", "AN_ORIGIN_OF_TOMORROW"])
            yield return Case($"d) {origin}", Keys.Off with { Origin = origin }, Default, "d NOT_APPLICABLE");

        yield return Case(
            "d) imported, pending import", Keys.Off with { Origin = "EXTERNAL", KeyState = "PendingImport" }, Default, "d NOT_APPLICABLE");
        yield return Case("d) CloudHSM, unavailable", Keys.Off with { Origin = "AWS_CLOUDHSM", KeyState = "Unavailable" }, Default, "d NOT_APPLICABLE");
        yield return Case("d) imported, disabled", Keys.Off with { Origin = "EXTERNAL", KeyState = "Disabled" }, Default, "d NOT_APPLICABLE");
        yield return Case(
            "d) imported, pending deletion",
            Keys.Off with { Origin = "EXTERNAL", KeyState = "PendingDeletion" },
            Default,
            "d NOT_APPLICABLE");
        yield return Case(
            "d) unsupported by KMS", Keys.Customer with { Rotation = new RotationStatus.Unsupported() }, Default, "d NOT_APPLICABLE");

        // e) the key is scheduled for deletion
        foreach (var state in (string[])["PendingDeletion", "PendingReplicaDeletion"])
            yield return Case($"e) {state}", Keys.Off with { KeyState = state }, Default, "e NOT_APPLICABLE");

        yield return Case(
            "e) replica pending deletion",
            Keys.Replica with { KeyState = "PendingDeletion" },
            Default with { ReplicaKeys = ReplicaKeys.Skip },
            "e NOT_APPLICABLE");

        // f) the key is disabled, and disabledKeys=skip
        yield return Case("f) disabled, off", Keys.Off with { KeyState = "Disabled" }, Default, "f NOT_APPLICABLE");
        yield return Case("f) disabled, on", Keys.Customer with { KeyState = "Disabled" }, Default, "f NOT_APPLICABLE");
        yield return Case("f) not skipped: k", Keys.Off with { KeyState = "Disabled" }, EvaluateDisabled, "k NON_COMPLIANT");
        yield return Case("f) not skipped: m", Keys.Customer with { KeyState = "Disabled" }, EvaluateDisabled, "m COMPLIANT");
        yield return Case("f) disabled replica", Keys.Replica with { KeyState = "Disabled" }, Default with { ReplicaKeys = ReplicaKeys.Skip }, "f NOT_APPLICABLE");

        // g) the key is a multi-Region replica, and replicaKeys=skip
        var skipReplicas = Default with { ReplicaKeys = ReplicaKeys.Skip };
        yield return Case("g) replica", Keys.Replica, skipReplicas, "g NOT_APPLICABLE");
        yield return Case("g) replica, primary not named", Keys.Replica with { PrimaryKeyArn = null }, skipReplicas, "g NOT_APPLICABLE");
        var exemptReplica = Default with { ExemptKeyIds = new HashSet<string> { Keys.MultiRegionId } };
        yield return Case("g) exempt replica", Keys.Replica, exemptReplica with { ReplicaKeys = ReplicaKeys.Skip }, "g NOT_APPLICABLE");
        yield return Case("g) primary: m", Keys.Primary, skipReplicas, "m COMPLIANT");
        yield return Case("g) not skipped: m", Keys.Replica, Default, "m COMPLIANT");
        yield return Case("g) primary or replica unknown", Keys.Replica with { MultiRegionKeyType = null }, skipReplicas, "asks Description");

        // h) the key is exempt
        var exemptById = Default with { ExemptKeyIds = new HashSet<string> { Keys.Id } };
        yield return Case("h) by ID", Keys.Off, exemptById, "h NOT_APPLICABLE");
        yield return Case("h) by ID, nothing else known", Keys.Bare, exemptById, "h NOT_APPLICABLE");
        yield return Case(
            "h) by ID, disabled and evaluated",
            Keys.Off with { KeyState = "Disabled" },
            exemptById with { DisabledKeys = DisabledKeys.Evaluate },
            "h NOT_APPLICABLE");
        yield return Case("h) by ID, replica", Keys.Replica, exemptReplica, "h NOT_APPLICABLE");
        yield return Case(
            "h) by ID, disabled replica",
            Keys.Replica with { KeyState = "Disabled" },
            exemptReplica with { DisabledKeys = DisabledKeys.Evaluate },
            "h NOT_APPLICABLE");
        yield return Case("h) by tag", Keys.Off.Tagged("rotation-exempt", "2026-06-15"), Exempting, "h NOT_APPLICABLE");
        yield return Case("h) by tag, status denied", Keys.Denied.Tagged("rotation-exempt", "2026-06-15"), Exempting, "h NOT_APPLICABLE");
        yield return Case("h) tag expired: k", Keys.Off.Tagged("rotation-exempt", "2026-06-14"), Exempting, "k NON_COMPLIANT");
        yield return Case("h) tags unknown, off", Keys.Off with { Tags = null }, Exempting, "asks Tags");
        yield return Case("h) tags unknown, status denied", Keys.Denied with { Tags = null }, Exempting, "asks Tags");
        yield return Case("h) tags unknown, compliant: m", Keys.Customer with { Tags = null }, Exempting, "m COMPLIANT");
        yield return Case("h) tags unknown, young: j", Young with { Tags = null }, Exempting with { NewKeyGraceInHours = 24 }, "j NOT_APPLICABLE");
        yield return Case("h) tags denied, off: i", TagsDenied(Keys.Off), Exempting, "i failure");
        yield return Case("h) tags denied, off, unreadableKeys=nonCompliant: i", TagsDenied(Keys.Off), Exempting with { UnreadableKeys = UnreadableKeys.NonCompliant }, "i NON_COMPLIANT");
        yield return Case("h) tags denied, compliant: m", TagsDenied(Keys.Customer), Exempting, "m COMPLIANT");
        yield return Case("h) tags denied, not needed: k", TagsDenied(Keys.Off), Default, "k NON_COMPLIANT");

        // i) a fact that decides could not be read
        var nothing = new ReadFailure("KMS returned no KeyRotationEnabled");
        var denied = new ReadFailure("AccessDeniedException", AccessDenied: true);
        yield return Case("i) status denied", Keys.Denied, Default, "i failure");
        yield return Case("i) status denied, as a finding", Keys.Denied, NonCompliantUnread, "i NON_COMPLIANT");
        yield return Case("i) status denied, recorded on", Keys.Denied with { RecordedRotationStatus = true }, Default, "i failure");
        yield return Case("i) status denied, recorded off: k", Keys.Denied with { RecordedRotationStatus = false, DescriptionFailure = denied }, Default, "k NON_COMPLIANT");
        yield return Case("i) status denied, recorded off, not described", Keys.Denied with { RecordedRotationStatus = false }, Default, "asks Description");
        yield return Case("i) status throttled, recorded off", Keys.Throttled with { RecordedRotationStatus = false }, Default, "i failure");
        yield return Case("i) status throttled, as a finding", Keys.Throttled, NonCompliantUnread, "i NON_COMPLIANT");
        yield return Case("i) status missing", Keys.Unreadable(nothing), Default, "i failure");
        yield return Case(
            "i) status missing, recorded off", Keys.Unreadable(nothing) with { RecordedRotationStatus = false }, Default, "i failure");
        yield return Case("i) description failed", Keys.Bare with { DescriptionFailure = nothing }, Default, "i failure");
        yield return Case(
            "i) description failed, not a finding", Keys.Bare with { DescriptionFailure = nothing }, NonCompliantUnread, "i failure");
        yield return Case(
            "i) described, origin missing", Keys.Customer with { IsDescribed = true, Origin = null }, NonCompliantUnread, "i failure");
        yield return Case(
            "i) creation date denied",
            Keys.Off with { CreationDate = null, IsDescribed = false, DescriptionFailure = denied },
            Grace,
            "i failure");
        yield return Case("i) creation date missing", Keys.Off with { CreationDate = null }, Grace, "i failure");
        yield return Case(
            "i) creation date missing, as a finding",
            Keys.Off with { CreationDate = null },
            NonCompliantUnread with { NewKeyGraceInHours = 24 },
            "i NON_COMPLIANT");

        // ?) A missing fact is requested in the order of the letters, and only if it can change the verdict.
        yield return Case("?) nothing known", Keys.Bare, Default, "asks Description");
        yield return Case("?) manager unknown", Keys.Customer with { KeyManager = null }, Default, "asks Description");
        yield return Case("?) spec unknown", Keys.Customer with { KeySpec = null }, Default, "asks Description");
        yield return Case("?) origin unknown", Keys.Customer with { Origin = null }, Default, "asks Description");
        yield return Case("?) state unknown", Keys.Customer with { KeyState = null }, Default, "asks Description");
        yield return Case("?) spec unknown, imported: d", Keys.Customer with { KeySpec = null, Origin = "EXTERNAL" }, Default, "d NOT_APPLICABLE");
        yield return Case("?) status unknown", Keys.Customer with { Rotation = null }, Default, "asks RotationStatus");
        yield return Case("?) status unknown, recorded off", Keys.Customer with { Rotation = null, RecordedRotationStatus = false }, Default, "asks RotationStatus");
        yield return Case("?) off, not described", Keys.Off with { IsDescribed = false }, Default, "asks Description");
        yield return Case("?) off, not described, young", Young with { IsDescribed = false }, Grace, "asks Description");
        yield return Case("?) off, pending deletion: e", Keys.Off with { KeyState = "PendingDeletion" }, Default, "e NOT_APPLICABLE");
        yield return Case("?) off, description denied: k", Keys.Off with { IsDescribed = false, DescriptionFailure = denied }, Default, "k NON_COMPLIANT");
        yield return Case("?) off, description failed: i", Keys.Off with { IsDescribed = false, DescriptionFailure = nothing }, Default, "i failure");
        yield return Case("?) off, description failed, as a finding: i", Keys.Off with { IsDescribed = false, DescriptionFailure = nothing }, NonCompliantUnread, "i NON_COMPLIANT");
        yield return Case("?) on, not described: m", Keys.Customer, Default, "m COMPLIANT");
        yield return Case("?) creation date unknown, on: m", Keys.Customer with { CreationDate = null }, Grace, "m COMPLIANT");
        yield return Case(
            "?) creation date denied, no grace: k",
            Keys.Off with { CreationDate = null, IsDescribed = false, DescriptionFailure = denied },
            Default,
            "k NON_COMPLIANT");
        yield return Case(
            "?) creation date missing, no grace: k", Keys.Off with { CreationDate = null, IsDescribed = true }, Default, "k NON_COMPLIANT");

        // j) rotation is off, and the key is younger than newKeyGraceInHours
        yield return Case("j) young", Young, Grace, "j NOT_APPLICABLE");
        yield return Case(
            "j) one tick before the grace period ends",
            Keys.Off with { CreationDate = Keys.Now.AddHours(-24).AddTicks(1) },
            Grace,
            "j NOT_APPLICABLE");
        yield return Case(
            "j) created one minute in the future", Keys.Off with { CreationDate = Keys.Now.AddMinutes(1) }, Grace, "j NOT_APPLICABLE");
        yield return Case("j) denied, recorded off", Young with { Rotation = Keys.Denied.Rotation, RecordedRotationStatus = false }, Grace, "j NOT_APPLICABLE");
        yield return Case(
            "j) created one minute in the future, no grace: k",
            Keys.Off with { CreationDate = Keys.Now.AddMinutes(1) },
            Default,
            "k NON_COMPLIANT");
        yield return Case("j) grace period over: k", Keys.Off with { CreationDate = Keys.Now.AddHours(-24) }, Grace, "k NON_COMPLIANT");
        yield return Case("j) young, but period too long: l", Keys.Rotating(400) with { CreationDate = Young.CreationDate }, Grace, "l NON_COMPLIANT");

        // k) rotation is off
        yield return Case("k) off", Keys.Off, Default, "k NON_COMPLIANT");
        yield return Case("k) off, recorded on", Keys.Off with { RecordedRotationStatus = true }, Default, "k NON_COMPLIANT");
        yield return Case("k) primary", Keys.Primary with { IsDescribed = true, Rotation = new RotationStatus.Off() }, Default, "k NON_COMPLIANT");
        yield return Case("k) disabled replica", Keys.Replica with { KeyState = "Disabled", IsDescribed = true, Rotation = Keys.Off.Rotation }, EvaluateDisabled, "k NON_COMPLIANT");
        yield return Case("k) replica", Keys.Replica with { IsDescribed = true, Rotation = new RotationStatus.Off() }, Default, "k NON_COMPLIANT");
        foreach (var state in (string[])["Creating", "Updating", "Unavailable", "A_STATE_OF_TOMORROW"])
            yield return Case($"k) {state}", Keys.Off with { KeyState = state }, Default, "k NON_COMPLIANT");

        // l) and m) rotation is on
        foreach (var (days, most, letter) in ((int?, int, string)[])
        [
            (90, 90, "m COMPLIANT"), (91, 90, "l NON_COMPLIANT"), (365, 365, "m COMPLIANT"), (366, 365, "l NON_COMPLIANT"), (null, 365, "m COMPLIANT"),
            (null, 364, "l NON_COMPLIANT"), (2560, 2560, "m COMPLIANT"), (2560, 2559, "l NON_COMPLIANT"),
        ])
        {
            yield return Case($"{letter[0]}) every {days?.ToString() ?? "null"} days, at most {most}", Keys.Rotating(days), Default with { MaxRotationPeriodInDays = most }, letter);
        }

        yield return Case("m) on, recorded off", Keys.Customer with { RecordedRotationStatus = false }, Default, "m COMPLIANT");
        foreach (var scenario in Evidence().Concat(OnDemand()).Concat(Imported())) yield return scenario;
    }

    // p) rotation is on, and the key material is too old
    private static IEnumerable<TestCaseData> Evidence()
    {
        var require = Default with { RotationEvidence = RotationEvidence.Require };
        var nonCompliantUnread = NonCompliantUnread with { RotationEvidence = RotationEvidence.Require };
        var evaluateDisabled = EvaluateDisabled with { RotationEvidence = RotationEvidence.Require };
        var old = Keys.Rotating(365) with { CreationDate = Keys.Now.AddYears(-5) };
        yield return Case("p) not required: m", old, Default, "m COMPLIANT");
        yield return Case("p) not required, and never rotated: m", old with { Rotations = new RotationHistory.Known(null) }, Default, "m COMPLIANT");
        yield return Case("p) history unknown", old, require, "asks RotationHistory");
        yield return Case("p) never rotated", old with { Rotations = new RotationHistory.Known(null) }, require, "p NON_COMPLIANT");
        yield return Case("p) rotated yesterday: m", old.RotatedOn(Keys.Now.AddDays(-1)), require, "m COMPLIANT");
        yield return Case("p) rotated 369 days ago: m", old.RotatedOn(Keys.Now.AddDays(-369)), require, "m COMPLIANT");
        yield return Case("p) rotated 400 days ago", old.RotatedOn(Keys.Now.AddDays(-400)), require, "p NON_COMPLIANT");
        yield return Case("p) rotated 372 days ago: m", old.RotatedOn(Keys.Now.AddDays(-372)), require, "m COMPLIANT");
        yield return Case(
            "p) rotated 372 days and one tick ago", old.RotatedOn(Keys.Now.AddDays(-372).AddTicks(-1)), require, "p NON_COMPLIANT");
        yield return Case("p) rotated one hour in the future: m", old.RotatedOn(Keys.Now.AddHours(1)), require, "m COMPLIANT");
        yield return Case(
            "p) rotated over an hour in the future: i", old.RotatedOn(Keys.Now.AddHours(1).AddTicks(1)), require, "i failure");
        yield return Case("p) history denied: i", old with { Rotations = Keys.HistoryDenied }, require, "i failure");
        yield return Case("p) history denied, as a finding: i", old with { Rotations = Keys.HistoryDenied }, nonCompliantUnread, "i NON_COMPLIANT");
        yield return Case(
            "p) created 372 days ago, history not needed: m", old with { CreationDate = Keys.Now.AddDays(-372) }, require, "m COMPLIANT");
        yield return Case(
            "p) young, history denied: m", old with { CreationDate = Keys.Now, Rotations = Keys.HistoryDenied }, require, "m COMPLIANT");
        yield return Case(
            "p) created 372 days and one tick ago",
            old with { CreationDate = Keys.Now.AddDays(-372).AddTicks(-1) },
            require,
            "asks RotationHistory");
        yield return Case("p) created one hour in the future: m", old with { CreationDate = Keys.Now.AddHours(1) }, require, "m COMPLIANT");
        yield return Case(
            "p) created over an hour in the future",
            old with { CreationDate = Keys.Now.AddHours(1).AddTicks(1) },
            require,
            "asks RotationHistory");
        yield return Case(
            "p) created over an hour in the future, never rotated: i",
            old.NeverRotated(Keys.Now.AddHours(1).AddTicks(1)),
            require,
            "i failure");
        yield return Case("p) creation date unknown", old with { CreationDate = null }, require, "asks Description");
        yield return Case(
            "p) creation date missing", old with { CreationDate = null, IsDescribed = true }, require, "asks RotationHistory");
        yield return Case(
            "p) creation date denied", old with { CreationDate = null, DescriptionFailure = Denied }, require, "asks RotationHistory");
        yield return Case(
            "p) creation date denied, rotated: m",
            old.RotatedOn(Keys.Now) with { CreationDate = null, DescriptionFailure = Denied },
            require,
            "m COMPLIANT");
        yield return Case(
            "p) creation date denied, never rotated: i", old.NeverRotated(null) with { DescriptionFailure = Denied }, require, "i failure");
        yield return Case(
            "p) rotation in progress: m",
            old with { OnDemandRotationStartDate = Keys.Now.AddDays(-1).AddTicks(1) },
            require,
            "m COMPLIANT");
        yield return Case(
            "p) rotation in progress for a day",
            old with { OnDemandRotationStartDate = Keys.Now.AddDays(-1) },
            require,
            "asks RotationHistory");
        yield return Case(
            "p) rotation started one hour in the future: m",
            old with { OnDemandRotationStartDate = Keys.Now.AddHours(1) },
            require,
            "m COMPLIANT");
        yield return Case(
            "p) rotation started over an hour in the future",
            old with { OnDemandRotationStartDate = Keys.Now.AddHours(1).AddTicks(1) },
            require,
            "asks RotationHistory");
        yield return Case("p) disabled and evaluated", old.RotatedOn(Keys.Now.AddDays(-400)) with { KeyState = "Disabled" }, evaluateDisabled, "p NON_COMPLIANT");
        yield return Case("p) period too long: l", Keys.Rotating(400) with { CreationDate = old.CreationDate }, require, "l NON_COMPLIANT");
        yield return Case("p) off: k", Keys.Off with { CreationDate = old.CreationDate }, require, "k NON_COMPLIANT");
        yield return Case("p) tags unknown", old.RotatedOn(Keys.Now.AddDays(-400)) with { Tags = null }, require with { ExemptTagKey = "keep" }, "asks Tags");
        yield return Case("p) tags unknown, rotated: m", old.RotatedOn(Keys.Now) with { Tags = null }, require with { ExemptTagKey = "keep" }, "m COMPLIANT");

        var primary = Keys.Primary with { Rotation = new RotationStatus.On(365) };
        var replica = Keys.Replica with { Rotation = new RotationStatus.On(365) };
        yield return Case(
            "p) young primary, history still needed", primary with { CreationDate = Keys.Now }, require, "asks RotationHistory");
        yield return Case("p) primary, creation date unknown", primary with { CreationDate = null }, require, "asks RotationHistory");
        yield return Case("p) young primary, never rotated: m", primary.NeverRotated(Keys.Now), require, "m COMPLIANT");
        yield return Case("p) primary, creation date unknown, never rotated", primary.NeverRotated(null), require, "asks Description");
        yield return Case(
            "p) young replica, history still needed", replica with { CreationDate = Keys.Now }, require, "asks RotationHistory");
        yield return Case(
            "p) young replica, rotated before creation",
            replica.RotatedOn(Keys.Now.AddDays(-400)) with { CreationDate = Keys.Now },
            require,
            "p NON_COMPLIANT");
        yield return Case("p) young replica, rotated: m", replica.RotatedOn(Keys.Now) with { CreationDate = Keys.Now }, require, "m COMPLIANT");
        yield return Case("p) young replica, never rotated: g", replica.NeverRotated(Keys.Now.AddDays(-372)), require, "g NOT_APPLICABLE");
        yield return Case("p) old replica, never rotated", replica.NeverRotated(Keys.Now.AddDays(-372).AddTicks(-1)), require, "p NON_COMPLIANT");
    }

    // o) rotation is off, but the key was rotated
    private static IEnumerable<TestCaseData> OnDemand()
    {
        var count = Default with { OnDemandRotation = OnDemandRotation.Count };
        var young = Young with { Rotations = null };
        yield return Case("o) not counted: k", Keys.Off.RotatedOn(Keys.Now), Default, "k NON_COMPLIANT");
        yield return Case("o) history unknown", Keys.Off, count, "asks RotationHistory");
        yield return Case("o) rotated", Keys.Off.RotatedOn(Keys.Now), count, "o COMPLIANT");
        yield return Case("o) rotated 365 days ago", Keys.Off.RotatedOn(Keys.Now.AddDays(-365)), count, "o COMPLIANT");
        yield return Case(
            "o) rotated 365 days and one tick ago: k", Keys.Off.RotatedOn(Keys.Now.AddDays(-365).AddTicks(-1)), count, "k NON_COMPLIANT");
        yield return Case("o) young and never rotated: k", Keys.Off.NeverRotated(Keys.Now), count, "k NON_COMPLIANT");
        yield return Case("o) creation date unknown, never rotated: k", Keys.Off.NeverRotated(null), count, "k NON_COMPLIANT");
        yield return Case(
            "o) rotation in progress: k",
            Keys.Off.NeverRotated(Keys.Now) with { OnDemandRotationStartDate = Keys.Now },
            count,
            "k NON_COMPLIANT");
        yield return Case(
            "o) rotated over an hour in the future: i", Keys.Off.RotatedOn(Keys.Now.AddHours(1).AddTicks(1)), count, "i failure");
        yield return Case("o) history denied: i", Keys.Off with { Rotations = Keys.HistoryDenied }, count, "i failure");
        yield return Case("o) status denied, recorded off", Keys.Denied.RotatedOn(Keys.Now) with { RecordedRotationStatus = false, IsDescribed = true }, count, "o COMPLIANT");
        yield return Case("o) off, not described", Keys.Off with { IsDescribed = false }, count, "asks Description");
        yield return Case("o) within the grace period: j", young, count with { NewKeyGraceInHours = 24 }, "j NOT_APPLICABLE");
        yield return Case("o) rotation on: m", Keys.Customer, count, "m COMPLIANT");
        yield return Case("o) rotation on, period too long: l", Keys.Rotating(400).RotatedOn(Keys.Now), count, "l NON_COMPLIANT");
        yield return Case("o) tags unknown", Keys.Off.NeverRotated(Keys.Now) with { Tags = null }, count with { ExemptTagKey = "keep" }, "asks Tags");
        yield return Case("o) tags and history unknown", Keys.Off with { Tags = null }, count with { ExemptTagKey = "keep" }, "asks RotationHistory");
        yield return Case("o) tags unknown, rotated", Keys.Off.RotatedOn(Keys.Now) with { Tags = null }, count with { ExemptTagKey = "keep" }, "o COMPLIANT");
    }

    // d), n) and o) the key material is imported
    private static IEnumerable<TestCaseData> Imported()
    {
        var evaluate = Default with { ImportedKeys = ImportedKeys.Evaluate };
        var key = Keys.Imported;
        var old = key.RotatedOn(Keys.Now.AddDays(-365).AddTicks(-1));
        yield return Case("d) imported, pending import, evaluated", key with { KeyState = "PendingImport" }, evaluate, "d NOT_APPLICABLE");
        yield return Case(
            "d) pending import, but not imported: k", Keys.Off with { KeyState = "PendingImport" }, evaluate, "k NON_COMPLIANT");
        yield return Case("d) CloudHSM, imported evaluated", key with { Origin = "AWS_CLOUDHSM" }, evaluate, "d NOT_APPLICABLE");
        yield return Case("d) origin unknown, imported evaluated", key with { Origin = null, IsDescribed = false }, evaluate, "asks Description");
        yield return Case("d) state unknown, imported evaluated", key with { KeyState = null, IsDescribed = false }, evaluate, "asks Description");
        yield return Case("d) RSA, imported evaluated: c", key with { KeySpec = "RSA_2048" }, evaluate, "c NOT_APPLICABLE");
        yield return Case(
            "d) imported, pending deletion, evaluated: e", key with { KeyState = "PendingDeletion" }, evaluate, "e NOT_APPLICABLE");
        yield return Case("d) imported, disabled, evaluated: f", old with { KeyState = "Disabled" }, evaluate, "f NOT_APPLICABLE");
        yield return Case("n) imported, disabled, both evaluated", old with { KeyState = "Disabled" }, evaluate with { DisabledKeys = DisabledKeys.Evaluate }, "n NON_COMPLIANT");
        yield return Case("n) history unknown, status not requested", key with { Rotation = null }, evaluate, "asks RotationHistory");
        yield return Case("n) never rotated, young: o", key.NeverRotated(Keys.Now.AddDays(-365)), evaluate, "o COMPLIANT");
        yield return Case(
            "n) never rotated, young, status not requested: o",
            key.NeverRotated(Keys.Now) with { Rotation = null, IsDescribed = false },
            evaluate,
            "o COMPLIANT");
        yield return Case("n) never rotated, old", key.NeverRotated(Keys.Now.AddDays(-365).AddTicks(-1)), evaluate, "n NON_COMPLIANT");
        yield return Case(
            "n) never rotated, created over an hour in the future: i",
            key.NeverRotated(Keys.Now.AddHours(1).AddTicks(1)),
            evaluate,
            "i failure");
        yield return Case(
            "n) never rotated, creation date unknown", key.NeverRotated(null) with { IsDescribed = false }, evaluate, "asks Description");
        yield return Case("n) never rotated, creation date missing: i", key.NeverRotated(null), evaluate, "i failure");
        yield return Case("n) rotated: o", key.RotatedOn(Keys.Now), evaluate, "o COMPLIANT");
        yield return Case("n) rotated 365 days ago: o", key.RotatedOn(Keys.Now.AddDays(-365)), evaluate, "o COMPLIANT");
        yield return Case("n) rotated 365 days and one tick ago", old, evaluate, "n NON_COMPLIANT");
        yield return Case("n) rotated too long ago, not described", old with { IsDescribed = false }, evaluate, "asks Description");
        yield return Case("n) rotated too long ago, description denied", old with { IsDescribed = false, DescriptionFailure = Denied }, evaluate, "n NON_COMPLIANT");
        yield return Case("n) rotated too long ago, description failed: i", old with { IsDescribed = false, DescriptionFailure = new("KMSInternalException") }, evaluate, "i failure");
        yield return Case("n) rotated too long ago, status unknown", old with { Rotation = null }, evaluate, "asks RotationStatus");
        yield return Case("n) rotated too long ago, status unsupported", old with { Rotation = new RotationStatus.Unsupported() }, evaluate, "n NON_COMPLIANT");
        yield return Case("n) rotated too long ago, status denied: i", old with { Rotation = Keys.Denied.Rotation }, evaluate, "i failure");
        yield return Case("n) rotated too long ago, status denied, recorded off: i", old with { Rotation = Keys.Denied.Rotation, RecordedRotationStatus = false }, evaluate, "i failure");
        yield return Case(
            "n) rotation in progress: o",
            old with { OnDemandRotationStartDate = Keys.Now.AddDays(-1).AddTicks(1) },
            evaluate,
            "o COMPLIANT");
        yield return Case(
            "n) rotation in progress for a day",
            old with { OnDemandRotationStartDate = Keys.Now.AddDays(-1) },
            evaluate,
            "n NON_COMPLIANT");
        yield return Case("n) history denied: i", key with { Rotations = Keys.HistoryDenied }, evaluate, "i failure");
        yield return Case("n) exempt: h", old, evaluate with { ExemptKeyIds = new HashSet<string> { Keys.Id } }, "h NOT_APPLICABLE");
        yield return Case("n) tags unknown", old with { Tags = null }, evaluate with { ExemptTagKey = "keep" }, "asks Tags");
        yield return Case(
            "n) within the grace period: o", key.NeverRotated(Keys.Now), evaluate with { NewKeyGraceInHours = 24 }, "o COMPLIANT");

        var replica = Keys.Replica with { Origin = "EXTERNAL", IsDescribed = true, Rotation = new RotationStatus.Off() };
        yield return Case("n) young replica, never rotated: g", replica.NeverRotated(Keys.Now.AddDays(-365)), evaluate, "g NOT_APPLICABLE");
        yield return Case("n) old replica, never rotated", replica.NeverRotated(Keys.Now.AddDays(-366)), evaluate, "n NON_COMPLIANT");
        yield return Case("n) replica, rotated: o", replica.RotatedOn(Keys.Now), evaluate, "o COMPLIANT");
        yield return Case("n) replica skipped: g", replica, evaluate with { ReplicaKeys = ReplicaKeys.Skip }, "g NOT_APPLICABLE");
        yield return Case("n) primary, never rotated: o", Keys.Primary.NeverRotated(Keys.Now) with { Origin = "EXTERNAL" }, evaluate, "o COMPLIANT");
    }

    private static ReadFailure Denied { get; } = new("AccessDeniedException", AccessDenied: true);

    private static KeyFacts Young { get; } = Keys.Off with { CreationDate = Keys.Now.AddHours(-1) };

    private static KeyFacts TagsDenied(KeyFacts key) => key with { Tags = null, TagsFailure = new("AccessDeniedException", AccessDenied: true) };

    private static TestCaseData Case(string name, KeyFacts key, RuleParameters parameters, string expected) =>
        new TestCaseData(key, parameters, expected).SetArgDisplayNames(name);
}
