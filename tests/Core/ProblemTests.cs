using System.Text.Json;

namespace KeyRotation.Tests.Core;

internal sealed class ProblemTests
{
    [TestCase(ProblemNumber.EventIsNotJson, "KR01: Why.")]
    [TestCase(ProblemNumber.ResultsNotRead, "KR16: Why.")]
    public void Text_starts_with_the_number(ProblemNumber number, string text) =>
        Assert.That(new Problem(number, "Why.").ToString(), Is.EqualTo(text));

    [Test]
    public void Numbers_start_at_1_without_gaps() =>
        Assert.That(Enum.GetValues<ProblemNumber>().Index().Select(number => (int)number.Item - number.Index), Is.All.EqualTo(1));

    [Test]
    public void JSON_error_gives_the_place_but_not_the_text()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Problem.PlaceOf(new JsonException("'secret' is an invalid start", "$", 2, 7)), Is.EqualTo("it is invalid or incomplete at line 3, byte 8"));
            Assert.That(Problem.PlaceOf(new JsonException("'secret'", "$", 2, null)), Is.EqualTo("it is not valid"));
            Assert.That(Problem.PlaceOf(new JsonException("'secret'", "$", null, 7)), Is.EqualTo("it is not valid"));
        }
    }
}
