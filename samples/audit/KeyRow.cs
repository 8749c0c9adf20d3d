using System.Text.Json.Serialization;

namespace KeyRotation.Audit;

/// <summary>When and for which operation a key was last used, as far as KMS has tracked it.</summary>
/// <param name="Date">Null if no use was seen. This does not mean "unused": KMS does not know about uses before tracking started.</param>
internal sealed record LastUse(DateTimeOffset? Date, string? Operation, DateTimeOffset? TrackingStartDate)
{
    [JsonIgnore]
    public string Sentence => (Date, TrackingStartDate) switch
    {
        ({ } date, _) => $"last used on {date.UtcDateTime:yyyy-MM-dd}{(Operation is null ? "" : $", for {Operation}")}",
        (_, { } start) => $"no use seen since {start.UtcDateTime:yyyy-MM-dd}, when tracking started",
        _ => "no use seen",
    };
}

/// <summary>
/// One key, its verdict, and the facts by which a person recognizes the key. Null means that AWS did not return the value, or was not asked
/// for it. audit.schema.json describes each property.
/// </summary>
internal sealed record KeyRow
{
    public required string AccountId { get; init; }
    public required string Region { get; init; }
    public required string KeyId { get; init; }
    public required string Arn { get; init; }
    public required KeyVerdict Verdict { get; init; }
    public required char Scenario { get; init; }
    public required string Finding { get; init; }
    public string? NextStep { get; init; }
    public IReadOnlyList<string> Aliases { get; init; } = [];
    public string? Description { get; init; }
    public string? KeyManager { get; init; }
    public string? KeyState { get; init; }
    public string? KeySpec { get; init; }
    public string? Origin { get; init; }
    public string? MultiRegionKeyType { get; init; }
    public string? PrimaryKeyArn { get; init; }
    public DateTimeOffset? CreationDate { get; init; }
    public bool? RotationEnabled { get; init; }
    public int? RotationPeriodInDays { get; init; }
    public DateTimeOffset? NextRotationDate { get; init; }
    public string? CurrentKeyMaterialId { get; init; }
    public bool? RotatedSinceBaseline { get; init; }
    public int? Rotations { get; init; }
    public DateTimeOffset? LastRotationDate { get; init; }
    public string? LastRotationType { get; init; }
    public LastUse? LastUse { get; init; }
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Key material that was never rotated is as old as the key. Null if the rotations were not read.</summary>
    [JsonIgnore]
    public DateTimeOffset? MaterialDate => Rotations is null ? null : LastRotationDate ?? CreationDate;

    /// <summary>An alias is easier to recognize than a key ID.</summary>
    [JsonIgnore]
    public string Name => Aliases is [var alias, ..] ? alias : KeyId;

    /// <summary>By verdict, with findings first, then by account, Region, scenario and name.</summary>
    public static readonly Comparer<KeyRow> Order = Comparer<KeyRow>.Create((a, b) => Rank(a).CompareTo(Rank(b)));

    private static (KeyVerdict, string, string, char, string, string) Rank(KeyRow key) =>
        (key.Verdict, key.AccountId, key.Region, key.Scenario, key.Name, key.KeyId);
}
