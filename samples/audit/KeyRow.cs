using System.Text.Json.Serialization;

namespace KeyRotation.Audit;

/// <summary>When and for what a key was last used, as far as KMS has tracked it.</summary>
/// <param name="Date">Null where no use was seen, which is not "unused": KMS sees nothing before the tracking started.</param>
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

/// <summary>One key, its verdict, and what a person needs to know the key again. A null is what AWS did not say, or was not asked.</summary>
internal sealed record KeyRow
{
    public required string AccountId { get; init; }
    public required string Region { get; init; }
    public required string KeyId { get; init; }
    public required string Arn { get; init; }
    public required KeyVerdict Verdict { get; init; }

    /// <summary>The letter of the scenario that decided; they are the rule's, see the README.</summary>
    public required char Scenario { get; init; }

    public required string Finding { get; init; }

    /// <summary>What the owner of a NON_COMPLIANT key has to do, and where.</summary>
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

    /// <summary>Null where KMS was not asked, because something else decided, or did not answer.</summary>
    public bool? RotationEnabled { get; init; }

    public int? RotationPeriodInDays { get; init; }
    public DateTimeOffset? NextRotationDate { get; init; }

    /// <summary>It is another one after every rotation, so two audits prove one.</summary>
    public string? CurrentKeyMaterialId { get; init; }

    /// <summary>Whether the key has been rotated since the audit that --baseline names; null where one of the two does not know.</summary>
    public bool? RotatedSinceBaseline { get; init; }

    /// <summary>How many rotations KMS lists: only with --with-rotations, or where the rule asked for them.</summary>
    public int? Rotations { get; init; }

    public DateTimeOffset? LastRotationDate { get; init; }

    /// <summary>AUTOMATIC or ON_DEMAND.</summary>
    public string? LastRotationType { get; init; }

    /// <summary>Only with --with-last-use, and of findings.</summary>
    public LastUse? LastUse { get; init; }

    /// <summary>Only with --with-tags, or where the rule asked for them.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Key material that was never rotated is as old as the key.</summary>
    [JsonIgnore]
    public DateTimeOffset? MaterialDate => Rotations is null ? null : LastRotationDate ?? CreationDate;

    /// <summary>An alias says more to a person than an id.</summary>
    [JsonIgnore]
    public string Name => Aliases is [var alias, ..] ? alias : KeyId;

    /// <summary>What needs work first, then by place and name.</summary>
    public static readonly Comparer<KeyRow> Order = Comparer<KeyRow>.Create((a, b) =>
        (a.Verdict, a.AccountId, a.Region, a.Scenario, a.Name, a.KeyId).CompareTo((b.Verdict, b.AccountId, b.Region, b.Scenario, b.Name, b.KeyId)));
}
