namespace KeyRotation.Tests.Reading;

internal sealed class RecordedKeyTests
{
    private const string Item = "invokingEvent.configurationItem";

    [Test]
    public void Every_fact_in_the_item_is_read()
    {
        var (key, captureTime) = Events.Key(Events.Item());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(key, Is.EqualTo(Events.Facts with { RecordedRotationStatus = true, Tags = key.Tags }));
            Assert.That(key.Tags, Is.EqualTo(new Dictionary<string, string> { ["team"] = "payments" }));
            Assert.That(captureTime, Is.EqualTo(new DateTimeOffset(2026, 6, 15, 10, 0, 0, 250, TimeSpan.Zero)));
        }
    }

    [Test]
    public void Multi_Region_key_has_its_type_and_primary_key()
    {
        const string primary = "arn:aws:kms:us-east-1:111122223333:key/mrk-0123456789abcdef0123456789abcdef";
        var key = Events.Key(Events.Item().With("configuration.multiRegionConfiguration", $$"""
            {"multiRegionKeyType":"REPLICA","primaryKey":{"arn":"{{primary}}","region":"us-east-1"},"replicaKeys":[]}
            """)).Key;
        Assert.That((key.MultiRegionKeyType, key.PrimaryKeyArn, key.IsReplica), Is.EqualTo(("REPLICA", primary, true)));
    }

    [Test]
    public void Key_spec_is_read_under_its_old_name() =>
        Assert.That(Events.Key(Events.Item().With("configuration.keySpec", null).With("configuration.customerMasterKeySpec", "\"RSA_2048\"")).Key.KeySpec, Is.EqualTo("RSA_2048"));

    [Test]
    public void New_name_of_the_key_spec_takes_precedence() =>
        Assert.That(Events.Key(Events.Item().With("configuration.keySpec", "\"HMAC_256\"")).Key.KeySpec, Is.EqualTo("HMAC_256"));

    [TestCase("OK", false)]
    [TestCase("ResourceDiscovered", false)]
    [TestCase("ResourceNotRecorded", true)]
    [TestCase("ResourceDeleted", true)]
    [TestCase("ResourceDeletedNotRecorded", true)]
    public void Status_determines_whether_the_key_is_gone(string status, bool isGone) =>
        Assert.That(Events.Key(Events.Item().With("configurationItemStatus", $"\"{status}\"")).Key.IsGone, Is.EqualTo(isGone));

    [TestCase("ResourceDeleted", "null")]
    [TestCase("ResourceDeleted", "7")]
    [TestCase("ResourceNotRecorded", "\"not looked at\"")]
    public void Only_the_ID_is_read_for_a_key_that_is_gone(string status, string configuration)
    {
        var key = Events.Key(Events.Item().With("configurationItemStatus", $"\"{status}\"").With("configuration", configuration)).Key;
        Assert.That(key, Is.EqualTo(new KeyFacts { KeyId = Events.KeyId, Arn = Events.KeyArn, IsGone = true }));
    }

    [Test]
    public void Key_that_left_the_scope_of_the_rule_is_gone() =>
        Assert.That(((Notification.Change)Events.Read(e => e.EventLeftScope = true).Notification).Key.Key.IsGone, Is.True);

    [TestCase("configuration", "null")]
    [TestCase("configuration", null)]
    [TestCase("configuration", "{}")]
    public void Missing_configuration_leaves_all_facts_unknown(string path, string? json) =>
        Assert.That(Events.Key(Events.Item().With(path, json)).Key.MissingFact, Is.EqualTo("KeyManager"));

    [TestCase("keyManager")]
    [TestCase("keySpec")]
    [TestCase("origin")]
    [TestCase("keyState")]
    public void Empty_string_is_a_missing_fact(string name) =>
        Assert.That(
            Events.Key(Events.Item().With("configuration.customerMasterKeySpec", null).With($"configuration.{name}", "\"\"")).Key.MissingFact,
            Is.EqualTo(name).IgnoreCase);

    [TestCase("true", true)]
    [TestCase("false", false)]
    [TestCase("\"true\"", true)]
    [TestCase("\"false\"", false)]
    [TestCase("\"\\\"false\\\"\"", false)]
    [TestCase("null", null)]
    [TestCase("\"null\"", null)]
    [TestCase(null, null)]
    public void Recorded_status_is_a_Boolean_a_string_or_absent(string? json, bool? status) =>
        Assert.That(Events.Key(Events.Item().With("supplementaryConfiguration.KeyRotationStatus", json)).Key.RecordedRotationStatus, Is.EqualTo(status));

    [TestCase("1735787045678")]
    [TestCase("\"2025-01-02T03:04:05.678Z\"")]
    public void Creation_date_is_a_number_or_a_string(string json) =>
        Assert.That(
            Events.Key(Events.Item().With("configuration.creationDate", json)).Key.CreationDate,
            Is.EqualTo(new DateTimeOffset(2025, 1, 2, 3, 4, 5, 678, TimeSpan.Zero)));

    [TestCase("[]")]
    [TestCase("\"[]\"")]
    public void Empty_list_of_tags_is_known(string json) =>
        Assert.That(Events.Key(Events.Item().With("supplementaryConfiguration.Tags", json)).Key.Tags, Is.Empty);

    [TestCase("null")]
    [TestCase("\"null\"")]
    [TestCase(null)]
    public void Absent_tags_are_unknown_even_if_the_item_has_tags(string? json) =>
        Assert.That(Events.Key(Events.Item().With("tags", """{"team":"payments"}""").With("supplementaryConfiguration.Tags", json)).Key.Tags, Is.Null);

    [TestCase("""[{"tagKey":"a","tagValue":"1"},{"tagKey":"A","tagValue":""},{"tagKey":"b"},{"tagKey":"c","tagValue":null}]""")]
    [TestCase(
        """[{"tagKey":"a","tagValue":"0"},{"tagKey":"a","tagValue":"1"},{"tagKey":"A","tagValue":""},{"tagKey":"b"},{"tagKey":"c"}]""",
        Description = "the last of two tags with the same key")]
    public void Tag_keys_have_case_and_values_can_be_empty(string json) =>
        Assert.That(
            Events.Key(Events.Item().With("supplementaryConfiguration.Tags", json)).Key.Tags,
            Is.EqualTo(new Dictionary<string, string> { ["a"] = "1", ["A"] = "", ["b"] = "", ["c"] = "" }));

    [TestCase("resourceType", "\"AWS::S3::Bucket\"", "KR04: " + Item + ".resourceType is AWS::S3::Bucket; this rule judges only AWS::KMS::Key.")]
    [TestCase("resourceType", "\"AWS::KMS::Alias\"", "KR04: " + Item + ".resourceType is AWS::KMS::Alias; this rule judges only AWS::KMS::Key.")]
    [TestCase("awsRegion", "\"us-east-1\"", "KR05: " + Item + ".awsRegion is us-east-1; this function judges only keys in its own Region, eu-central-1.")]
    [TestCase("awsAccountId", "\"444455556666\"", "KR05: " + Item + ".awsAccountId is 444455556666; the event is for account 111122223333.")]
    public void Other_resource_Region_or_account_is_a_problem(string path, string json, string problem) =>
        AssertRefused(path, json, problem);

    [TestCase("awsRegion")]
    [TestCase("awsAccountId")]
    public void Missing_Region_or_account_is_that_of_the_event(string path) =>
        Assert.That(Events.Key(Events.Item().With(path, null)).Key.Arn, Is.EqualTo(Events.KeyArn));

    [TestCase("resourceType", null, "missing", "a non-empty string")]
    [TestCase("resourceType", "7", "7", "a string")]
    [TestCase("resourceId", null, "missing", "a non-empty string")]
    [TestCase("resourceId", "\"\"", "\"\"", "a non-empty string")]
    [TestCase("resourceId", "\"alias/payments\"", "\"alias/payments\"", "a key ID")]
    [TestCase("resourceId", "\"a b\"", "\"a b\"", "a key ID")]
    [TestCase("resourceId", "{}", "an object", "a string")]
    [TestCase("awsRegion", "7", "7", "a string")]
    [TestCase("awsAccountId", "111122223333", "111122223333", "a string")]
    [TestCase("configurationItemStatus", null, "missing", "a non-empty string")]
    [TestCase("configurationItemStatus", "false", "false", "a string")]
    [TestCase("configurationItemCaptureTime", null, "missing", "the time when AWS Config recorded the item")]
    [TestCase("configurationItemCaptureTime", "\"\"", "\"\"", "a time: an ISO 8601 string or epoch milliseconds")]
    [TestCase("configurationItemCaptureTime", "\"yesterday\"", "\"yesterday\"", "a time: an ISO 8601 string or epoch milliseconds")]
    [TestCase("configuration", "7", "a number", "an object")]
    [TestCase("configuration", "[]", "a list", "an object")]
    [TestCase("configuration.keyManager", "7", "a number", "a string")]
    [TestCase("configuration.keySpec", "{}", "an object", "a string")]
    [TestCase("configuration.origin", "true", "true", "a string")]
    [TestCase("configuration.keyState", "[]", "a list", "a string")]
    [TestCase("configuration.multiRegionConfiguration", "true", "true", "an object")]
    [TestCase("configuration.multiRegionConfiguration.multiRegionKeyType", "1", "a number", "a string")]
    [TestCase("configuration.multiRegionConfiguration.primaryKey", "\"arn\"", "a string", "an object")]
    [TestCase("configuration.multiRegionConfiguration.primaryKey.arn", "1", "a number", "a string")]
    [TestCase("supplementaryConfiguration", "[]", "a list", "an object")]
    [TestCase("supplementaryConfiguration.KeyRotationStatus", "1", "a number", "true or false")]
    [TestCase("supplementaryConfiguration.KeyRotationStatus", "\"yes\"", "a string", "true or false")]
    [TestCase("supplementaryConfiguration.KeyRotationStatus", "\"\"", "a string", "true or false")]
    [TestCase("supplementaryConfiguration.KeyRotationStatus", "\"1\"", "a string", "true or false")]
    [TestCase("supplementaryConfiguration.KeyRotationStatus", "{}", "an object", "true or false")]
    public void Malformed_field_is_named_with_the_valid_values(string path, string? json, string found, string valid) =>
        AssertRefused(path, json, $"KR02: {Item}.{path} is {found}; it must be {valid}.");

    /// <summary>A verdict may not need the tags, so unreadable tags do not fail it.</summary>
    [TestCase("[7]")]
    [TestCase("[{\"tagKey\":\"a\"},{}]")]
    [TestCase("[{\"key\":\"team\",\"value\":\"payments\"}]")]
    [TestCase("[{\"tagKey\":\"\"}]")]
    [TestCase("[{\"tagKey\":\"a\",\"tagValue\":7}]")]
    [TestCase("[{\"tagKey\":\"a\",\"tagKey\":\"b\"}]")]
    [TestCase("{\"team\":\"payments\"}")]
    [TestCase("7")]
    [TestCase("true")]
    [TestCase("\"team\"")]
    [TestCase("\"\"")]
    [TestCase("\"[\"")]
    [TestCase("\"\\ud800\"")]
    public void Tags_in_another_format_are_unknown(string json)
    {
        var change = Events.Change(Events.Item().With("supplementaryConfiguration.Tags", "\"placeholder\"")).ToJsonString();
        var notification = Events.Read(change.Replace("\"placeholder\"", json, StringComparison.Ordinal)).Notification;
        Assert.That(((Notification.Change)notification).Key.Key, Is.EqualTo(Events.Facts with { RecordedRotationStatus = true }));
    }

    [TestCase("\"soon\"")]
    [TestCase("-1")]
    [TestCase("true")]
    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("null")]
    public void Unreadable_creation_date_is_unknown(string json) =>
        Assert.That(
            Events.Key(Events.Item().With("configuration.creationDate", json)).Key with { Tags = null },
            Is.EqualTo(Events.Facts with { RecordedRotationStatus = true, CreationDate = null }));

    [Test]
    public void Daily_item_omits_facts_that_may_have_changed()
    {
        var item = Events.Item().With("configurationItemDeliveryTime", "\"2026-06-16T06:00:00.000Z\"")
            .With("configuration.multiRegionConfiguration", """{"multiRegionKeyType":"REPLICA","primaryKey":{"arn":"arn:primary"}}""");
        Assert.That(Events.Key(item).Key, Is.EqualTo(Events.Facts with { RecordedRotationStatus = true, KeyState = null }));
    }

    [TestCase("\"\"")]
    [TestCase("7")]
    [TestCase("{}")]
    public void Any_delivery_time_marks_a_daily_item(string json) =>
        Assert.That(Events.Key(Events.Item().With("configurationItemDeliveryTime", json)).Key.KeyState, Is.Null);

    [Test]
    public void Null_delivery_time_does_not_mark_a_daily_item() =>
        Assert.That(Events.Key(Events.Item().With("configurationItemDeliveryTime", "null")).Key.KeyState, Is.EqualTo("Enabled"));

    [Test]
    public void Unknown_status_is_a_problem_that_lists_valid_ones() =>
        AssertRefused(
            "configurationItemStatus",
            "\"Ok\"",
            $"KR02: {Item}.configurationItemStatus is 'Ok'; it must be OK, ResourceDiscovered, ResourceNotRecorded, ResourceDeleted or ResourceDeletedNotRecorded.");

    [TestCase("", ExpectedResult = false)]
    [TestCase("a", ExpectedResult = true)]
    [TestCase("alias/a", ExpectedResult = false)]
    public bool Key_ID_has_letters_digits_and_hyphens(string text) => RecordedKey.IsKeyId(text);

    [TestCase(256, true)]
    [TestCase(257, false)]
    public void Key_ID_has_at_most_256_characters(int length, bool valid)
    {
        var item = Events.Item().With("resourceId", $"\"{new string('a', length)}\"");
        Assert.That(() => Events.Key(item), valid ? Throws.Nothing : Throws.TypeOf<ProblemException>().With.Message.EndsWith("it must be a key ID."));
    }

    private static void AssertRefused(string path, string? json, string problem) =>
        Assert.That(() => Events.Key(Events.Item().With(path, json)), Throws.TypeOf<ProblemException>().With.Message.EqualTo(problem));
}
