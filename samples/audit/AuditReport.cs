using System.Text.Json;
using System.Text.Json.Serialization;
using KeyRotation.Audit.Reports;

namespace KeyRotation.Audit;

/// <summary>
/// The results of one audit, from which every kind of report is written. audit.schema.json describes each property of the JSON.
/// </summary>
internal sealed record AuditReport
{
    /// <summary>The first number increases if a reader of older reports would misread newer ones.</summary>
    public const string CurrentSchemaVersion = "1.1";

    public string SchemaVersion { get; init; } = CurrentSchemaVersion;

    /// <summary>Null if the report does not contain it.</summary>
    public string? ProgramVersion { get; init; } = ProductVersion.Text;

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset FinishedAt { get; init; }

    public required bool Demonstration { get; init; }

    public bool Complete => Places.All(place => place.Status != PlaceStatus.Incomplete) && Totals.NotJudged == 0;

    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    public required int MaxRotationPeriodInDays { get; init; }

    public required Totals Totals { get; init; }

    public required IReadOnlyList<Place> Places { get; init; }

    public required IReadOnlyList<KeyRow> Keys { get; init; }

    public Changes? Changes { get; init; }

    /// <summary>Null in reports with schema version 1.0.</summary>
    public Evidence? Evidence { get; init; }

    public FailOn FailOn { get; init; }

    /// <summary>Keys that were listed but not judged, because the audit was stopped.</summary>
    [JsonIgnore]
    public int KeysLeft => Places.Sum(place => place.KeysLeft);

    /// <summary>Whether the exit code and the JUnit report count the key as a failure.</summary>
    public bool Fails(KeyRow key) => key.Verdict == KeyVerdict.NonCompliant && FailOn switch
    {
        FailOn.Any => true,
        FailOn.New => Changes?.NonCompliantBefore.Contains(key.Arn) != true,
        _ => false,
    };
}

/// <summary>One account and Region.</summary>
internal sealed record Place(string AccountId, string Region, PlaceStatus Status, int KeysListed, int KeysLeft, string? Problem)
{
    public static string NameOf(string accountId, string region) => $"{accountId} {region}";

    [JsonIgnore]
    public string Name => NameOf(AccountId, Region);
}

[JsonConverter(typeof(CamelCase<PlaceStatus>))]
internal enum PlaceStatus
{
    Complete,
    Incomplete,

    /// <summary>The account has not opted in to the Region, so it has no keys there.</summary>
    NotEnabled,
}

/// <summary>
/// The compliance types of AWS Config, and NOT_JUDGED for a key that the rule cannot read. Reports show them in this order.
/// </summary>
[JsonConverter(typeof(UpperSnakeCase<KeyVerdict>))]
internal enum KeyVerdict
{
    NonCompliant,
    NotJudged,
    Compliant,
    NotApplicable,
}

internal static class KeyVerdicts
{
    private static readonly string[] Names = Array.ConvertAll(Enum.GetNames<KeyVerdict>(), JsonNamingPolicy.SnakeCaseUpper.ConvertName);

    public static string Name(this KeyVerdict verdict) => Names[(int)verdict];
}

internal sealed record Totals(int Keys, int NonCompliant, int NotJudged, int Compliant, int NotApplicable)
{
    public static Totals Of(IEnumerable<KeyRow> keys)
    {
        var counts = keys.CountBy(key => key.Verdict).ToDictionary();
        return new(
            counts.Values.Sum(),
            counts.GetValueOrDefault(KeyVerdict.NonCompliant),
            counts.GetValueOrDefault(KeyVerdict.NotJudged),
            counts.GetValueOrDefault(KeyVerdict.Compliant),
            counts.GetValueOrDefault(KeyVerdict.NotApplicable));
    }

    public int this[KeyVerdict verdict] => verdict switch
    {
        KeyVerdict.NonCompliant => NonCompliant,
        KeyVerdict.NotJudged => NotJudged,
        KeyVerdict.Compliant => Compliant,
        _ => NotApplicable,
    };
}
