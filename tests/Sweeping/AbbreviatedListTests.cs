namespace KeyRotation.Tests.Sweeping;

internal sealed class AbbreviatedListTests
{
    [TestCase(0, "")]
    [TestCase(1, "1")]
    [TestCase(5, "1, 2, 3, 4, 5")]
    [TestCase(6, "1, 2, 3, 4, 5 and 1 more")]
    [TestCase(100_000, "1, 2, 3, 4, 5 and 99995 more")]
    public void First_five_items_are_named_and_the_rest_counted(int count, string text)
    {
        var list = Enumerable.Range(1, count).Aggregate(AbbreviatedList.Empty, (names, number) => names.Plus($"{number}"));
        Assert.That(($"{list}", list.Count), Is.EqualTo((text, count)));
    }
}
