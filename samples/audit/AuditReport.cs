using System.Text.Json.Serialization;

namespace KeyRotation.Audit;

/// <summary>What one audit found: the same facts in every kind of report. As JSON it is what audit.schema.json describes.</summary>
internal sealed record AuditReport
{
    /// <summary>Counted up in its first part when a reader of an older report would misread a newer one.</summary>
    public const string CurrentSchemaVersion = "1.1";

    public string SchemaVersion { get; init; } = CurrentSchemaVersion;

    /// <summary>Null in a report of an audit that did not write it.</summary>
    public string? ProgramVersion { get; init; } = ProductVersion.Text;

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>The account is the one that the audit brings along, not one of AWS.</summary>
    public required bool Demonstration { get; init; }

    /// <summary>Every place was listed to the end, and every key of it was judged.</summary>
    public bool Complete => Places.All(place => place.Status != PlaceStatus.Incomplete) && Totals.NotJudged == 0;

    /// <summary>The rule parameters that the verdicts are under, as the command line had them; one that is not in here has its default.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    public required int MaxRotationPeriodInDays { get; init; }

    public required Totals Totals { get; init; }

    public required IReadOnlyList<Place> Places { get; init; }

    public required IReadOnlyList<KeyRow> Keys { get; init; }

    /// <summary>What is different from an earlier audit, where one was given.</summary>
    public Changes? Changes { get; init; }

    /// <summary>Null in a report of version 1.0.</summary>
    public Evidence? Evidence { get; init; }

    public FailOn FailOn { get; init; }

    /// <summary>Keys that were listed and not judged, because the audit was stopped.</summary>
    [JsonIgnore]
    public int KeysLeft => Places.Sum(place => place.KeysLeft);

    /// <summary>Whether the exit code, and a pipeline's test report, count the key as a failure.</summary>
    public bool Fails(KeyRow key) => key.Verdict == KeyVerdict.NonCompliant && FailOn switch
    {
        FailOn.Any => true,
        FailOn.New => Changes?.WasNonCompliant(key.Arn) != true,
        _ => false,
    };
}

/// <summary>An account and Region.</summary>
/// <param name="Problem">Why it is not complete, or what is missing in it.</param>
internal sealed record Place(string AccountId, string Region, PlaceStatus Status, int KeysListed, int KeysLeft, string? Problem)
{
    public static string NameOf(string accountId, string region) => $"{accountId} {region}";

    [JsonIgnore]
    public string Name => NameOf(AccountId, Region);
}

internal enum PlaceStatus
{
    [JsonStringEnumMemberName("complete")]
    Complete,

    [JsonStringEnumMemberName("incomplete")]
    Incomplete,

    /// <summary>The account has not opted in to the Region, so it has no keys there.</summary>
    [JsonStringEnumMemberName("notEnabled")]
    NotEnabled,
}

/// <summary>AWS Config's names, and one for what the rule would fail on. In the order in which a person wants to see them.</summary>
internal enum KeyVerdict
{
    [JsonStringEnumMemberName("NON_COMPLIANT")]
    NonCompliant,

    [JsonStringEnumMemberName("NOT_JUDGED")]
    NotJudged,

    [JsonStringEnumMemberName("COMPLIANT")]
    Compliant,

    [JsonStringEnumMemberName("NOT_APPLICABLE")]
    NotApplicable,
}

internal static class KeyVerdicts
{
    public static string Name(this KeyVerdict verdict) => verdict switch
    {
        KeyVerdict.NonCompliant => "NON_COMPLIANT",
        KeyVerdict.NotJudged => "NOT_JUDGED",
        KeyVerdict.Compliant => "COMPLIANT",
        _ => "NOT_APPLICABLE",
    };
}

internal sealed record Totals(int Keys, int NonCompliant, int NotJudged, int Compliant, int NotApplicable)
{
    public static Totals Of(IReadOnlyCollection<KeyRow> keys) =>
        new(keys.Count, Count(keys, KeyVerdict.NonCompliant), Count(keys, KeyVerdict.NotJudged), Count(keys, KeyVerdict.Compliant), Count(keys, KeyVerdict.NotApplicable));

    public int this[KeyVerdict verdict] => verdict switch
    {
        KeyVerdict.NonCompliant => NonCompliant,
        KeyVerdict.NotJudged => NotJudged,
        KeyVerdict.Compliant => Compliant,
        _ => NotApplicable,
    };

    private static int Count(IReadOnlyCollection<KeyRow> keys, KeyVerdict verdict) => keys.Count(key => key.Verdict == verdict);
}
