using System.Text.Json.Nodes;
using Amazon.Lambda.ConfigEvents;
using CsCheck;
using NUnit.Framework.Constraints;

namespace KeyRotation.Tests.Reading;

internal sealed class InvocationTests
{
    private const string Valid = "ConfigurationItemChangeNotification, OversizedConfigurationItemChangeNotification, ScheduledNotification and ConfigurationSnapshotDeliveryCompleted";

    [Test]
    public void Change_notification_is_a_change()
    {
        var invocation = Events.Read(Events.Change(Events.Item()));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(invocation.Place, Is.EqualTo(Events.Place));
            Assert.That(invocation.ResultToken, Is.EqualTo("token"));
            Assert.That(invocation.ConfigRuleName, Is.EqualTo("kms-key-rotation"));
            Assert.That(invocation.Parameters, Is.EqualTo(RuleParameters.Default));
            Assert.That(invocation.Notification, Is.TypeOf<Notification.Change>());
        }
    }

    [Test]
    public void Oversized_notification_only_names_the_key()
    {
        var notification = Events.Read("""
            {"configurationItemSummary":{"changeType":"UPDATE","configurationItemVersion":"1.3","configurationItemCaptureTime":"2026-06-15T10:00:00.250Z",
              "awsAccountId":"111122223333","configurationItemStatus":"OK","resourceId":"0f0e0d0c-1111-4222-8333-444455556666","resourceType":"AWS::KMS::Key","awsRegion":"eu-central-1"},
             "s3DeliverySummary":{"s3BucketLocation":null,"errorCode":null,"errorMessage":null},"messageType":"OversizedConfigurationItemChangeNotification"}
            """).Notification;
        var expected = new RecordedKey(new() { KeyId = Events.KeyId, Arn = Events.KeyArn }, new(2026, 6, 15, 10, 0, 0, 250, TimeSpan.Zero));
        Assert.That(notification, Is.EqualTo(new Notification.OversizedChange(expected)));
    }

    [TestCase("ScheduledNotification")]
    [TestCase("ConfigurationSnapshotDeliveryCompleted")]
    public void Scheduled_and_snapshot_notifications_are_a_sweep(string messageType) =>
        Assert.That(
            Events.Read($$"""{"awsAccountId":"111122223333","notificationCreationTime":"2026-06-15T10:00:00.250Z","messageType":"{{messageType}}","recordVersion":"1.0"}""").Notification,
            Is.EqualTo(new Notification.Sweep(new(2026, 6, 15, 10, 0, 0, 250, TimeSpan.Zero))));

    [TestCase("""{"maxRotationPeriodInDays":"90"}""", 90)]
    [TestCase(null, 365)]
    public void Rule_parameters_are_read_and_optional(string? ruleParameters, int days) =>
        Assert.That(
            Events.Read(e => e.RuleParameters = ruleParameters).Parameters,
            Is.EqualTo(RuleParameters.Default with { MaxRotationPeriodInDays = days }));

    [Test]
    public void Invalid_parameter_is_a_problem() =>
        Assert.That(
            () => Events.Read(e => e.RuleParameters = """{"report":"some"}"""),
            Refused("KR08: Rule parameter 'report' is \"some\". Valid: changes or all."));

    [TestCaseSource(nameof(MissingFields))]
    public void Missing_or_invalid_field_of_the_event_is_named(Action<ConfigEvent> take, string problem) =>
        Assert.That(() => Events.Read(take), Refused(problem));

    private static IEnumerable<TestCaseData> MissingFields()
    {
        foreach (var nothing in (string?[])[null, "", " "])
        {
            yield return Case(e => e.AccountId = nothing, "KR02: accountId is missing or empty; it must be an account ID.");
            yield return Case(e => e.ResultToken = nothing, "KR02: resultToken is missing or empty; it must be the result token from AWS Config.");
            yield return Case(e => e.InvokingEvent = nothing, "KR02: invokingEvent is missing or empty; it must be the notification, as JSON text.");
            yield return Case(e => e.ConfigRuleName = nothing, "KR02: configRuleName is missing or empty; it must be the name of the rule.");
        }

        foreach (var accountId in (string[])["11112222333", "1111222233334", "11112222333x", "١١١١٢٢٢٢٣٣٣٣"])
            yield return Case(e => e.AccountId = accountId, $"KR02: accountId is '{accountId}'; it must be 12 digits.");

        static TestCaseData Case(Action<ConfigEvent> take, string problem) => new(take, problem);
    }

    [TestCase("\"RemediationNotification\"", "'RemediationNotification'")]
    [TestCase("\"scheduledNotification\"", "'scheduledNotification'")]
    public void Unknown_message_type_lists_the_four_valid_ones(string messageType, string named) =>
        Assert.That(() => Events.Read($$"""{"messageType":{{messageType}}}"""), Refused($"KR03: invokingEvent.messageType is {named}; valid values are {Valid}."));

    [TestCase("{}", "is missing; it must be a non-empty string.")]
    [TestCase("""{"messageType":null}""", "is missing; it must be a non-empty string.")]
    [TestCase("""{"messageType":""}""", "is \"\"; it must be a non-empty string.")]
    [TestCase("""{"messageType":7}""", "is 7; it must be a string.")]
    [TestCase("""{"messageType":["ScheduledNotification"]}""", "is a list; it must be a string.")]
    [TestCase("""{"messageType":"\ud800"}""", "is \"\\ud800\"; it must be Unicode text.")]
    [TestCase("null", "is missing; it must be a non-empty string.")]
    public void Missing_or_malformed_message_type_is_a_problem(string invokingEvent, string problem) =>
        Assert.That(() => Events.Read(invokingEvent), Refused("KR02: invokingEvent.messageType " + problem));

    [TestCase("[]", "a list")]
    [TestCase("7", "a number")]
    [TestCase("true", "true")]
    [TestCase("false", "false")]
    [TestCase("\"text\"", "a string")]
    public void Notification_that_is_not_an_object_is_a_problem(string invokingEvent, string named) =>
        Assert.That(() => Events.Read(invokingEvent), Refused($"KR02: invokingEvent is {named}; it must be an object."));

    [TestCase("ScheduledNotification", "notificationCreationTime", "the time of the notification")]
    [TestCase("ConfigurationItemChangeNotification", "configurationItem", "a configuration item")]
    [TestCase("OversizedConfigurationItemChangeNotification", "configurationItemSummary", "a configuration item")]
    public void Notification_without_its_main_field_is_a_problem(string messageType, string field, string valid)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => Events.Read($$"""{"messageType":"{{messageType}}"}"""), Refused($"KR02: invokingEvent.{field} is missing; it must be {valid}."));
            Assert.That(() => Events.Read($$"""{"messageType":"{{messageType}}","{{field}}":null}"""), Refused($"KR02: invokingEvent.{field} is missing; it must be {valid}."));
        }
    }

    [Test]
    public void Truncated_notification_is_a_problem()
    {
        var whole = Events.Change(Events.Item()).ToJsonString();
        using (Assert.EnterMultipleScope())
        {
            for (var length = 1; length < whole.Length; length += 7)
                Assert.That(() => Events.Read(whole[..length]), NotJson, () => whole[..length]);
        }
    }

    [TestCase("""{"messageType":"ScheduledNotification",}""")]
    [TestCase("""{"messageType":"ScheduledNotification"} {}""")]
    [TestCase("not JSON")]
    public void Invalid_JSON_is_a_problem(string invokingEvent) =>
        Assert.That(() => Events.Read(invokingEvent), NotJson);

    [TestCase("""{"messageType":"ScheduledNotification","messageType":"ScheduledNotification"}""", "KR02: invokingEvent.messageType appears twice; it may appear only once.")]
    [TestCase("""{"message\ud800Type":"ScheduledNotification"}""", "KR02: invokingEvent is an object; it must be an object whose names are valid Unicode.")]
    public void Repeated_or_non_Unicode_name_is_a_problem(string invokingEvent, string problem) =>
        Assert.That(() => Events.Read(invokingEvent), Refused(problem));

    [Test]
    public void Fields_that_are_not_read_can_be_repeated() =>
        Assert.That(() => Events.Read(Events.Change(Events.Item()).ToJsonString().Insert(1, "\"a\":1,\"a\":2,")), Throws.Nothing);

    [TestCase("[", "]")]
    [TestCase("{\"a\":", "}")]
    public void Ten_thousand_levels_are_a_problem_and_not_a_crash(string open, string close) =>
        Assert.That(
            () => Events.Read(string.Concat(Enumerable.Repeat(open, 10_000)) + "1" + string.Concat(Enumerable.Repeat(close, 10_000))),
            NotJson);

    [Test]
    public void Repeatedly_encoded_status_is_read_but_not_deep_JSON()
    {
        var text = "false";
        for (var i = 0; i < 12; i++) text = JsonValue.Create(text).ToJsonString();
        var deep = JsonValue.Create(new string('[', 10_000)).ToJsonString();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Events.Key(Events.Item().With("supplementaryConfiguration.KeyRotationStatus", text)).Key.RecordedRotationStatus, Is.False);
            Assert.That(
                () => Events.Key(Events.Item().With("supplementaryConfiguration.KeyRotationStatus", deep)),
                Throws.TypeOf<ProblemException>().With.Message.EndsWith("is a string; it must be true or false."));
        }
    }

    [Test]
    public void Notification_of_two_megabytes_is_read()
    {
        var item = Events.Item().With("configuration.description", $"\"{new string('x', 2_000_000)}\"");
        Assert.That(Events.Key(item).Key.KeySpec, Is.EqualTo("SYMMETRIC_DEFAULT"));
    }

    [Test]
    public void Problem_is_short_even_if_the_value_is_long() =>
        Assert.That(
            () => Events.Read($$"""{"messageType":"{{new string('x', 2_000_000)}}"}"""),
            Throws.TypeOf<ProblemException>().With.Message.Length.LessThan(600));

    /// <summary>An event contains a result token and key policies; a malformed event can contain them in any field.</summary>
    [TestCase("""{"resultToken":7777777}""")]
    [TestCase("""{"resultToken":"secret\ud800"}""")]
    [TestCase("""{"resultToken":["secret"]}""")]
    [TestCase("""{"resultToken":{"a":"secret"}}""")]
    [TestCase("""{"configRuleName":"secret\ud800"}""")]
    [TestCase("""{"configRuleArn":7777777}""")]
    [TestCase("""{"invokingEvent":"\"secret\""}""")]
    [TestCase("""{"invokingEvent":"secret"}""")]
    [TestCase("""{"invokingEvent":"{\"a\":secret"}""")]
    [TestCase("""{"invokingEvent":"{\"a\":\"secret\\q\"}"}""")]
    [TestCase("""{"invokingEvent":"{\"a\":truesecret}"}""")]
    [TestCase("""{"invokingEvent":"{\"a\":7777777x}"}""")]
    [TestCase("""{"ruleParameters":"secret"}""")]
    [TestCase("""{"eventLeftScope":"secret"}""")]
    public void Problem_does_not_quote_secrets(string changes)
    {
        var json = JsonNode.Parse(Events.Json(Events.With(Events.Change(Events.Item()).ToJsonString())))!.AsObject();
        foreach (var name in JsonNode.Parse(changes)!.AsObject().Select(field => field.Key)) json.Remove(name);
        var configEvent = changes[..^1] + "," + json.ToJsonString()[1..];
        Assert.That(
            () => Invocation.Of(Events.Of(configEvent), Events.Region),
            Throws.TypeOf<ProblemException>().With.Message.Not.Contains("secret").And.Message.Not.Contains("7777777"));
    }

    [TestCase("supplementaryConfiguration", "\"secret\"")]
    [TestCase("supplementaryConfiguration", "\"{\\\"Policy\\\":\\\"secret\\\"}\"")]
    [TestCase("supplementaryConfiguration.KeyRotationStatus", "\"secret\"")]
    [TestCase("supplementaryConfiguration.KeyRotationStatus", "7777777")]
    [TestCase("configuration", "\"secret\"")]
    [TestCase("configuration.keySpec", "7777777")]
    [TestCase("configuration.keyState", "\"secret\\ud800\"")]
    [TestCase("configuration.multiRegionConfiguration", "\"secret\"")]
    public void Problem_does_not_quote_the_configuration(string path, string json)
    {
        var item = Events.Item().ToJsonString();
        var value = Events.Item().With(path, "\"placeholder\"").ToJsonString().Replace("\"placeholder\"", json, StringComparison.Ordinal);
        Assert.That(value, Is.Not.EqualTo(item));
        var change = Events.Change(JsonValue.Create("item")).ToJsonString().Replace("\"item\"", value, StringComparison.Ordinal);
        Assert.That(
            () => Events.Read(change),
            Throws.TypeOf<ProblemException>().With.Message.Not.Contains("secret").And.Message.Not.Contains("7777777"));
    }

    [TestCase("awsRegion")]
    [TestCase("awsAccountId")]
    [TestCase("resourceType")]
    [TestCase("configurationItemStatus")]
    [TestCase("resourceId")]
    public void Problem_is_short_even_if_an_item_value_is_long(string name) =>
        Assert.That(
            () => Events.Key(Events.Item().With(name, $"\"{new string('x', 1_000_000)}\"")),
            Throws.TypeOf<ProblemException>().With.Message.Length.LessThan(600));

    [Test]
    public void Order_of_the_fields_does_not_matter()
    {
        var item = Events.Item();
        var expected = Events.Key(item);
        Gen.Shuffle(item.ToArray()).Select(Gen.Shuffle(item["configuration"]!.AsObject().ToArray())).Sample((fields, configuration) =>
        {
            var shuffled = Object(fields);
            shuffled["configuration"] = Object(configuration);
            var key = Events.Key(shuffled);
            return key.Key with { Tags = expected.Key.Tags } == expected.Key && key.CaptureTime == expected.CaptureTime
                && key.Key.Tags!.SequenceEqual(expected.Key.Tags!);
        }, iter: 200);

        static JsonObject Object(IEnumerable<KeyValuePair<string, JsonNode?>> fields) =>
            new(fields.Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone())));
    }

    private static IResolveConstraint NotJson =>
        Throws.TypeOf<ProblemException>().With.Message.Match(
            @"^KR02: invokingEvent must be complete, valid JSON: it is invalid or incomplete at line 1, byte \d+\.\z");

    private static EqualStringConstraint Refused(string problem) => Throws.TypeOf<ProblemException>().With.Message.EqualTo(problem);
}
