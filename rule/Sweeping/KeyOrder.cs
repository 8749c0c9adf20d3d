using System.Globalization;

namespace KeyRotation.Sweeping;

/// <summary>
/// The order in which a sweep judges keys: by ID, from an offset that moves each minute. Sixty steps add up to the golden ratio: starts
/// are spread evenly, whether sweeps run every hour or every day, and a retried sweep does not start at the same key. Several sweeps
/// therefore cover an account that is too large for one, without stored state.
/// </summary>
internal sealed class KeyOrder(DateTimeOffset now)
{
    private readonly uint offset = unchecked((uint)(now.ToUnixTimeSeconds() / 60) * 903234055);

    /// <summary>The place of a key in the order: lower places come first.</summary>
    public uint Of(string keyId)
    {
        var digits = keyId.AsSpan(keyId.StartsWith("mrk-", StringComparison.Ordinal) ? 4 : 0);
        var first = digits[..Math.Min(8, digits.Length)];
        _ = uint.TryParse(first, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id);
        return unchecked(id - offset);
    }
}
