namespace KeyRotation.Tests.Fuzzing;

/// <summary>Everything about one key, as plain data: the facts that AWS Config recorded, and the responses of KMS.</summary>
internal sealed class PlainKey
{
    public string Id { get; set; } = "";

    public string Arn { get; set; } = "";

    // The configuration item.
    public bool Gone { get; set; }
    public PlainFacts Recorded { get; set; } = new();
    public bool? RecordedRotation { get; set; }
    public Dictionary<string, string>? RecordedTags { get; set; }

    // KMS: an error code or a response for each call.
    public string? DescribeError { get; set; }
    public PlainFacts Described { get; set; } = new();
    public string? StatusError { get; set; }
    public bool? Enabled { get; set; }
    public int? Period { get; set; }
    public DateTimeOffset? RotatingSince { get; set; }
    public string? HistoryError { get; set; }

    /// <summary>The date of the newest rotation; null if there was none.</summary>
    public DateTimeOffset? Rotated { get; set; }
    public string? TagsError { get; set; }
    public Dictionary<string, string> Tags { get; set; } = [];
}

/// <summary>The facts about the kind of key; null means not known.</summary>
internal sealed class PlainFacts
{
    public string? Manager { get; set; }
    public string? Spec { get; set; }
    public string? Origin { get; set; }
    public string? State { get; set; }
    public string? MultiRegionType { get; set; }
    public DateTimeOffset? Created { get; set; }
}

/// <summary>The rule's parameters, as plain data.</summary>
internal sealed class PlainParameters
{
    public int Max { get; set; } = 365;
    public bool EvaluatesDisabled { get; set; }
    public bool SkipsReplicas { get; set; }
    public bool UnreadableIsNonCompliant { get; set; }
    public int GraceInHours { get; set; }
    public List<string> ExemptIds { get; set; } = [];
    public string? ExemptTag { get; set; }
    public bool RequiresEvidence { get; set; }
    public bool CountsOnDemand { get; set; }
    public bool EvaluatesImported { get; set; }
}

/// <summary>
/// A second implementation of the verdict table, as simple as possible: one condition after another, and no code shared with the rule. The
/// verdict "fails" means scenario i with unreadableKeys=fail.
/// </summary>
internal static class NaiveRule
{
    public const string Compliant = "COMPLIANT";
    public const string NonCompliant = "NON_COMPLIANT";
    public const string NotApplicable = "NOT_APPLICABLE";
    public const string Fails = "fails";

    private static readonly TimeSpan ClockTolerance = TimeSpan.FromHours(1);

    public static string Judge(PlainKey key, PlainParameters parameters, DateTimeOffset now) =>
        key.Gone ? NotApplicable : Judge(key, key.Recorded, isDescribed: false, parameters, now);

    private static string Judge(PlainKey key, PlainFacts facts, bool isDescribed, PlainParameters parameters, DateTimeOffset now)
    {
        var describeError = key.DescribeError ?? (key.Described.State is null ? "no state" : null);
        var tags = key.RecordedTags;
        if (IsExcluded(key, facts, tags, parameters, now)) return NotApplicable;

        // The kind of key is not known.
        if (IsIncomplete(key, facts)) return isDescribed ? Unless(Fails) : Described();

        var unreadable = parameters.UnreadableIsNonCompliant ? NonCompliant : Fails;
        var oldest = now.AddDays(-parameters.Max);
        var isRotating = key.StatusError is null && key.RotatingSince > now.AddDays(-1) && key.RotatingSince <= now + ClockTolerance;
        if (facts.Origin == "EXTERNAL")
        {
            if (key.HistoryError == "NotFoundException") return NotApplicable;
            if (key.HistoryError is not null) return Unless(unreadable);
            if (key.Rotated is null && facts.Created is null) return isDescribed ? Unless(unreadable) : Described();
            var date = key.Rotated ?? facts.Created!.Value;
            if (date > now + ClockTolerance) return Unless(unreadable);
            if (date >= oldest) return key.Rotated is null && facts.MultiRegionType == "REPLICA" ? NotApplicable : Compliant;
            if (!isDescribed) return Described();
            if (describeError is not (null or "AccessDeniedException")) return Unless(unreadable);
            if (key.StatusError == "NotFoundException") return NotApplicable;
            if (isRotating) return Compliant;
            if (key.StatusError == "UnsupportedOperationException") return Unless(NonCompliant);
            if (key.StatusError is not null || key.Enabled is null || (key.Enabled == true && key.Period < 1)) return Unless(unreadable);
            return Unless(NonCompliant);
        }

        if (key.StatusError is "NotFoundException" or "UnsupportedOperationException") return NotApplicable;
        var isOff = key.StatusError is null && key.Enabled == false;
        if (key.StatusError == "AccessDeniedException" && key.RecordedRotation == false) isOff = true;

        if (isOff)
        {
            // The item can be outdated.
            if (!isDescribed) return Described();
            if (describeError is not (null or "AccessDeniedException")) return Unless(unreadable);
            if (parameters.GraceInHours > 0 && facts.Created is null) return Unless(unreadable);
            if (parameters.GraceInHours > 0 && (now - facts.Created!.Value).TotalHours < parameters.GraceInHours) return NotApplicable;
            if (!parameters.CountsOnDemand) return Unless(NonCompliant);
            if (key.HistoryError == "NotFoundException") return NotApplicable;
            if (key.HistoryError is not null || key.Rotated > now + ClockTolerance) return Unless(unreadable);
            return key.Rotated >= oldest ? Compliant : Unless(NonCompliant);
        }

        if (key.StatusError is not null) return Unless(unreadable);
        if (key.Enabled is null) return Unless(unreadable);
        if (key.Period < 1) return Unless(unreadable);
        if ((key.Period ?? 365) > parameters.Max) return Unless(NonCompliant);
        if (!parameters.RequiresEvidence) return Compliant;

        oldest = oldest.AddDays(-7);
        if (!key.Id.StartsWith("mrk-", StringComparison.Ordinal))
        {
            if (facts.Created is null && !isDescribed) return Described();
            if (facts.Created >= oldest && facts.Created <= now + ClockTolerance) return Compliant;
        }

        if (isRotating) return Compliant;
        if (key.HistoryError == "NotFoundException") return NotApplicable;
        if (key.HistoryError is not null) return Unless(unreadable);
        if (key.Rotated is null && facts.Created is null) return isDescribed ? Unless(unreadable) : Described();
        var from = key.Rotated ?? facts.Created!.Value;
        if (from > now + ClockTolerance) return Unless(unreadable);
        if (from < oldest) return Unless(NonCompliant);
        return key.Rotated is null && facts.MultiRegionType == "REPLICA" ? NotApplicable : Compliant;

        string Described() => describeError == "NotFoundException"
            ? NotApplicable
            : Judge(key, describeError is null ? Newer(facts, key.Described) : facts, isDescribed: true, parameters, now);

        string Unless(string otherwise) => UnlessExempt(key, otherwise, facts, tags, parameters, now);
    }

    /// <summary>Whether the text starts with a date that is not in the past.</summary>
    public static bool IsExemption(string value, DateTimeOffset now)
    {
        var text = value.Trim();
        if (text.Length < 10 || text[4] != '-' || text[7] != '-') return false;
        foreach (var place in new[] { 0, 1, 2, 3, 5, 6, 8, 9 })
        {
            if (text[place] < '0' || text[place] > '9') return false;
        }

        if (text.Length > 10 && char.IsLetterOrDigit(text[10])) return false;
        var (year, month, day) = (Number(text[..4]), Number(text[5..7]), Number(text[8..10]));
        if (year < 1 || month < 1 || month > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        var today = now.UtcDateTime;
        return (year, month, day).CompareTo((today.Year, today.Month, today.Day)) >= 0;
    }

    private static int Number(string digits) => digits.Aggregate(0, (number, digit) => (10 * number) + digit - '0');

    // Scenarios b to h.
    private static bool IsExcluded(
        PlainKey key, PlainFacts facts, Dictionary<string, string>? tags, PlainParameters parameters, DateTimeOffset now)
    {
        if (facts.Manager == "AWS") return true;
        if (facts.Spec is not null && facts.Spec != "SYMMETRIC_DEFAULT") return true;
        if (facts.Origin == "EXTERNAL" && (!parameters.EvaluatesImported || facts.State == "PendingImport")) return true;
        if (facts.Origin is not null && facts.Origin is not ("AWS_KMS" or "EXTERNAL")) return true;
        if (facts.State is "PendingDeletion" or "PendingReplicaDeletion") return true;
        if (facts.State == "Disabled" && !parameters.EvaluatesDisabled) return true;
        if (facts.MultiRegionType == "REPLICA" && parameters.SkipsReplicas) return true;
        if (parameters.ExemptIds.Contains(key.Id) || parameters.ExemptIds.Contains(key.Arn)) return true;
        if (parameters.ExemptTag is null || tags is null) return false;
        return tags.TryGetValue(parameters.ExemptTag, out var value) && IsExemption(value, now);
    }

    /// <summary>Missing tags are requested only if they could exempt the key. If they cannot be read, a finding is uncertain.</summary>
    private static string UnlessExempt(
        PlainKey key, string otherwise, PlainFacts facts, Dictionary<string, string>? tags, PlainParameters parameters, DateTimeOffset now)
    {
        if (parameters.ExemptTag is null || tags is not null) return otherwise;
        if (key.TagsError == "NotFoundException") return NotApplicable;
        if (key.TagsError is not null) return otherwise == NonCompliant && !parameters.UnreadableIsNonCompliant ? Fails : otherwise;
        return IsExcluded(key, facts, key.Tags, parameters, now) ? NotApplicable : otherwise;
    }

    private static bool IsIncomplete(PlainKey key, PlainFacts facts) =>
        facts.Manager is null || facts.Spec is null || facts.Origin is null || facts.State is null
        || (facts.MultiRegionType is null && key.Id.StartsWith("mrk-", StringComparison.Ordinal));

    private static PlainFacts Newer(PlainFacts old, PlainFacts news) => new()
    {
        Manager = news.Manager ?? old.Manager,
        Spec = news.Spec ?? old.Spec,
        Origin = news.Origin ?? old.Origin,
        State = news.State ?? old.State,
        MultiRegionType = news.MultiRegionType ?? old.MultiRegionType,
        Created = news.Created ?? old.Created,
    };
}
