namespace KeyRotation.Tests.Reading;

internal sealed class RecordedKeyTests
{
    private const string Item = "invokingEvent.configurationItem";

    [Test]
    public void The_item_says_all_that_it_knows()
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
    public void A_multi_Region_key_names_its_type_and_its_primary()
    {
        const string primary = "arn:aws:kms:us-east-1:111122223333:key/mrk-0123456789abcdef0123456789abcdef";
        var key = Events.Key(Events.Item().With("configuration.multiRegionConfiguration", $$"""
            {"multiRegionKeyType":"REPLICA","primaryKey":{"arn":"{{primary}}","region":"us-east-1"},"replicaKeys":[]}
            """)).Key;
        Assert.That((key.MultiRegionKeyType, key.PrimaryKeyArn, key.IsReplica), Is.EqualTo(("REPLICA", primary, true)));
    }

    [Test]
    public void An_old_item_names_the_key_spec_by_its_old_name() =>
        Assert.That(Events.Key(Events.Item().With("configuration.keySpec", null).With("configuration.customerMasterKeySpec", "\"RSA_2048\"")).Key.KeySpec, Is.EqualTo("RSA_2048"));

    [Test]
    public void The_new_name_of_the_key_spec_comes_first() =>
        Assert.That(Events.Key(Events.Item().With("configuration.keySpec", "\"HMAC_256\"")).Key.KeySpec, Is.EqualTo("HMAC_256"));

    [TestCase("OK", false)]
    [TestCase("ResourceDiscovered", false)]
    [TestCase("ResourceNotRecorded", true)]
    [TestCase("ResourceDeleted", true)]
    [TestCase("ResourceDeletedNotRecorded", true)]
    public void The_status_says_whether_the_key_is_there(string status, bool isGone) =>
        Assert.That(Events.Key(Events.Item().With("configurationItemStatus", $"\"{status}\"")).Key.IsGone, Is.EqualTo(isGone));

    [TestCase("ResourceDeleted", "null")]
    [TestCase("ResourceDeleted", "7")]
    [TestCase("ResourceNotRecorded", "\"not looked at\"")]
    public void Of_a_key_that_is_gone_only_its_name_is_read(string status, string configuration)
    {
        var key = Events.Key(Events.Item().With("configurationItemStatus", $"\"{status}\"").With("configuration", configuration)).Key;
        Assert.That(key, Is.EqualTo(new KeyFacts { KeyId = Events.KeyId, Arn = Events.KeyArn, IsGone = true }));
    }

    [Test]
    public void A_key_that_left_the_scope_of_the_rule_is_gone() =>
        Assert.That(((Notification.Change)Events.Read(e => e.EventLeftScope = true).Notification).Key.Key.IsGone, Is.True);

    [TestCase("configuration", "null")]
    [TestCase("configuration", null)]
    [TestCase("configuration", "{}")]
    public void Without_a_configuration_everything_is_left_to_ask(string path, string? json) =>
        Assert.That(Events.Key(Events.Item().With(path, json)).Key.MissingFact, Is.EqualTo("KeyManager"));

    [TestCase("keyManager")]
    [TestCase("keySpec")]
    [TestCase("origin")]
    [TestCase("keyState")]
    public void An_empty_text_says_nothing(string name) =>
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
    public void The_recorded_status_is_a_flag_a_text_or_absent(string? json, bool? status) =>
        Assert.That(Events.Key(Events.Item().With("supplementaryConfiguration.KeyRotationStatus", json)).Key.RecordedRotationStatus, Is.EqualTo(status));

    [TestCase("1735787045678")]
    [TestCase("\"2025-01-02T03:04:05.678Z\"")]
    public void The_creation_date_is_a_number_or_a_text(string json) =>
        Assert.That(
            Events.Key(Events.Item().With("configuration.creationDate", json)).Key.CreationDate,
            Is.EqualTo(new DateTimeOffset(2025, 1, 2, 3, 4, 5, 678, TimeSpan.Zero)));

    [TestCase("[]")]
    [TestCase("\"[]\"")]
    public void An_empty_list_of_tags_is_known(string json) =>
        Assert.That(Events.Key(Events.Item().With("supplementaryConfiguration.Tags", json)).Key.Tags, Is.Empty);

    [TestCase("null")]
    [TestCase("\"null\"")]
    [TestCase(null)]
    public void Absent_tags_are_not_known_whatever_the_items_own_tags_say(string? json) =>
        Assert.That(Events.Key(Events.Item().With("tags", """{"team":"payments"}""").With("supplementaryConfiguration.Tags", json)).Key.Tags, Is.Null);

    [TestCase("""[{"tagKey":"a","tagValue":"1"},{"tagKey":"A","tagValue":""},{"tagKey":"b"},{"tagKey":"c","tagValue":null}]""")]
    [TestCase("""[{"tagKey":"a","tagValue":"0"},{"tagKey":"a","tagValue":"1"},{"tagKey":"A","tagValue":""},{"tagKey":"b"},{"tagKey":"c"}]""", Description = "the last of two of one name")]
    public void Tags_differ_by_case_and_may_be_empty(string json) =>
        Assert.That(
            Events.Key(Events.Item().With("supplementaryConfiguration.Tags", json)).Key.Tags,
            Is.EqualTo(new Dictionary<string, string> { ["a"] = "1", ["A"] = "", ["b"] = "", ["c"] = "" }));

    [TestCase("resourceType", "\"AWS::S3::Bucket\"", "KR04: " + Item + ".resourceType is AWS::S3::Bucket; this rule judges AWS::KMS::Key only.")]
    [TestCase("resourceType", "\"AWS::KMS::Alias\"", "KR04: " + Item + ".resourceType is AWS::KMS::Alias; this rule judges AWS::KMS::Key only.")]
    [TestCase("awsRegion", "\"us-east-1\"", "KR05: " + Item + ".awsRegion is us-east-1; this function judges the keys of its own Region, eu-central-1.")]
    [TestCase("awsAccountId", "\"444455556666\"", "KR05: " + Item + ".awsAccountId is 444455556666; the event is of account 111122223333.")]
    public void A_key_that_is_not_ours_to_judge_is_a_problem(string path, string json, string problem) =>
        AssertRefused(path, json, problem);

    [TestCase("awsRegion")]
    [TestCase("awsAccountId")]
    public void An_item_that_does_not_say_where_it_is_from_is_the_events_own(string path) =>
        Assert.That(Events.Key(Events.Item().With(path, null)).Key.Arn, Is.EqualTo(Events.KeyArn));

    [TestCase("resourceType", null, "missing", "a non-empty string")]
    [TestCase("resourceType", "7", "7", "a string")]
    [TestCase("resourceId", null, "missing", "a non-empty string")]
    [TestCase("resourceId", "\"\"", "\"\"", "a non-empty string")]
    [TestCase("resourceId", "\"alias/payments\"", "\"alias/payments\"", "a bare key id")]
    [TestCase("resourceId", "\"a b\"", "\"a b\"", "a bare key id")]
    [TestCase("resourceId", "{}", "an object", "a string")]
    [TestCase("awsRegion", "7", "7", "a string")]
    [TestCase("awsAccountId", "111122223333", "111122223333", "a string")]
    [TestCase("configurationItemStatus", null, "missing", "a non-empty string")]
    [TestCase("configurationItemStatus", "false", "false", "a string")]
    [TestCase("configurationItemCaptureTime", null, "missing", "the time when AWS Config recorded the item")]
    [TestCase("configurationItemCaptureTime", "\"\"", "\"\"", "a time: ISO 8601 text or epoch milliseconds")]
    [TestCase("configurationItemCaptureTime", "\"yesterday\"", "\"yesterday\"", "a time: ISO 8601 text or epoch milliseconds")]
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
    public void A_malformed_field_is_named_with_what_is_valid(string path, string? json, string found, string valid) =>
        AssertRefused(path, json, $"KR02: {Item}.{path} is {found}; it must be {valid}.");

    /// <summary>Nothing that the verdict may not need fails it.</summary>
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
    public void Tags_in_another_shape_are_not_known(string json)
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
    public void A_creation_date_that_cannot_be_read_is_not_known(string json) =>
        Assert.That(
            Events.Key(Events.Item().With("configuration.creationDate", json)).Key with { Tags = null },
            Is.EqualTo(Events.Facts with { RecordedRotationStatus = true, CreationDate = null }));

    [Test]
    public void What_was_recorded_daily_leaves_to_ask_what_may_have_changed_since()
    {
        var item = Events.Item().With("configurationItemDeliveryTime", "\"2026-06-16T06:00:00.000Z\"")
            .With("configuration.multiRegionConfiguration", """{"multiRegionKeyType":"REPLICA","primaryKey":{"arn":"arn:primary"}}""");
        Assert.That(Events.Key(item).Key, Is.EqualTo(Events.Facts with { RecordedRotationStatus = true, KeyState = null }));
    }

    [TestCase("\"\"")]
    [TestCase("7")]
    [TestCase("{}")]
    public void When_it_was_delivered_is_not_read(string json) =>
        Assert.That(Events.Key(Events.Item().With("configurationItemDeliveryTime", json)).Key.KeyState, Is.Null);

    [Test]
    public void No_time_of_delivery_is_none() =>
        Assert.That(Events.Key(Events.Item().With("configurationItemDeliveryTime", "null")).Key.KeyState, Is.EqualTo("Enabled"));

    [Test]
    public void A_status_that_AWS_Config_does_not_have_is_a_problem_that_lists_those_it_has() =>
        AssertRefused(
            "configurationItemStatus",
            "\"Ok\"",
            $"KR02: {Item}.configurationItemStatus is 'Ok'; it must be OK, ResourceDiscovered, ResourceNotRecorded, ResourceDeleted or ResourceDeletedNotRecorded.");

    [TestCase(256, true)]
    [TestCase(257, false)]
    public void A_key_id_has_at_most_256_characters(int length, bool valid)
    {
        var item = Events.Item().With("resourceId", $"\"{new string('a', length)}\"");
        Assert.That(() => Events.Key(item), valid ? Throws.Nothing : Throws.TypeOf<ProblemException>().With.Message.EndsWith("it must be a bare key id."));
    }

    private static void AssertRefused(string path, string? json, string problem) =>
        Assert.That(() => Events.Key(Events.Item().With(path, json)), Throws.TypeOf<ProblemException>().With.Message.EqualTo(problem));
}
