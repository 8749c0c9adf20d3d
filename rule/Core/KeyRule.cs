namespace KeyRotation.Core;

/// <summary>
/// Compliance of one KMS key: its key material is rotated automatically, at least every <c>maxRotationPeriodInDays</c> days.
/// The first scenario that matches decides.
/// <code>
/// a) the key is deleted, not recorded, or left the rule's scope                        NOT_APPLICABLE
/// b) AWS manages the key                                                               NOT_APPLICABLE
/// c) the key spec is anything but SYMMETRIC_DEFAULT                                    NOT_APPLICABLE
/// d) the key material does not come from KMS: imported, CloudHSM, external key store   NOT_APPLICABLE
/// e) the key is scheduled for deletion                                                 NOT_APPLICABLE
/// f) the key is disabled, and disabledKeys=skip                                        NOT_APPLICABLE
/// g) the key is a multi-Region replica, and replicaKeys=skip                           NOT_APPLICABLE
/// h) the key is exempt, by exemptKeyIds or by an unexpired exemptTagKey                NOT_APPLICABLE
/// i) what decides could not be read: unreadableKeys=fail        no verdict, the invocation fails
///                                    unreadableKeys=nonCompliant                       NON_COMPLIANT
/// j) rotation is off, and the key is younger than newKeyGraceInHours                   NOT_APPLICABLE
/// k) rotation is off                                                                   NON_COMPLIANT
/// l) rotation is on, but its period is longer than maxRotationPeriodInDays             NON_COMPLIANT
/// m) rotation is on, and its period is within maxRotationPeriodInDays                  COMPLIANT
/// </code>
/// Where a fact is missing, the next scenario that is known to hold decides: a) to h) are one verdict, so what is missing could not change it.
/// The rule only asks for what it needs next (<see cref="Judgment.Pending"/>), so a key that a) to h) decide costs no call where they are known.
/// </summary>
internal static class KeyRule
{
    /// <summary>What a rotating key has where KMS names no period. Source: KMS API Reference, EnableKeyRotation, RotationPeriodInDays.</summary>
    public const int DefaultRotationPeriodInDays = 365;

    public static Judgment Judge(KeyFacts key, RuleParameters parameters, DateTimeOffset now)
    {
        var exemption = Exemption.Of(key, parameters, now);
        var judgment = Judge(key, parameters, now, exemption);

        // The tags are worth a call only where they could spare the key a finding; unread, they leave the finding in doubt.
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
        _ when key.Origin is not (null or "AWS_KMS") =>
            NotApplicable('d', $"Origin {key.Origin}: KMS automatically rotates only key material that it generated."),
        _ when key.KeyState is "PendingDeletion" or "PendingReplicaDeletion" =>
            NotApplicable('e', $"Key state {key.KeyState}: the key is scheduled for deletion."),
        _ when key.KeyState == "Disabled" && parameters.DisabledKeys == DisabledKeys.Skip =>
            NotApplicable('f', "The key is disabled: KMS does not rotate it until it is enabled again."),
        _ when key.IsReplica && parameters.ReplicaKeys == ReplicaKeys.Skip =>
            NotApplicable('g', $"Replica key: its rotation is set on, and judged at, the primary key {key.PrimaryKeyArn}".TrimEnd() + "."),
        _ when exemption is Exemption.Holds holds =>
            NotApplicable('h', holds.Finding),

        // What kind of key it is cannot be told: not even unreadableKeys=nonCompliant may then call it NON_COMPLIANT.
        _ when key.MissingFact is not null && key.DescriptionFailure is not null =>
            new Verdict.Unreadable($"The key could not be described: {key.DescriptionFailure.Sentence}."),
        _ when key.MissingFact is not null && key.IsDescribed =>
            new Verdict.Unreadable($"DescribeKey answered without {key.MissingFact}."),
        _ when key.MissingFact is not null =>
            new Judgment.Pending(Question.Description),

        null =>
            new Judgment.Pending(Question.RotationStatus),
        RotationStatus.Unsupported =>
            NotApplicable('d', "KMS does not support automatic rotation of this key (UnsupportedOperationException)."),

        // KMS says off for a key in PendingDeletion, whatever was set, and the item may be older than that. Where KMS may not be asked, the
        // item's word stands.
        _ when key.IsRotationOff && !key.IsDescribed && key.DescriptionFailure is null =>
            new Judgment.Pending(Question.Description),
        _ when key.IsRotationOff && key.DescriptionFailure is { AccessDenied: false } =>
            Unreadable("key state", key.DescriptionFailure, parameters, exemption),
        _ when key.IsRotationOff && now < GraceEnd(key, parameters) =>
            NotApplicable('j', $"New key, rotation is off: turn it on by {GraceEnd(key, parameters):yyyy-MM-dd HH:mm} UTC."),
        _ when IsAgeMissing(key, parameters) && key.DescriptionFailure is not null =>
            Unreadable("creation date", key.DescriptionFailure, parameters, exemption),
        _ when IsAgeMissing(key, parameters) =>
            Unreadable("creation date", new("KMS answered without CreationDate"), parameters, exemption),
        _ when key.IsRotationOff =>
            NonCompliant('k', $"Rotation is off; required at least every {parameters.MaxRotationPeriodInDays} days.", key, exemption),

        RotationStatus.On { PeriodInDays: var days } when (days ?? DefaultRotationPeriodInDays) > parameters.MaxRotationPeriodInDays =>
            NonCompliant('l', $"Rotation period is {days ?? DefaultRotationPeriodInDays} days; at most {parameters.MaxRotationPeriodInDays} is allowed.", key, exemption),
        RotationStatus.On { PeriodInDays: var days } =>
            new Verdict.Compliant('m', $"Rotation is on, every {days ?? DefaultRotationPeriodInDays} days; at most {parameters.MaxRotationPeriodInDays} is allowed."),

        // i) comes last, so that whatever is neither on nor off can never be taken for one of them.
        var rotation => Unreadable("rotation status", ((RotationStatus.Unreadable)rotation).Failure, parameters, exemption),
    };

    private static DateTimeOffset? GraceEnd(KeyFacts key, RuleParameters parameters) =>
        parameters.NewKeyGraceInHours > 0 ? key.CreationDate?.AddHours(parameters.NewKeyGraceInHours).ToUniversalTime() : null;

    private static bool IsAgeMissing(KeyFacts key, RuleParameters parameters) =>
        key.IsRotationOff && key.CreationDate is null && parameters.NewKeyGraceInHours > 0;

    private static Verdict.NotApplicable NotApplicable(char scenario, string finding) => new(scenario, finding);

    private static Verdict.NonCompliant NonCompliant(char scenario, string finding, KeyFacts key, Exemption exemption) =>
        new(scenario, finding + exemption.Note, key.KeyState == "Disabled" ? Fix.EnableKeyThenRotation : Fix.EnableKeyRotation);

    /// <summary>Scenario i: the parameter says whether "could not be read" is a failure or a finding.</summary>
    private static Verdict Unreadable(string what, ReadFailure failure, RuleParameters parameters, Exemption exemption) =>
        parameters.UnreadableKeys == UnreadableKeys.NonCompliant
            ? new Verdict.NonCompliant('i', $"The {what} could not be read: {failure.Cause}.{exemption.Note}", failure.AccessDenied ? Fix.AllowReading : Fix.Wait)
            : new Verdict.Unreadable($"The {what} could not be read: {failure.Sentence}.");
}
