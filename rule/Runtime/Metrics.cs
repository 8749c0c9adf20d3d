using KeyRotation.Sweeping;

namespace KeyRotation.Runtime;

/// <summary>The CloudWatch metrics in the summary line of every invocation. The dashboard and the alarms read them.</summary>
internal static class Metrics
{
    public const string Namespace = "KmsKeyRotation";

    public static readonly IReadOnlyList<string> Dimensions = ["RuleName", "Trigger"];

    /// <summary>For an organization, in which the rule has a different name in each account.</summary>
    public static readonly IReadOnlyList<string> DimensionsWithoutRule = ["Trigger"];

    public const string Compliant = nameof(Compliant);
    public const string NonCompliant = nameof(NonCompliant);
    public const string NotApplicable = nameof(NotApplicable);

    /// <summary>The reasons of NON_COMPLIANT: scenarios k, l, n with p, and i.</summary>
    public const string RotationOff = nameof(RotationOff);
    public const string PeriodTooLong = nameof(PeriodTooLong);
    public const string KeyMaterialTooOld = nameof(KeyMaterialTooOld);
    public const string UnreadableNonCompliant = nameof(UnreadableNonCompliant);

    /// <summary>Keys that could not be judged.</summary>
    public const string Unreadable = nameof(Unreadable);

    public const string Reported = nameof(Reported);

    /// <summary>Evaluations that were not sent, because AWS Config holds them already.</summary>
    public const string Unchanged = nameof(Unchanged);

    /// <summary>Stale results withdrawn.</summary>
    public const string Cleaned = nameof(Cleaned);

    public const string KeysListed = nameof(KeysListed);

    /// <summary>Keys that were not judged because time ran out.</summary>
    public const string KeysLeft = nameof(KeysLeft);

    public const string KmsCalls = nameof(KmsCalls);
    public const string ConfigCalls = nameof(ConfigCalls);
    public const string CloudFormationCalls = nameof(CloudFormationCalls);
    public const string StsCalls = nameof(StsCalls);
    public const string Throttles = nameof(Throttles);

    /// <summary>In milliseconds, as is <see cref="RemainingTime"/>.</summary>
    public const string Duration = nameof(Duration);
    public const string RemainingTime = nameof(RemainingTime);

    /// <summary>1 if the invocation failed; otherwise 0.</summary>
    public const string Failed = nameof(Failed);

    /// <summary>1 if a sweep judged and reported everything; otherwise 0. Sweeps only.</summary>
    public const string SweepFinished = nameof(SweepFinished);

    /// <summary>
    /// A sweep that did not see the whole account writes none of these: partial counts or zeros would be mistaken for the account's.
    /// </summary>
    public static readonly IReadOnlyList<string> Verdicts =
        [Compliant, NonCompliant, NotApplicable, RotationOff, PeriodTooLong, KeyMaterialTooOld, UnreadableNonCompliant];

    public static readonly IReadOnlyList<string> All =
    [
        .. Verdicts, Unreadable, Reported, Unchanged, Cleaned, KeysListed, KeysLeft,
        KmsCalls, ConfigCalls, CloudFormationCalls, StsCalls, Throttles, Duration, RemainingTime, Failed, SweepFinished,
    ];

    public static int CountOf(Tally tally, string metric) => metric switch
    {
        Compliant => tally.Verdicts.Compliant,
        NonCompliant => tally.Verdicts.NonCompliant,
        NotApplicable => tally.Verdicts.NotApplicable,
        RotationOff => tally.Verdicts.RotationOff,
        PeriodTooLong => tally.Verdicts.PeriodTooLong,
        KeyMaterialTooOld => tally.Verdicts.KeyMaterialTooOld,
        UnreadableNonCompliant => tally.Verdicts.UnreadableNonCompliant,
        Unreadable => tally.Verdicts.Unreadable,
        Reported => tally.Reported,
        Unchanged => tally.Unchanged,
        Cleaned => tally.Withdrawn,
        KeysListed => tally.KeysListed,
        KeysLeft => tally.KeysLeft,
        _ => throw new ArgumentOutOfRangeException(nameof(metric)),
    };

    public static string Unit(string metric) => metric is Duration or RemainingTime ? "Milliseconds" : "Count";
}
