using KeyRotation.Core;

namespace KeyRotation.Tests.Core;

internal sealed class ProblemTests
{
    [TestCase(ProblemNumber.EventIsNotJson, "KR01: Why.")]
    [TestCase(ProblemNumber.ResultsNotRead, "KR16: Why.")]
    public void Is_written_with_its_number(ProblemNumber number, string text) => Assert.That(new Problem(number, "Why.").ToString(), Is.EqualTo(text));

    [Test]
    public void Numbers_are_counted_from_one_without_a_gap() =>
        Assert.That(Enum.GetValues<ProblemNumber>().Select(number => (int)number), Is.EqualTo(Enumerable.Range(1, Enum.GetValues<ProblemNumber>().Length)));
}
