namespace KeyRotation.Tests.Core;

internal sealed class SingleLineTests
{
    [TestCase(1, 1)]
    [TestCase(255, 255)]
    [TestCase(256, 256)]
    [TestCase(257, 256)]
    [TestCase(100_000, 256)]
    public void Text_over_256_characters_is_cut_and_marked(int length, int expected)
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
    public void Cut_never_splits_a_surrogate_pair(int before, string after, string end, int length) =>
        Assert.That(SingleLine.Cut(new string('x', before) + after), Does.EndWith(end).And.Length.EqualTo(length));

    [Test]
    public void Surrogate_pair_that_fits_is_kept() =>
        Assert.That(SingleLine.Cut(new string('x', 254) + "🔑"), Does.EndWith("x🔑").And.Length.EqualTo(256));

    [TestCase("a\nb\r\tc\0", "a b  c ", Description = "control characters")]
    [TestCase("a\u2028b\u2029c", "a b c", Description = "line and paragraph separators")]
    [TestCase("a\u202eb\u200dc", "a b c", Description = "bidirectional and zero-width characters")]
    [TestCase("a b ä 漢 ✓ 🔑", "a b ä 漢 ✓ 🔑", Description = "visible characters are kept")]
    public void Invisible_characters_become_spaces(string text, string expected) => Assert.That(SingleLine.Cut(text), Is.EqualTo(expected));

    [Test]
    public void Lone_surrogates_are_replaced() => Assert.That(SingleLine.Cut("a\ud83d" + "b\udd11"), Is.EqualTo("a\ufffdb\ufffd"));

    [TestCase(600, 600, "x")]
    [TestCase(601, 600, "…")]
    public void Maximum_length_can_be_changed(int length, int expected, string end) =>
        Assert.That(SingleLine.Cut(new('x', length), maxLength: 600), Has.Length.EqualTo(expected).And.EndsWith(end));
}
