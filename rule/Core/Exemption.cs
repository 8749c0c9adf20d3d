using System.Globalization;

namespace KeyRotation.Core;

/// <summary>
/// Whether a key is exempt: by the rule's own list, or by a tag on the key that starts with the last day of the exemption.
/// </summary>
internal abstract record Exemption
{
    private const string DateFormat = "yyyy-MM-dd";

    private Exemption()
    {
    }

    /// <summary>A sentence for the owner of a key whose exemption has no effect, or an empty string.</summary>
    public virtual string Note => "";

    public sealed record Holds(string Finding) : Exemption;

    public sealed record None : Exemption;

    /// <summary>The key has the tag, but the tag does not exempt it, or no longer does.</summary>
    public sealed record Void(string Why) : Exemption
    {
        public override string Note => " " + Why;
    }

    /// <summary>The tags are not known: they were not read yet, or could not be read.</summary>
    public sealed record Unknown(ReadFailure? Failure) : Exemption;

    public static Exemption Of(KeyFacts key, RuleParameters parameters, DateTimeOffset now) => parameters switch
    {
        _ when parameters.ExemptKeyIds.Contains(key.KeyId) || parameters.ExemptKeyIds.Contains(key.Arn) =>
            new Holds("Exempt by the rule parameter exemptKeyIds."),
        { ExemptTagKey: null } => new None(),
        { ExemptTagKey: { } tagKey } when key.Tags is { } tags =>
            tags.TryGetValue(tagKey, out var value) ? OfTag(tagKey, value, now) : new None(),
        _ => new Unknown(key.TagsFailure),
    };

    private static Exemption OfTag(string tagKey, string value, DateTimeOffset now)
    {
        // A digit or letter directly after the date would make it a different date (2026-12-311) or a time, which is not allowed here.
        var text = value.AsSpan().Trim();
        if (text.Length < DateFormat.Length
            || !DateOnly.TryParseExact(text[..DateFormat.Length], DateFormat, CultureInfo.InvariantCulture, default, out var lastDay)
            || (text.Length > DateFormat.Length && char.IsLetterOrDigit(text[DateFormat.Length])))
        {
            return new Void($"Tag {tagKey} has no effect: its value must start with a date such as 2030-12-31.");
        }

        if (DateOnly.FromDateTime(now.UtcDateTime) > lastDay)
            return new Void($"Its exemption by tag {tagKey} ended on {lastDay:yyyy-MM-dd}.");

        var reason = text[DateFormat.Length..].Trim(" :,;-–—.").ToString();
        return new Holds(reason.Length == 0
            ? $"Exempt through {lastDay:yyyy-MM-dd} by tag {tagKey}."
            : $"Exempt through {lastDay:yyyy-MM-dd} by tag {tagKey}: {reason}");
    }
}
