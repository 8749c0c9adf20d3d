using System.Globalization;
using System.Text;

namespace KeyRotation.Core;

/// <summary>Makes text from outside safe to show: without line breaks, changes of direction, or characters that are not valid.</summary>
internal static class SingleLine
{
    public static string Of(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            line.Append(IsInvisible(rune) ? new Rune(' ') : rune);
        return line.ToString();
    }

    /// <summary>At most this many UTF-16 units, never half a surrogate pair; a cut is marked.</summary>
    public static string Cut(string text, int maxLength = 256)
    {
        var line = Of(text);
        if (line.Length <= maxLength) return line;
        var end = maxLength - 1;
        if (char.IsHighSurrogate(line[end - 1])) end--;
        return line[..end] + "…";
    }

    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
