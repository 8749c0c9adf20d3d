namespace KeyRotation.Tests.Reading;

/// <summary>A time is ISO 8601 text or epoch milliseconds; any other value is a problem.</summary>
internal sealed class TimeFieldTests
{
    private static readonly DateTimeOffset Expected = new(2026, 3, 17, 9, 41, 26, 318, TimeSpan.Zero);

    [TestCase("\"2026-03-17T09:41:26.318Z\"")]
    [TestCase("\"2026-03-17T10:41:26.318+01:00\"")]
    [TestCase("\"2026-03-17T09:41:26.318\"")]
    [TestCase("1773740486318")]
    [TestCase("1773740486318.0")]
    [TestCase("1.773740486318e12")]
    public void Every_format_that_AWS_uses_is_read(string json) =>
        Assert.That(JsonField.Parse("time", json).Time, Is.EqualTo(Expected));

    [TestCase("0", 1970)]
    [TestCase("0.0", 1970)]
    [TestCase("\"1970-01-01T00:00:00Z\"", 1970)]
    [TestCase("32503679999999", 2999)]
    [TestCase("\"2999-12-31T23:59:59Z\"", 2999)]
    public void Years_1970_to_2999_are_valid(string json, int year) =>
        Assert.That(JsonField.Parse("time", json).Time?.Year, Is.EqualTo(year));

    [TestCase("32503680000000")]
    [TestCase("-9223372036854775808")]
    [TestCase("9223372036854775807")]
    [TestCase("\"1969-12-31T23:59:59Z\"")]
    [TestCase("\"3000-01-01T00:00:00Z\"")]
    [TestCase("\"9999-12-31T23:59:59Z\"")]
    [TestCase("\"2016-12-31T23:59:60Z\"", Description = "a leap second")]
    [TestCase("\"\"")]
    [TestCase("\"10:41\"")]
    [TestCase("\"10:41+14:00\"")]
    [TestCase("\"0001-01-01T00:00:00+14:00\"")]
    [TestCase("\"yesterday\"")]
    [TestCase("1773740486.318")]
    [TestCase("1773740486318.5")]
    [TestCase("-0.5")]
    [TestCase("1e300")]
    [TestCase("-1")]
    [TestCase("true")]
    public void Any_other_value_is_a_problem_and_never_means_today(string json) =>
        Assert.That(() => JsonField.Parse("time", json).Time, Throws.TypeOf<ProblemException>().With.Message.Contains("time: an ISO 8601 string or epoch milliseconds"));
}
