using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KeyRotation.Tests.Deployment;

/// <summary>The code, the template and the conformance pack have the same rule parameters, with the same values.</summary>
[TestFixture]
internal sealed class OfferedParametersTests
{
    private const int MaxInputParameters = 1024;

    private static readonly Template[] Templates = [Template.Function, Template.Pack];

    private static IEnumerable<TestCaseData> Offered =>
        from template in Templates
        from definition in RuleParameters.Definitions
        select new TestCaseData(template, definition.Name);

    private static IEnumerable<TestCaseData> Patterned =>
        Offered.Where(row => ((Template)row.Arguments[0]!).Parameters[Name((string)row.Arguments[1]!)]?["AllowedPattern"] is not null);

    [TestCaseSource(nameof(Templates))]
    public void Rule_passes_exactly_the_parameters_of_the_code(Template template)
    {
        var everything = template.Made(
            ("ExemptKeyIds", "1234abcd-12ab-34cd-56ef-1234567890ab"), ("ExemptTagKey", "exempt"), ("ExecutionRoleName", "role"));
        Assert.That(
            InputParameters(everything).Select(parameter => parameter.Key),
            Is.EquivalentTo(RuleParameters.Definitions.Select(definition => definition.Name)),
            $"InputParameters of the rule in {template} must be the list in rule/Core/RuleParameters.cs, Definitions.");
    }

    [TestCaseSource(nameof(Templates))]
    public void Template_defaults_are_those_of_the_code(Template template)
    {
        Assert.That(RuleParameters.TryParse(InputParameters(template.Made()).ToJsonString(), out var parameters, out var problem), $"{problem}");
        Assert.That(parameters, Is.EqualTo(RuleParameters.Default).UsingPropertiesComparer(),
            $"Each Default in {template} must be that of its property in rule/Core/RuleParameters.cs.");
    }

    [TestCaseSource(nameof(Offered))]
    public void Template_and_code_accept_the_same_values(Template template, string name)
    {
        var offer = Offer(template, name);
        var advice = $"The values of {Name(name)} in {template} must be those of {name} in rule/Core/RuleParameters.cs, Definitions.";
        var valid = RuleParameters.Definitions.Single(definition => definition.Name == name).Valid;
        if (valid.StartsWith("a whole number", StringComparison.Ordinal))
        {
            Assert.That(
                Enumerable.Range(-1, 10_001).Where(number => IsOffered(offer, Text(number)) != IsAccepted(name, Text(number))),
                Is.Empty,
                advice);
        }
        else if (offer["AllowedValues"] is JsonArray choices)
        {
            Assert.That(choices.Select(choice => IsAccepted(name, choice!.ToString())), Is.All.True, advice);
            Assert.That(string.Join(" or ", choices), Is.EqualTo(valid), advice);
        }
        else
        {
            var longest = Longest(name, (int)offer["MaxLength"]!.GetValue<long>());
            Assert.That((IsOffered(offer, longest), IsAccepted(name, longest)), Is.EqualTo((true, true)), advice);
        }
    }

    [TestCase("exemptKeyIds", "", true)]
    [TestCase("exemptKeyIds", "1234abcd-12ab-34cd-56ef-1234567890ab", true)]
    [TestCase("exemptKeyIds", "mrk-1234abcd12ab34cd56ef1234567890ab,arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab", true)]
    [TestCase("exemptKeyIds", "alias/example", false)]
    [TestCase("exemptKeyIds", "1234abcd-12ab-34cd-56ef", false)]
    [TestCase("exemptKeyIds", "1234abcd-12ab-34cd-56ef-1234567890ab;1234abcd-12ab-34cd-56ef-1234567890ac", false)]
    [TestCase("exemptKeyIds", "1234abcd-12ab-34cd-56ef-1234567890ab1234abcd-12ab-34cd-56ef-1234567890ac", false)]
    [TestCase("exemptTagKey", "acme:kms/rotation exempt_until+1=x@y-z.", true)]
    [TestCase("executionRoleName", "KmsKeyRotationRule", true)]
    [TestCase("executionRoleName", "team/audit/KmsKeyRotationRule", true)]
    [TestCase("executionRoleName", "/leading", false)]
    [TestCase("executionRoleName", "arn:aws:iam::123456789012:role/name", false)]
    public void Code_and_templates_accept_the_same_strings(string name, string text, bool isAccepted)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(IsAccepted(name, text), Is.EqualTo(isAccepted));
            foreach (var template in Templates) Assert.That(IsOffered(Offer(template, name), text), Is.EqualTo(isAccepted), $"{template}");
        }
    }

    [TestCaseSource(nameof(Patterned))]
    public void Pattern_applies_to_the_whole_value(Template template, string name)
    {
        var pattern = Offer(template, name)["AllowedPattern"]!.ToString();
        Assert.That(Regex.IsMatch("§" + Longest(name, 100) + "§", pattern), Is.False);
    }

    [TestCaseSource(nameof(Templates))]
    public void Longest_allowed_values_fit_in_InputParameters(Template template)
    {
        var longest = RuleParameters.Definitions.Select(definition => definition.Name)
            .Select(name => (Name(name), Longest(template, name))).ToArray();
        var input = InputParameters(template.Made(longest)).ToJsonString();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(input, Has.Length.LessThanOrEqualTo(MaxInputParameters), $"Reduce a MaxLength in {template}.");
            Assert.That(RuleParameters.TryParse(input, out _, out var problem), Is.True, problem?.Message);
        }
    }

    private static JsonNode Offer(Template template, string name) => template.Parameter(Name(name));

    private static string Name(string ruleParameter) => char.ToUpperInvariant(ruleParameter[0]) + ruleParameter[1..];

    private static string Longest(Template template, string name)
    {
        var offer = Offer(template, name);
        return offer["AllowedValues"] is JsonArray choices ? choices.Select(choice => choice!.ToString()).MaxBy(choice => choice.Length)!
            : offer["MaxLength"] is null ? RuleParameters.Definitions.Single(definition => definition.Name == name).Valid.Split(' ')[^1]
            : Longest(name, (int)offer["MaxLength"]!.GetValue<long>());
    }

    /// <summary>The longest valid value of at most this length.</summary>
    private static string Longest(string name, int maxLength) => name switch
    {
        "exemptKeyIds" => string.Join(',', Enumerable.Range(0, (maxLength + 1) / 37).Select(_ => "1234abcd-12ab-34cd-56ef-1234567890ab")),
        "executionRoleName" => string.Join('/', Enumerable.Repeat(new string('r', 60), 3))[..maxLength],
        _ => new string('t', maxLength),
    };

    private static JsonObject InputParameters(IReadOnlyDictionary<string, JsonObject> made) => made["Rule"]["Properties"]!["InputParameters"]!.AsObject();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static bool IsOffered(JsonNode offer, string text) => offer["MinValue"] is { } min
        ? long.Parse(text, CultureInfo.InvariantCulture) is var number
            && number >= min.GetValue<long>() && number <= offer["MaxValue"]!.GetValue<long>()
        : Regex.IsMatch(text, offer["AllowedPattern"]!.ToString());

    private static bool IsAccepted(string name, string text) =>
        RuleParameters.TryParse(JsonSerializer.Serialize(new Dictionary<string, string> { [name] = text }), out _, out _);
}
