using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KeyRotation.Tests.Deployment;

[TestFixture]
internal sealed partial class StoredQueriesTests
{
    /// <summary>
    /// Fields that an advanced query can use; this is not the full list. Source: github.com/awslabs/aws-config-resource-schema,
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
    /// A query is one SELECT without FROM. Source: AWS Config Developer Guide, Query components, and Querying the current configuration
    /// state of AWS resources, Limitations.
    /// </summary>
    [TestCaseSource(nameof(Queries))]
    public void Query_uses_only_documented_fields_and_syntax(string name)
    {
        string[] keywords = ["SELECT", "WHERE", "GROUP", "BY", "ORDER", "AND", "OR", "NOT", "IN", "LIKE", "COUNT"];
        var query = Query(name);
        var words = Word().Matches(Literal().Replace(query, "")).Select(match => match.Value).ToLookup(word => char.IsUpper(word[0]));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(words[false].Distinct(), Is.SubsetOf(DocumentedFields[TypeIn(query)]).And.Not.Empty);
            Assert.That(words[true].Distinct(), Is.SubsetOf(keywords));
            Assert.That(query, Has.Length.LessThanOrEqualTo(4096));
            Assert.That(
                GroupBy().Matches(query).Select(match => match.Groups[1].Value.Split(',').Length),
                Is.All.LessThanOrEqualTo(3),
                "the number of properties in GROUP BY");
            Assert.That(
                Like().Matches(query).Select(match => match.Groups[1].Value),
                Is.All.Match("^[^%_]{3,}%$"),
                "a wildcard is allowed only at the end, after at least three characters");
            Assert.That(query, Does.Not.Match("ORDER BY [^)]*\\("), "pagination does not work with an aggregate in ORDER BY");
        }
    }

    [TestCase("k")]
    [TestCase("kr")]
    [TestCase("key_rotation")]
    public void Rule_name_that_queries_cannot_match_is_rejected(string ruleName) =>
        Assert.That(ruleName, Does.Not.Match(Template.Function.Parameter("RuleName")["AllowedPattern"]!.ToString()));

    [Test]
    public void Shortest_rule_name_gives_valid_patterns()
    {
        var shortest = "kms";
        Assert.That(shortest, Does.Match(Template.Function.Parameter("RuleName")["AllowedPattern"]!.ToString()));
        Assert.That(
            Stored(("RuleName", shortest)).SelectMany(query => Like().Matches($"{query["QueryExpression"]}")).Select(match => match.Groups[1].Value),
            Is.All.EqualTo("kms%").And.Not.Empty);
    }

    [Test]
    public void README_lists_each_query_with_its_resource_type() =>
        Assert.That(
            new Documents.Markdown("samples/queries/README.md").Table("## What they answer").Select(row => (row[0], row[2])),
            Is.EquivalentTo(Queries.Select(name => ($"[{name}.sql]({name}.sql)", TypeIn(Query(name))))));

    [Test]
    public void Template_stores_each_query_of_the_samples() =>
        Assert.That(
            Stored().Select(query => ($"{query["QueryName"]}", $"{query["QueryExpression"]}")),
            Is.EquivalentTo(Queries.Select(name => ("kms-key-rotation-" + name, Query(name).TrimEnd()))));

    [Test]
    public void Longest_rule_name_gives_valid_query_names()
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
