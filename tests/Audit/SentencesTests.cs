using KeyRotation.Audit;

namespace KeyRotation.Tests.Audit;

/// <summary>The first sentence of a page that is sent to people may not sound better than what is known.</summary>
internal sealed class SentencesTests
{
    [TestCase("", true, ExpectedResult = "No key here has to rotate.")]
    [TestCase("", false, ExpectedResult = "No key was found that does not comply, but this audit is not complete.")]
    [TestCase("?", true, ExpectedResult = "No key was found that does not comply, but this audit is not complete.")]
    [TestCase("+", true, ExpectedResult = "The one key that has to rotate does.")]
    [TestCase("+", false, ExpectedResult = "No key was found that does not comply, but this audit is not complete.")]
    [TestCase("++", true, ExpectedResult = "All 2 keys that have to rotate do.")]
    [TestCase("++?", true, ExpectedResult = "No key was found that does not comply, but this audit is not complete.")]
    [TestCase("-", true, ExpectedResult = "The one key that has to rotate does not comply.")]
    [TestCase("+-", true, ExpectedResult = "1 of 2 keys that have to rotate do not comply.")]
    [TestCase("+-?", true, ExpectedResult = "1 of 2 keys that have to rotate do not comply, and this audit is not complete.")]
    public string Headline(string keys, bool listedToTheEnd)
    {
        var report = Reports.Of([.. keys.Select((key, number) => Reports.Row(number, key switch { '+' => KeyVerdict.Compliant, '-' => KeyVerdict.NonCompliant, _ => KeyVerdict.NotJudged }))]);
        return Sentences.Headline(listedToTheEnd ? report : report with { Places = [new(Reports.Account, Reports.Region, PlaceStatus.Incomplete, 0, 0, "ListKeys stopped.")] });
    }

    [TestCase(null, "1 key could not be judged; with --unreadable-keys nonCompliant those whose rotation cannot be read count as findings.")]
    [TestCase("nonCompliant", "1 key could not be judged.")]
    public void Nobody_is_told_to_do_what_was_done(string? unreadableKeys, string problem)
    {
        var given = new Dictionary<string, string>();
        if (unreadableKeys is not null) given["unreadableKeys"] = unreadableKeys;
        Assert.That(Sentences.Problems(Reports.Of(Reports.Row(1, KeyVerdict.NotJudged)) with { Parameters = given }), Is.EqualTo([problem]));
    }
}
