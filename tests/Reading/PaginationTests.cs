namespace KeyRotation.Tests.Reading;

internal sealed class PaginationTests
{
    [TestCase(null, 1, 1, ExpectedResult = false, Description = "the last page")]
    [TestCase("", 1, 1, ExpectedResult = false, Description = "would start over")]
    [TestCase("a", 1, 1, ExpectedResult = true)]
    [TestCase("a", 1, 0, ExpectedResult = false, Description = "repeats its entries")]
    [TestCase("a", 0, 0, ExpectedResult = true, Description = "an empty page")]
    public bool Continues_after_a_page_with_news(string? marker, int listed, int news) =>
        new Pagination().MayContinue(marker, listed, news);

    [Test]
    public void Ends_at_a_repeated_marker()
    {
        var pages = new Pagination();
        Assert.That(new[] { "a", "b", "a" }.Select(marker => pages.MayContinue(marker, 1, 1)), Is.EqualTo([true, true, false]));
    }

    [Test]
    public void Ends_after_a_thousand_empty_pages()
    {
        var pages = new Pagination();
        Assert.That(Enumerable.Range(0, 2000).TakeWhile(page => pages.MayContinue($"{page}", 0, 0)).Count(), Is.EqualTo(1000));
    }
}
