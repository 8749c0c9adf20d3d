namespace KeyRotation.Tests.Core;

internal sealed class SingleLineTests
{
    [TestCase(1, 1)]
    [TestCase(255, 255)]
    [TestCase(256, 256)]
    [TestCase(257, 256)]
    [TestCase(100_000, 256)]
    public void Has_at_most_256_characters_and_marks_a_cut(int length, int expected)
    {
        var text = SingleLine.Cut(new('x', length));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(text, Has.Length.EqualTo(expected));
            Assert.That(text.EndsWith('…'), Is.EqualTo(length > 256));
        }
    }

    [TestCase(253, "🔑🔑", "🔑…", 256)]
    [TestCase(254, "🔑🔑", "x…", 255)]
    [TestCase(254, "🔑xx", "x…", 255)]
    [TestCase(255, "🔑🔑", "x…", 256)]
    [TestCase(256, "🔑", "x…", 256)]
    public void A_cut_never_halves_a_surrogate_pair(int before, string after, string end, int length) =>
        Assert.That(SingleLine.Cut(new string('x', before) + after), Does.EndWith(end).And.Length.EqualTo(length));

    [Test]
    public void A_surrogate_pair_that_fits_is_kept() =>
        Assert.That(SingleLine.Cut(new string('x', 254) + "🔑"), Does.EndWith("x🔑").And.Length.EqualTo(256));

    [TestCase("a\nb\r\tc\0", "a b  c ", Description = "control characters")]
    [TestCase("a\u2028b\u2029c", "a b c", Description = "line and paragraph separators")]
    [TestCase("a\u202eb\u200dc", "a b c", Description = "characters that turn the text around or hide")]
    [TestCase("a b ä 漢 ✓ 🔑", "a b ä 漢 ✓ 🔑", Description = "what can be seen stays")]
    public void Nothing_invisible_is_kept(string text, string expected) => Assert.That(SingleLine.Cut(text), Is.EqualTo(expected));

    [Test]
    public void Half_a_surrogate_pair_is_replaced() => Assert.That(SingleLine.Cut("a\ud83d" + "b\udd11"), Is.EqualTo("a\ufffdb\ufffd"));

    [TestCase(600, 600, "x")]
    [TestCase(601, 600, "…")]
    public void Another_length_can_be_asked_for(int length, int expected, string end) =>
        Assert.That(SingleLine.Cut(new('x', length), maxLength: 600), Has.Length.EqualTo(expected).And.EndsWith(end));
}
