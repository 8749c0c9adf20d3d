using System.Text.Json;

namespace KeyRotation.Tests.Core;

internal sealed class RuleParametersTests
{
    private const string Arn = $"arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/{Keys.Id}";

    private const string Nulls = """
        {"maxRotationPeriodInDays":null,"disabledKeys":null,"replicaKeys":null,"unreadableKeys":null,"newKeyGraceInHours":null,
        "exemptKeyIds":null,"exemptTagKey":null,"rotationEvidence":null,
        "onDemandRotation":null,"importedKeys":null,"executionRoleName":null,"report":null}
        """;

    private const string Empties = """
        {"maxRotationPeriodInDays":"","disabledKeys":"","replicaKeys":"","unreadableKeys":"","newKeyGraceInHours":"","exemptKeyIds":"",
        "exemptTagKey":"","rotationEvidence":"","onDemandRotation":"","importedKeys":"","executionRoleName":"","report":""}
        """;

    [TestCase(null)]
    [TestCase("")]
    [TestCase("  ")]
    [TestCase("{}")]
    [TestCase("null")]
    [TestCase(" null ")]
    [TestCase(Nulls)]
    [TestCase(Empties)]
    [TestCase("""{"exemptKeyIds":"","exemptTagKey":" ","executionRoleName":"\t","report":"\r\n"}""")]
    [TestCase("""{"exemptKeyIds":[]}""")]
    [TestCase("""{"exemptKeyIds":[""]}""")]
    public void Missing_parameters_have_the_documented_defaults(string? json)
    {
        var parameters = Parse(json);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(parameters.MaxRotationPeriodInDays, Is.EqualTo(365));
            Assert.That(parameters.DisabledKeys, Is.EqualTo(DisabledKeys.Skip));
            Assert.That(parameters.ReplicaKeys, Is.EqualTo(ReplicaKeys.Evaluate));
            Assert.That(parameters.UnreadableKeys, Is.EqualTo(UnreadableKeys.Fail));
            Assert.That(parameters.NewKeyGraceInHours, Is.Zero);
            Assert.That(parameters.ExemptKeyIds, Is.Empty);
            Assert.That(parameters.ExemptTagKey, Is.Null);
            Assert.That(parameters.RotationEvidence, Is.EqualTo(RotationEvidence.Ignore));
            Assert.That(parameters.OnDemandRotation, Is.EqualTo(OnDemandRotation.Ignore));
            Assert.That(parameters.ImportedKeys, Is.EqualTo(ImportedKeys.Skip));
            Assert.That(parameters.ExecutionRoleName, Is.Null);
            Assert.That(parameters.Report, Is.EqualTo(Report.Changes));
        }
    }

    [TestCase("""{"exemptTagKey":null,"maxRotationPeriodInDays":90}""")]
    [TestCase("""{"report":"","maxRotationPeriodInDays":"90","disabledKeys":" "}""")]
    public void Empty_parameter_does_not_affect_the_others(string json) =>
        Assert.That(Parse(json), Is.EqualTo(RuleParameters.Default with { MaxRotationPeriodInDays = 90 }));

    [Test]
    public void Every_parameter_is_read()
    {
        var parameters = Parse($$"""
            {"maxRotationPeriodInDays":"180","disabledKeys":"evaluate","replicaKeys":"skip","unreadableKeys":"nonCompliant","newKeyGraceInHours":"48",
             "exemptKeyIds":"{{Keys.Id}}","exemptTagKey":"rotation-exempt","rotationEvidence":"require","onDemandRotation":"count",
             "importedKeys":"evaluate","executionRoleName":"audit/KeyRotation","report":"all"}
            """);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(parameters.MaxRotationPeriodInDays, Is.EqualTo(180));
            Assert.That(parameters.DisabledKeys, Is.EqualTo(DisabledKeys.Evaluate));
            Assert.That(parameters.ReplicaKeys, Is.EqualTo(ReplicaKeys.Skip));
            Assert.That(parameters.UnreadableKeys, Is.EqualTo(UnreadableKeys.NonCompliant));
            Assert.That(parameters.NewKeyGraceInHours, Is.EqualTo(48));
            Assert.That(parameters.ExemptKeyIds, Is.EquivalentTo([Keys.Id]));
            Assert.That(parameters.ExemptTagKey, Is.EqualTo("rotation-exempt"));
            Assert.That(parameters.RotationEvidence, Is.EqualTo(RotationEvidence.Require));
            Assert.That(parameters.OnDemandRotation, Is.EqualTo(OnDemandRotation.Count));
            Assert.That(parameters.ImportedKeys, Is.EqualTo(ImportedKeys.Evaluate));
            Assert.That(parameters.ExecutionRoleName, Is.EqualTo("audit/KeyRotation"));
            Assert.That(parameters.Report, Is.EqualTo(Report.All));
        }
    }

    [TestCase("""{"disabledKeys":"skip","replicaKeys":"evaluate","unreadableKeys":"fail","report":"changes"}""")]
    [TestCase("""{"rotationEvidence":"ignore","onDemandRotation":"ignore","importedKeys":"skip"}""")]
    public void Default_values_can_be_given_explicitly(string json) =>
        Assert.That(Parse(json), Is.EqualTo(RuleParameters.Default));

    [TestCase("""{"MAXROTATIONPERIODINDAYS":"90"}""", 90)]
    [TestCase("""{"maxrotationperiodindays":90}""", 90)]
    [TestCase("""{"maxRotationPeriodInDays":2560}""", 2560)]
    [TestCase("""{"maxRotationPeriodInDays":" 2560 "}""", 2560)]
    [TestCase("""{"maxRotationPeriodInDays":"0091"}""", 91)]
    public void Name_ignores_case_and_value_is_number_or_string(string json, int days) =>
        Assert.That(Parse(json).MaxRotationPeriodInDays, Is.EqualTo(days));

    [TestCase("""{"newKeyGraceInHours":0}""", 0)]
    [TestCase("""{"newKeyGraceInHours":"168"}""", 168)]
    public void Grace_period_accepts_its_bounds(string json, int hours) => Assert.That(Parse(json).NewKeyGraceInHours, Is.EqualTo(hours));

    [TestCase($"\"{Keys.Id}\"", new[] { Keys.Id })]
    [TestCase($"\" {Keys.Id} ,, {Keys.MultiRegionId},{Arn}, \"", new[] { Keys.Id, Keys.MultiRegionId, Arn })]
    [TestCase($"\"{Keys.Id},{Keys.Id}\"", new[] { Keys.Id })]
    [TestCase($"[\"{Keys.Id}\",\"{Keys.PrimaryArn}\"]", new[] { Keys.Id, Keys.PrimaryArn })]
    [TestCase("[]", new string[0])]
    public void Exempt_keys_are_comma_separated_or_a_list(string json, string[] keys) =>
        Assert.That(Parse($$"""{"exemptKeyIds":{{json}}}""").ExemptKeyIds, Is.EquivalentTo(keys));

    [TestCase("A")]
    [TestCase("KeyRotation_rule+=,.@-9")]
    [TestCase("a/b_c/KeyRotation")]
    [TestCase("0123456789012345678901234567890123456789012345678901234567890123", Description = "64 characters")]
    [TestCase("A-path-part-may-be-longer-than-the-sixty-four-characters-of-the-name/KeyRotation")]
    public void Role_is_a_name_with_an_optional_path(string role) =>
        Assert.That(Parse($$"""{"executionRoleName":"{{role}}"}""").ExecutionRoleName, Is.EqualTo(role));

    [TestCase(128, true)]
    [TestCase(129, false)]
    public void Tag_key_has_at_most_128_characters(int length, bool valid) =>
        Assert.That(RuleParameters.TryParse($$"""{"exemptTagKey":"{{new string('k', length)}}"}""", out _, out _), Is.EqualTo(valid));

    [TestCaseSource(nameof(InvalidValues))]
    public void Invalid_value_is_a_problem_that_lists_valid_values(string name, string value, string valid)
    {
        var problem = Refuse($$"""{"{{name}}":{{value}}}""");
        Assert.That(problem.ToString(), Is.EqualTo($"KR08: Rule parameter '{name}' is {value}. Valid: {valid}."));
    }

    private static IEnumerable<TestCaseData> InvalidValues()
    {
        const string days = "a whole number from 90 to 2560";
        foreach (var value in (string[])
        [
            "89", "2561", "0", "-365", "90.0", "9e1", "99999999999999999999", "true", "[]", "[365]", "[\"365\"]", "{}",
            "\"null\"", "\"89\"", "\"2561\"", "\"+90\"", "\"-90\"", "\"9e1\"", "\"90.0\"", "\"1,000\"", "\"0x5A\"", "\"a year\"", "\"٣٦٥\"",
        ])
        {
            yield return new("maxRotationPeriodInDays", value, days);
        }

        foreach (var value in (string[])["-1", "169", "\"169\"", "1.5", "\"PT1H\""])
            yield return new("newKeyGraceInHours", value, "a whole number from 0 to 168");

        foreach (var value in (string[])["\"null\"", "\"Skip\"", "\"skipped\"", "\"skip,evaluate\"", "[\"skip\"]", "[]", "true", "0"])
            yield return new("disabledKeys", value, "skip or evaluate");

        yield return new("replicaKeys", "\"primary\"", "evaluate or skip");
        yield return new("unreadableKeys", "\"noncompliant\"", "fail or nonCompliant");
        yield return new("rotationEvidence", "\"true\"", "ignore or require");
        yield return new("onDemandRotation", "\"counts\"", "ignore or count");
        yield return new("importedKeys", "true", "skip or evaluate");
        yield return new("report", "\"every\"", "changes or all");

        foreach (var key in (string[])
        [
            "alias/aws/s3", "arn:aws:kms:eu-central-1:111122223333:alias/payments", "0F0E0D0C-1111-4222-8333-444455556666", "0f0e0d0c11114222833344445555666",
            "mrk-0123456789abcdef0123456789abcde", "mrk-0123456789abcdef0123456789abcdef0", "g" + Keys.Id[1..], Keys.Id + "0", "0" + Keys.Id, "0f0e0d0c-1111-4222-444455556666", "0f0e0d0c-1111-4222-8333-5555-444455556666",
            "arn:aws:s3:eu-central-1:111122223333:key/" + Keys.Id, "arn:gcp:kms:eu-central-1:111122223333:key/" + Keys.Id, "arn:aws:kms::111122223333:key/" + Keys.Id,
            "arn:aws:kms:eu-central-1:11112222333:key/" + Keys.Id, "arn:aws:kms:EU:111122223333:key/" + Keys.Id, "arn:AWS:kms:eu-central-1:111122223333:key/" + Keys.Id,
            "x" + Arn, Arn + "/", "key/" + Keys.Id, $"{Keys.Id},*", "*", $"{Keys.Id};{Keys.MultiRegionId}", $"{Keys.Id}\\n,x", "0f0e0d0-1111-4222-8333-444455556666",
        ])
        {
            yield return new("exemptKeyIds", $"\"{key}\"", "key IDs or key ARNs, separated by commas");
        }

        foreach (var value in (string[])["7", "[7]", "{}", "false", $"[\"{Keys.Id}\",7]"])
            yield return new("exemptKeyIds", value, "key IDs or key ARNs, separated by commas");

        foreach (var value in (string[])["7", "[\"a\",\"b\"]", "true"])
            yield return new("exemptTagKey", value, "a tag key of 1 to 128 characters");

        foreach (var role in (string[])
        [
            "/KeyRotation", "audit/", "audit//KeyRotation", "arn:aws:iam::111122223333:role/KeyRotation", "two words", "a:b", "Schlüssel", "role*", "a\\nb", "a b/KeyRotation",
            "01234567890123456789012345678901234567890123456789012345678901234",
        ])
        {
            yield return new("executionRoleName", $"\"{role}\"", "the name of an IAM role, or path/name, without leading slash");
        }
    }

    [TestCase("""{"maxRotationPeriod":"365"}""", "maxRotationPeriod")]
    [TestCase("""{"":"365"}""", "")]
    [TestCase("""{"report ":"all"}""", "report ")]
    public void Unknown_name_is_a_problem_that_lists_valid_names(string json, string name) =>
        Assert.That(Refuse(json).ToString(), Is.EqualTo(
            $"KR07: Unknown rule parameter '{name}'. Valid names: maxRotationPeriodInDays, disabledKeys, replicaKeys, unreadableKeys, newKeyGraceInHours, "
            + "exemptKeyIds, exemptTagKey, rotationEvidence, onDemandRotation, importedKeys, executionRoleName, report."),
            "Add the new parameter to this list in tests/Core/RuleParametersTests.cs, and its valid and invalid values above.");

    [TestCase("""{"report":"all","REPORT":"changes"}""")]
    [TestCase("""{"report":"all","report":"all"}""")]
    [TestCase("""{"report":null,"Report":"all"}""")]
    public void Repeated_name_is_a_problem(string json) =>
        Assert.That(Refuse(json).ToString(), Is.EqualTo("KR07: Rule parameter 'report' is given twice; names are case-insensitive."));

    [TestCase("[]", "Array")]
    [TestCase("\"{}\"", "String")]
    [TestCase("365", "Number")]
    public void JSON_that_is_not_an_object_is_a_problem(string json, string kind) =>
        Assert.That(Refuse(json).ToString(), Is.EqualTo($"KR06: ruleParameters must be a JSON object, not {kind}."));

    [TestCase("{", "it is invalid or incomplete at line 1, byte 2")]
    [TestCase("""{"report":"all",}""", "it is invalid or incomplete at line 1, byte 17")]
    [TestCase("""{"report":"all"} {}""", "it is invalid or incomplete at line 1, byte 18")]
    [TestCase("""{"report":"\ud800"}""", "it contains a string that is not valid Unicode")]
    [TestCase("""{"\udc00":"all"}""", "it contains a string that is not valid Unicode")]
    [TestCase("""{"exemptKeyIds":["\ud800"]}""", "it contains a string that is not valid Unicode")]
    public void Malformed_JSON_or_text_is_a_problem(string json, string why) =>
        Assert.That(Refuse(json).ToString(), Is.EqualTo($"KR06: ruleParameters must be a JSON object: {why}."));

    [Test]
    public void Deeply_nested_JSON_is_a_problem() =>
        Assert.That(Refuse($$"""{"exemptKeyIds":{{new string('[', 10_000)}}{{new string(']', 10_000)}}}""").Number, Is.EqualTo(ProblemNumber.ParametersAreNotJson));

    [TestCase("""{"exemptTagKey":"LONG"}""")]
    [TestCase("""{"LONG":"x"}""")]
    [TestCase("""{"LONG":"x","LONG":"y"}""")]
    public void Problem_is_short_even_if_the_value_is_long(string json) =>
        Assert.That(Refuse(json.Replace("LONG", new('k', 1_000_000), StringComparison.Ordinal)).Message, Has.Length.LessThan(600));

    [Test]
    public void Definitions_have_unique_names_and_valid_values()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(RuleParameters.Definitions.Select(definition => definition.Name), Is.Unique);
            Assert.That(RuleParameters.Definitions.Select(definition => definition.Valid), Is.All.Not.Empty);
            Assert.That(
                RuleParameters.Definitions.Select(definition => definition.OwnType),
                Is.All.AnyOf(JsonValueKind.String, JsonValueKind.Number, JsonValueKind.Array));
        }
    }

    private static RuleParameters Parse(string? json)
    {
        Assert.That(RuleParameters.TryParse(json, out var parameters, out var problem), Is.True, () => $"{problem}");
        Assert.That(problem, Is.Null);
        return parameters!;
    }

    private static Problem Refuse(string json)
    {
        Assert.That(RuleParameters.TryParse(json, out var parameters, out var problem), Is.False);
        Assert.That(parameters, Is.Null);
        return problem!;
    }
}
