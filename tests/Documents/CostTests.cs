using System.Globalization;

namespace KeyRotation.Tests.Documents;

/// <summary>The months of the cost table in DEPLOYMENT.md are the sums of its rows that come every month.</summary>
internal sealed class CostTests
{
    [TestCase("MetricsByRule=false")]
    [TestCase("MetricsByRule=true")]
    public void A_month_costs_what_its_parts_cost(string metrics)
    {
        string[] parts = ["evaluations, report=changes", "KMS requests", "Lambda and its log", "alarms", $"metrics, {metrics}"];
        var rows = new Markdown("DEPLOYMENT.md").Table("## Cost").ToDictionary(row => row[0].Trim('*'), row => row[2..].Select(Amount).ToArray());
        Assert.That(rows[$"a month, {metrics}"], Is.EqualTo(Enumerable.Range(0, 3).Select(column => parts.Sum(part => rows[part][column]))));

        static decimal Amount(string cell) => decimal.Parse(cell.Trim('*').Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
