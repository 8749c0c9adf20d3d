using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KeyRotation.Tests.Deployment;

[TestFixture]
internal sealed partial class StoredQueriesTests
{
    /// <summary>
    /// Fields that an advanced query can name, as far as the queries use them. Source: github.com/awslabs/aws-config-resource-schema,
    /// config/properties/resource-types, AWS::KMS::Key and AWS::Config::ResourceCompliance.
    /// </summary>
    private static readonly Dictionary<string, string[]> DocumentedFields = new()
    {
        ["AWS::KMS::Key"] =
        [
            "accountId", "arn", "awsRegion", "configurationItemCaptureTime", "configurationItemStatus", "resourceId", "resourceName", "resourceType", "tags.key", "tags.value",
            "configuration.arn", "configuration.creationDate", "configuration.customerMasterKeySpec", "configuration.deletionDate", "configuration.enabled",
            "configuration.keyId", "configuration.keyManager", "configuration.keySpec", "configuration.keyState", "configuration.keyUsage", "configuration.multiRegion",
            "configuration.multiRegionConfiguration.multiRegionKeyType", "configuration.origin", "supplementaryConfiguration.KeyRotationStatus",
        ],
        ["AWS::Config::ResourceCompliance"] =
        [
            "accountId", "arn", "awsRegion", "configurationItemCaptureTime", "configurationItemStatus", "resourceId", "resourceName", "resourceType",
            "configuration.complianceType", "configuration.configRuleList.complianceType", "configuration.configRuleList.configRuleArn",
            "configuration.configRuleList.configRuleId", "configuration.configRuleList.configRuleName", "configuration.targetResourceId", "configuration.targetResourceType",
        ],
    };

    private static IEnumerable<string> Queries =>
        Directory.GetFiles(Repository.PathOf("samples", "queries"), "*.sql").Select(path => Path.GetFileNameWithoutExtension(path)!).Order();

    /// <summary>
    /// One SELECT without FROM. Source: AWS Config Developer Guide, Query components, and Querying the current configuration state of AWS
    /// resources, Limitations.
    /// </summary>
    [TestCaseSource(nameof(Queries))]
    public void A_query_keeps_to_the_documented_fields_words_and_limits(string name)
    {
        string[] keywords = ["SELECT", "WHERE", "GROUP", "BY", "ORDER", "AND", "OR", "NOT", "IN", "LIKE", "COUNT"];
        var query = Query(name);
        var words = Word().Matches(Literal().Replace(query, "")).Select(match => match.Value).ToLookup(word => char.IsUpper(word[0]));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(words[false].Distinct(), Is.SubsetOf(DocumentedFields[TypeIn(query)]).And.Not.Empty);
            Assert.That(words[true].Distinct(), Is.SubsetOf(keywords));
            Assert.That(query, Has.Length.LessThanOrEqualTo(4096));
            Assert.That(GroupBy().Matches(query).Select(match => match.Groups[1].Value.Split(',').Length), Is.All.LessThanOrEqualTo(3), "properties in GROUP BY");
            Assert.That(Like().Matches(query).Select(match => match.Groups[1].Value), Is.All.Match("^[^%_]{3,}%$"), "only a suffix is a wildcard, after three characters or more");
            Assert.That(query, Does.Not.Match("ORDER BY [^)]*\\("), "pages end where an aggregate is sorted by");
        }
    }

    [TestCase("k")]
    [TestCase("kr")]
    [TestCase("key_rotation")]
    public void A_rule_name_that_the_queries_could_not_look_for_is_refused(string ruleName) =>
        Assert.That(ruleName, Does.Not.Match(Template.Function.Parameter("RuleName")["AllowedPattern"]!.ToString()));

    [Test]
    public void The_shortest_rule_name_makes_patterns_within_the_limits()
    {
        var shortest = "kms";
        Assert.That(shortest, Does.Match(Template.Function.Parameter("RuleName")["AllowedPattern"]!.ToString()));
        Assert.That(
            Stored(("RuleName", shortest)).SelectMany(query => Like().Matches($"{query["QueryExpression"]}")).Select(match => match.Groups[1].Value),
            Is.All.EqualTo("kms%").And.Not.Empty);
    }

    [Test]
    public void The_page_lists_each_query_with_the_type_that_it_asks_for() =>
        Assert.That(
            new Documents.Markdown("samples/queries/README.md").Table("## What they answer").Select(row => (row[0], row[2])),
            Is.EquivalentTo(Queries.Select(name => ($"[{name}.sql]({name}.sql)", TypeIn(Query(name))))));

    [Test]
    public void The_template_stores_each_query_of_the_samples() =>
        Assert.That(
            Stored().Select(query => ($"{query["QueryName"]}", $"{query["QueryExpression"]}")),
            Is.EquivalentTo(Queries.Select(name => ("kms-key-rotation-" + name, Query(name).TrimEnd()))));

    [Test]
    public void A_stored_query_of_the_longest_rule_name_has_a_name_that_AWS_Config_takes()
    {
        Assert.That(new string('r', 39), Does.Not.Match(Template.Function.Parameter("RuleName")["AllowedPattern"]!.ToString()));
        Assert.That(Stored(("RuleName", new string('r', 38))).Select(query => $"{query["QueryName"]}".Length), Is.All.LessThanOrEqualTo(64));
    }

    private static string Query(string name) => Repository.Read("samples", "queries", name + ".sql");

    private static string TypeIn(string query) => ResourceType().Match(query).Groups[1].Value;

    private static List<JsonNode> Stored(params (string, string)[] given) => Template.Function.Made("AWS::Config::StoredQuery", given);

    [GeneratedRegex("resourceType = '([^']+)'")]
    private static partial Regex ResourceType();

    [GeneratedRegex(@"GROUP BY ([\w., ]+)")]
    private static partial Regex GroupBy();

    [GeneratedRegex("LIKE '([^']*)'")]
    private static partial Regex Like();

    [GeneratedRegex("'[^']*'")]
    private static partial Regex Literal();

    [GeneratedRegex(@"[A-Za-z][\w.]*")]
    private static partial Regex Word();
}
