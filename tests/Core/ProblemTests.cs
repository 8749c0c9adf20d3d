using System.Text.Json;

namespace KeyRotation.Tests.Core;

internal sealed class ProblemTests
{
    [TestCase(ProblemNumber.EventIsNotJson, "KR01: Why.")]
    [TestCase(ProblemNumber.ResultsNotRead, "KR16: Why.")]
    public void Is_written_with_its_number(ProblemNumber number, string text) =>
        Assert.That(new Problem(number, "Why.").ToString(), Is.EqualTo(text));

    [Test]
    public void Numbers_are_counted_from_one_without_a_gap() =>
        Assert.That(Enum.GetValues<ProblemNumber>().Index().Select(number => (int)number.Item - number.Index), Is.All.EqualTo(1));

    [Test]
    public void Says_where_JSON_is_wrong_and_not_what_stands_there()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Problem.PlaceOf(new JsonException("'secret' is an invalid start", "$", 2, 7)), Is.EqualTo("it is wrong, or ends, at line 3, byte 8"));
            Assert.That(Problem.PlaceOf(new JsonException("'secret'", "$", 2, null)), Is.EqualTo("it is not valid"));
            Assert.That(Problem.PlaceOf(new JsonException("'secret'", "$", null, 7)), Is.EqualTo("it is not valid"));
        }
    }
}
