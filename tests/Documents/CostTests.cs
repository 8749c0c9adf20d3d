using System.Globalization;

namespace KeyRotation.Tests.Documents;

/// <summary>The monthly totals in the cost table of DEPLOYMENT.md are the sums of its monthly costs.</summary>
internal sealed class CostTests
{
    [TestCase("MetricsByRule=false")]
    [TestCase("MetricsByRule=true")]
    public void Monthly_total_is_the_sum_of_its_parts(string metrics)
    {
        string[] parts = ["evaluations, report=changes", "KMS requests", "Lambda and its log", "alarms", $"metrics, {metrics}"];
        var rows = new Markdown("DEPLOYMENT.md").Table("## Cost").ToDictionary(row => row[0].Trim('*'), row => row[2..].Select(Amount).ToArray());
        Assert.That(rows[$"a month, {metrics}"], Is.EqualTo(Enumerable.Range(0, 3).Select(column => parts.Sum(part => rows[part][column]))));

        static decimal Amount(string cell) => decimal.Parse(cell.Trim('*').Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
