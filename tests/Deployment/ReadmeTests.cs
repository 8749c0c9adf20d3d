using System.Text.RegularExpressions;
using KeyRotation.Tests.Documents;

namespace KeyRotation.Tests.Deployment;

/// <summary>The table of rule parameters in the README is that of the template: name, valid values, default.</summary>
[TestFixture]
internal sealed partial class ReadmeTests
{
    private const string Advice = "Make the table of parameters in README.md say what rule/Core/RuleParameters.cs and template.yaml say, in the same order.";

    private static readonly string[] Pages =
    [
        "README.md", "DEPLOYMENT.md", .. Directory.GetFiles(Repository.PathOf("samples"), "README.md", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Repository.Root, path)).Order(),
    ];

    private static IEnumerable<TestCaseData<string, string>> Links =>
        from page in Pages
        where page != "README.md"
        from link in new Markdown(page).LocalLinks.Distinct()
        select new TestCaseData<string, string>(page, link);

    [Test]
    public void The_parameters_of_the_README_are_those_of_the_template_with_their_ranges_and_defaults()
    {
        var rows = Row().Matches(Markdown.Readme.Section("## Parameters"))
            .Select(row => (Name: row.Groups[1].Value, Valid: row.Groups[2].Value.Replace("`", "", StringComparison.Ordinal), Default: row.Groups[3].Value.Trim('`', ' '))).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rows.Select(row => row.Name), Is.EqualTo(RuleParameters.Definitions.Select(definition => definition.Name)), Advice);
            foreach (var (name, valid, @default) in rows)
            {
                var offer = Template.Function.Parameter(char.ToUpperInvariant(name[0]) + name[1..]);
                string[] values = [.. offer["AllowedValues"]?.AsArray().Select(value => value!.ToString()) ?? [], .. new[] { offer["MinValue"], offer["MaxValue"] }.Where(bound => bound is not null).Select(bound => bound!.ToString())];
                Assert.That(values, Is.All.Matches<string>(valid.Contains), $"{name}. {Advice}");
                Assert.That(@default, Is.EqualTo(offer["Default"]!.ToString() is { Length: > 0 } text ? text : "none"), $"{name}. {Advice}");
            }
        }
    }

    [TestCaseSource(nameof(Pages))]
    public void A_command_of_a_page_names_what_is_there(string page)
    {
        var text = Repository.Read(page);
        var targets = Target().Matches(Repository.Read("Makefile")).Select(match => match.Groups[1].Value);
        Template[] templates =
        [
            Template.Function, Template.Pack, Template.MemberRole, Template.OrganizationPack, Template.Remediation, Template.ForwardFindings, Template.Bucket,
        ];
        var parameters = templates.SelectMany(template => template.Parameters.Select(parameter => parameter.Key)).Concat(["CodeBucket", "CodeKey"]).Distinct();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Matches(MakeCall(), text), Is.SubsetOf(targets));
            Assert.That(Matches(Override(), text), Is.SubsetOf(parameters));
            Assert.That(Matches(SourceFile(), text).Where(path => !File.Exists(Repository.PathOf(path))), Is.Empty);
        }
    }

    [TestCaseSource(nameof(Links))]
    public void A_link_leads_somewhere(string page, string link)
    {
        var (file, anchor) = link.Split('#') is [var path, var heading] ? (path, "#" + heading) : (link, null);
        var target = file.Length == 0 ? page : Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.PathOf(page), "..", file)));
        Assert.That(Path.Exists(Repository.PathOf(target)), target);
        if (anchor is not null) Assert.That(new Markdown(target).Anchors, Does.Contain(anchor));
    }

    /// <summary>The months of the cost table are the sums of its rows that come every month.</summary>
    [TestCase("MetricsByRule=false")]
    [TestCase("MetricsByRule=true")]
    public void A_month_costs_what_its_parts_cost(string metrics)
    {
        string[] parts = ["evaluations, report=changes", "KMS requests", "Lambda and its log", "alarms", $"metrics, {metrics}"];
        var rows = new Markdown("DEPLOYMENT.md").Table("## Cost").ToDictionary(row => row[0].Trim('*'), row => row[2..].Select(Amount).ToArray());
        Assert.That(rows[$"a month, {metrics}"], Is.EqualTo(Enumerable.Range(0, 3).Select(column => parts.Sum(part => rows[part][column]))));

        static decimal Amount(string cell) => decimal.Parse(cell.Trim('*').Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static IEnumerable<string> Matches(Regex regex, string text) => regex.Matches(text).Select(match => match.Groups[1].Value).Distinct();

    [GeneratedRegex(@"^([A-Za-z-]+):", RegexOptions.Multiline)]
    private static partial Regex Target();

    [GeneratedRegex(@"(?:^|`)make ([a-z][A-Za-z-]*)", RegexOptions.Multiline)]
    private static partial Regex MakeCall();

    [GeneratedRegex(@"(?:parameter-overrides |ParameterKey=|ParameterName=|(?<=parameter-overrides .*) |`)(?!ParameterKey=|ParameterName=)([A-Z]\w+)(?:=|,ParameterValue)")]
    private static partial Regex Override();

    [GeneratedRegex(@"\b((?:samples/)[\w./-]+\.(?:yaml|sql|md))\b")]
    private static partial Regex SourceFile();

    [GeneratedRegex(@"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
