using System.Globalization;

namespace KeyRotation.Sweeping;

/// <summary>
/// The order in which a sweep judges keys: by id, from an offset that moves each minute. Sixty steps add up to the golden ratio, so that
/// starts spread evenly whether sweeps come every hour or every day, and a sweep that is retried does not start where it did. Several
/// sweeps therefore cover an account that is too large for one, without stored state.
/// </summary>
internal sealed class KeyOrder(DateTimeOffset now)
{
    private readonly uint offset = unchecked((uint)(now.ToUnixTimeSeconds() / 60) * 903234055);

    /// <summary>The place of a key: lower ones come first.</summary>
    public uint Of(string keyId)
    {
        var digits = keyId.AsSpan(keyId.StartsWith("mrk-", StringComparison.Ordinal) ? 4 : 0);
        var first = digits[..Math.Min(8, digits.Length)];
        _ = uint.TryParse(first, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id);
        return unchecked(id - offset);
    }
}
