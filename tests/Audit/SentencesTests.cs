using KeyRotation.Audit;

namespace KeyRotation.Tests.Audit;

/// <summary>The headline of a report that is sent to people must not claim more than the audit knows.</summary>
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
    public string Headline_claims_no_more_than_is_known(string keys, bool listedToTheEnd)
    {
        var report = Reports.Of([.. keys.Select((key, number) => Reports.Row(number, key switch
        {
            '+' => KeyVerdict.Compliant,
            '-' => KeyVerdict.NonCompliant,
            _ => KeyVerdict.NotJudged,
        }))]);
        return Sentences.Headline(listedToTheEnd ? report : Reports.BrokenOff(report));
    }

    [Test]
    public void Procedure_counts_what_was_listed_and_judged()
    {
        var stopped = Reports.BrokenOff(Reports.Mixed(), listed: 9, left: 3);
        var denied = Reports.BrokenOff(Reports.Of());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Sentences.Procedure(Reports.Mixed()), Does.StartWith("6 keys listed, 6 judged. The rotation status of 5 was read and that of 1 could not be;"));
            Assert.That(Sentences.Procedure(stopped), Does.StartWith("9 keys listed, 6 judged, 3 left.").And.Contain("stopped early in 1 of 1"));
            Assert.That(Sentences.Procedure(denied), Does.StartWith("0 keys listed, 0 judged.").And.Contain("stopped early in 1 of 1"));
            Assert.That(Sentences.Totals(stopped), Does.EndWith("; 3 listed and not judged"));
        }
    }

    [TestCase(null, "1 key could not be judged; with --unreadable-keys nonCompliant those whose rotation cannot be read count as findings.")]
    [TestCase("nonCompliant", "1 key could not be judged.")]
    public void Problem_suggests_no_option_that_is_already_set(string? unreadableKeys, string problem)
    {
        var given = new Dictionary<string, string>();
        if (unreadableKeys is not null) given["unreadableKeys"] = unreadableKeys;
        var report = Reports.Of(Reports.Row(1, KeyVerdict.NotJudged)) with { Parameters = given };
        Assert.That(Sentences.Problems(report), Is.EqualTo([problem]));
    }
}
