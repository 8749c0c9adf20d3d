namespace KeyRotation.Core;

/// <summary>
/// Compliance of one KMS key: its key material is rotated automatically, at least every <c>maxRotationPeriodInDays</c> days. Parameters can
/// also require a rotation within that time, or accept one instead. The first scenario that matches gives the verdict.
/// <code>
/// a) the key is deleted, not recorded, or left the rule's scope                        NOT_APPLICABLE
/// b) AWS manages the key                                                               NOT_APPLICABLE
/// c) the key spec is anything but SYMMETRIC_DEFAULT                                    NOT_APPLICABLE
/// d) the key material does not come from KMS: imported, CloudHSM, external key store   NOT_APPLICABLE
/// e) the key is scheduled for deletion                                                 NOT_APPLICABLE
/// f) the key is disabled, and disabledKeys=skip                                        NOT_APPLICABLE
/// g) the key is a multi-Region replica, and replicaKeys=skip                           NOT_APPLICABLE
/// h) the key is exempt, by exemptKeyIds or by an unexpired exemptTagKey                NOT_APPLICABLE
/// i) a fact that decides is unreadable: unreadableKeys=fail     no verdict, the invocation fails
///                                    unreadableKeys=nonCompliant                       NON_COMPLIANT
/// n) imported, and its key material is older than maxRotationPeriodInDays              NON_COMPLIANT
/// o) imported, and its key material is not older                                       COMPLIANT
/// j) rotation is off, and the key is younger than newKeyGraceInHours                   NOT_APPLICABLE
/// o) rotation is off, onDemandRotation=count, and it was rotated within that time      COMPLIANT
/// k) rotation is off                                                                   NON_COMPLIANT
/// l) rotation is on, but its period is longer than maxRotationPeriodInDays             NON_COMPLIANT
/// p) rotation is on, rotationEvidence=require, and rotation is over 7 days overdue     NON_COMPLIANT
/// m) rotation is on, and its period is within maxRotationPeriodInDays                  COMPLIANT
/// </code>
/// With importedKeys=evaluate, d) applies only to imported keys that have no key material yet. Key material dates from the newest rotation,
/// of either type, or if there was none, from the key's creation. A replica that was never rotated can be younger than its material: if it
/// is not too old itself, g) applies, and the age of its primary key is judged. If a fact is missing, the next scenario that is known to
/// match gives the verdict: a) to h) have the same verdict, so the fact could not change it. The rule requests only the next fact that it
/// needs (<see cref="Judgment.Pending"/>): a key that a) to h) decide costs no call if their facts are known.
/// </summary>
internal static class KeyRule
{
    /// <summary>
    /// The period of a key with rotation on, if KMS returns none. Source: KMS API Reference, EnableKeyRotation, RotationPeriodInDays.
    /// </summary>
    public const int DefaultRotationPeriodInDays = 365;

    /// <summary>KMS rotates automatically on the due day or soon after it.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromDays(7);

    public static Judgment Judge(KeyFacts key, RuleParameters parameters, DateTimeOffset now)
    {
        var exemption = Exemption.Of(key, parameters, now);
        var judgment = Judge(key, parameters, now, exemption);

        // The tags are worth a call only if an exemption could change the verdict. If they cannot be read, the verdict is uncertain.
        return (judgment, exemption) switch
        {
            (Verdict.NonCompliant or Verdict.Unreadable, Exemption.Unknown { Failure: null }) => new Judgment.Pending(Question.Tags),
            (Verdict.NonCompliant, Exemption.Unknown { Failure: { } failure }) => Unreadable("exemption tag", failure, parameters, exemption),
            _ => judgment,
        };
    }

    private static Judgment Judge(KeyFacts key, RuleParameters parameters, DateTimeOffset now, Exemption exemption) => key.Rotation switch
    {
        _ when key.IsGone =>
            NotApplicable('a', "The key is deleted, or AWS Config no longer evaluates it with this rule."),
        _ when key.KeyManager == "AWS" =>
            NotApplicable('b', "AWS managed key: AWS rotates it every year, and its rotation cannot be changed."),
        _ when key.KeySpec is not (null or "SYMMETRIC_DEFAULT") =>
            NotApplicable('c', $"Key spec {key.KeySpec}: KMS rotates SYMMETRIC_DEFAULT keys only."),
        _ when IsImportedAndJudged(key, parameters) && key.KeyState == "PendingImport" =>
            NotApplicable('d', "Key state PendingImport: the key has no key material yet."),
        _ when key.Origin is not (null or "AWS_KMS") && !IsImportedAndJudged(key, parameters) =>
            NotApplicable('d', $"Origin {key.Origin}: KMS automatically rotates only key material that it generated."),
        _ when key.KeyState is "PendingDeletion" or "PendingReplicaDeletion" =>
            NotApplicable('e', $"Key state {key.KeyState}: the key is scheduled for deletion."),
        _ when key.KeyState == "Disabled" && parameters.DisabledKeys == DisabledKeys.Skip =>
            NotApplicable('f', "The key is disabled: KMS does not rotate it until it is enabled again."),
        _ when key.IsReplica && parameters.ReplicaKeys == ReplicaKeys.Skip =>
            NotApplicable('g', $"Replica key: its rotation is set on, and judged at, {PrimaryOf(key)}."),
        _ when exemption is Exemption.Holds holds =>
            NotApplicable('h', holds.Finding),

        // The kind of the key is not known. Then not even unreadableKeys=nonCompliant may make it NON_COMPLIANT.
        _ when key.MissingFact is not null && key.DescriptionFailure is not null =>
            new Verdict.Unreadable($"The key could not be described: {key.DescriptionFailure.Sentence}."),
        _ when key.MissingFact is not null && key.IsDescribed =>
            new Verdict.Unreadable($"DescribeKey returned no {key.MissingFact}."),
        _ when key.MissingFact is not null =>
            new Judgment.Pending(Question.Description),

        _ when IsImportedAndJudged(key, parameters) =>
            JudgeImported(key, parameters, now, exemption),
        null =>
            new Judgment.Pending(Question.RotationStatus),
        RotationStatus.Unsupported =>
            NotApplicable('d', "KMS does not support automatic rotation of this key (UnsupportedOperationException)."),

        // KMS returns off for a key in PendingDeletion, whatever was set, and the item may be older than that. If KMS denies the call, the
        // item's value is used.
        _ when key.IsRotationOff && key.IsDescriptionOpen =>
            new Judgment.Pending(Question.Description),
        _ when key.IsRotationOff && key.DescriptionFailure is { AccessDenied: false } =>
            Unreadable("key state", key.DescriptionFailure, parameters, exemption),
        _ when key.IsRotationOff && now < GraceEnd(key, parameters) =>
            NotApplicable('j', $"New key, rotation is off: turn it on by {GraceEnd(key, parameters):yyyy-MM-dd HH:mm} UTC."),
        _ when IsAgeMissing(key, parameters) =>
            Unreadable("creation date", key.CreationDateFailure, parameters, exemption),
        _ when key.IsRotationOff && parameters.OnDemandRotation == OnDemandRotation.Count =>
            JudgeRotatedOnDemand(key, parameters, now, exemption),
        _ when key.IsRotationOff =>
            NonCompliant('k', $"Rotation is off; required at least every {parameters.MaxRotationPeriodInDays} days.", exemption),

        RotationStatus.On { PeriodInDays: var days } when (days ?? DefaultRotationPeriodInDays) > parameters.MaxRotationPeriodInDays =>
            NonCompliant('l', $"Rotation period is {days ?? DefaultRotationPeriodInDays} days; at most {parameters.MaxRotationPeriodInDays} is allowed.", exemption),
        RotationStatus.On on when parameters.RotationEvidence == RotationEvidence.Require =>
            JudgeRotation(on, key, parameters, now, exemption),
        RotationStatus.On on =>
            RotationIsOn(on, parameters),

        // i) comes last, so that a status that is neither on nor off is never mistaken for one of them.
        var rotation => Unreadable("rotation status", ((RotationStatus.Unreadable)rotation).Failure, parameters, exemption),
    };

    /// <summary>KMS rotates imported key material on demand only, so only the last rotation shows whether the key is rotated.</summary>
    private static Judgment JudgeImported(KeyFacts key, RuleParameters parameters, DateTimeOffset now, Exemption exemption) =>
        KeyMaterial.Of(key, now) switch
        {
            KeyMaterial.Pending { Question: var question } =>
                new Judgment.Pending(question),
            KeyMaterial.Unreadable { What: var what, Failure: var failure } =>
                Unreadable(what, failure, parameters, exemption),

            KeyMaterial.Since { Date: var date } when date < Limit(parameters, now) =>
                JudgeOldImported(date, key, parameters, exemption),
            KeyMaterial.Since { IsRotated: false, Date: var date } when key.IsReplica =>
                OfPrimary(key, date),
            KeyMaterial.Since { Date: var date } =>
                new Verdict.Compliant('o', $"Imported key material is from {Day(date)}; at most {parameters.MaxRotationPeriodInDays} days are allowed."),
            var rotating =>
                new Verdict.Compliant('o', $"Imported key material is being rotated, since {Day(((KeyMaterial.Rotating)rotating).StartDate)}."),
        };

    /// <summary>As for a key whose rotation is off, the item may be old. Also, a rotation on demand may be running.</summary>
    private static Judgment JudgeOldImported(DateTimeOffset date, KeyFacts key, RuleParameters parameters, Exemption exemption) =>
        key switch
        {
            { IsDescriptionOpen: true } =>
                new Judgment.Pending(Question.Description),
            { DescriptionFailure: { AccessDenied: false } failure } =>
                Unreadable("key state", failure, parameters, exemption),
            { Rotation: null } =>
                new Judgment.Pending(Question.RotationStatus),
            { Rotation: RotationStatus.Unreadable { Failure: var failure } } =>
                Unreadable("rotation status", failure, parameters, exemption),
            _ => new Verdict.NonCompliant(
                'n', $"Imported key material is from {Day(date)}; at most {parameters.MaxRotationPeriodInDays} days are allowed.{exemption.Note}", Fix.ImportKeyMaterialThenRotate),
        };

    /// <summary>Automatic rotation is off.</summary>
    private static Judgment JudgeRotatedOnDemand(KeyFacts key, RuleParameters parameters, DateTimeOffset now, Exemption exemption) =>
        KeyMaterial.LastRotation(key, now) switch
        {
            KeyMaterial.Pending { Question: var question } =>
                new Judgment.Pending(question),
            KeyMaterial.Unreadable { What: var what, Failure: var failure } =>
                Unreadable(what, failure, parameters, exemption),
            KeyMaterial.Since { Date: var date } when date >= Limit(parameters, now) =>
                new Verdict.Compliant('o', $"Rotation is off, but the key was rotated on {Day(date)}; at most {parameters.MaxRotationPeriodInDays} days are allowed."),
            KeyMaterial.Since { Date: var date } =>
                NonCompliant('k', $"Rotation is off, and the key was last rotated on {Day(date)}; at most {parameters.MaxRotationPeriodInDays} days are allowed.", exemption),
            _ =>
                NonCompliant('k', $"Rotation is off, and the key was never rotated; required at least every {parameters.MaxRotationPeriodInDays} days.", exemption),
        };

    /// <summary>Rotation is on, with a period that is allowed. A younger key need not have been rotated.</summary>
    private static Judgment JudgeRotation(
        RotationStatus.On on, KeyFacts key, RuleParameters parameters, DateTimeOffset now, Exemption exemption) =>
        KeyMaterial.Of(key, now) switch
        {
            _ when key is { IsMultiRegion: false, CreationDate: null, IsDescriptionOpen: true } =>
                new Judgment.Pending(Question.Description),
            _ when !key.IsMultiRegion && key.CreationDate is { } created
                && created >= Limit(parameters, now) - Tolerance && !KeyMaterial.IsInFuture(created, now) =>
                RotationIsOn(on, parameters),
            KeyMaterial.Pending { Question: var question } =>
                new Judgment.Pending(question),
            KeyMaterial.Unreadable { What: var what, Failure: var failure } =>
                Unreadable(what, failure, parameters, exemption),
            KeyMaterial.Since { Date: var date } when date < Limit(parameters, now) - Tolerance => new Verdict.NonCompliant(
                'p', $"Key material is from {Day(date)}; at most {parameters.MaxRotationPeriodInDays} days are allowed.{exemption.Note}", Fix.RotateKeyOnDemand),
            KeyMaterial.Since { IsRotated: false, Date: var date } when key.IsReplica =>
                OfPrimary(key, date),
            KeyMaterial.Since { Date: var date } =>
                RotationIsOn(on, parameters, $" Key material is from {Day(date)}."),
            var rotating =>
                RotationIsOn(on, parameters, $" Key material is being rotated, since {Day(((KeyMaterial.Rotating)rotating).StartDate)}."),
        };

    private static Verdict.Compliant RotationIsOn(RotationStatus.On on, RuleParameters parameters, string evidence = "") => new(
        'm', $"Rotation is on, every {on.PeriodInDays ?? DefaultRotationPeriodInDays} days; at most {parameters.MaxRotationPeriodInDays} is allowed.{evidence}");

    private static Verdict.NotApplicable OfPrimary(KeyFacts key, DateTimeOffset created) =>
        NotApplicable('g', $"Replica key, not rotated since it was created on {Day(created)}: the age of its key material is judged at {PrimaryOf(key)}.");

    private static string PrimaryOf(KeyFacts key) => $"the primary key {key.PrimaryKeyArn}".TrimEnd();

    private static string Day(DateTimeOffset date) => $"{date.UtcDateTime:yyyy-MM-dd}";

    /// <summary>The oldest that key material may be.</summary>
    private static DateTimeOffset Limit(RuleParameters parameters, DateTimeOffset now) => now.AddDays(-parameters.MaxRotationPeriodInDays);

    private static bool IsImportedAndJudged(KeyFacts key, RuleParameters parameters) =>
        key.Origin == "EXTERNAL" && parameters.ImportedKeys == ImportedKeys.Evaluate;

    private static DateTimeOffset? GraceEnd(KeyFacts key, RuleParameters parameters) =>
        parameters.NewKeyGraceInHours > 0 ? key.CreationDate?.AddHours(parameters.NewKeyGraceInHours).ToUniversalTime() : null;

    private static bool IsAgeMissing(KeyFacts key, RuleParameters parameters) =>
        key.IsRotationOff && key.CreationDate is null && parameters.NewKeyGraceInHours > 0;

    private static Verdict.NotApplicable NotApplicable(char scenario, string finding) => new(scenario, finding);

    private static Verdict.NonCompliant NonCompliant(char scenario, string finding, Exemption exemption) =>
        new(scenario, finding + exemption.Note, Fix.EnableKeyRotation);

    /// <summary>Scenario i: <c>unreadableKeys</c> decides whether an unreadable key is a failure or a finding.</summary>
    private static Verdict Unreadable(string what, ReadFailure failure, RuleParameters parameters, Exemption exemption) =>
        parameters.UnreadableKeys == UnreadableKeys.NonCompliant
            ? new Verdict.NonCompliant('i', $"The {what} could not be read: {failure.Cause}.{exemption.Note}", failure.AccessDenied ? Fix.AllowReading : Fix.Wait)
            : new Verdict.Unreadable($"The {what} could not be read: {failure.Sentence}.");
}
