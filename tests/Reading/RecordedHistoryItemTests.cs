using Amazon.ConfigService;
using Amazon.ConfigService.Model;

namespace KeyRotation.Tests.Reading;

/// <summary>The configuration item that GetResourceConfigHistory returns: its JSON is encoded as text.</summary>
internal sealed class RecordedHistoryItemTests
{
    private static readonly DateTime CaptureTime = new(2026, 6, 15, 10, 0, 5, DateTimeKind.Utc);

    private static readonly RecordedKey Notified = new(
        new KeyFacts { KeyId = Events.KeyId, Arn = Events.KeyArn }, new DateTimeOffset(2026, 6, 15, 10, 0, 0, TimeSpan.Zero));

    [Test]
    public void Item_from_the_history_completes_the_key()
    {
        var (key, captureTime) = Notified.With(Item());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(key, Is.EqualTo(Events.Facts with { RecordedRotationStatus = false, Tags = key.Tags }));
            Assert.That(key.Tags, Is.EqualTo(new Dictionary<string, string> { ["team"] = "payments" }));
            Assert.That(captureTime, Is.EqualTo(new DateTimeOffset(CaptureTime)));
        }
    }

    [Test]
    public void Missing_capture_time_is_that_of_the_notification() =>
        Assert.That(Notified.With(Item(item => item.ConfigurationItemCaptureTime = null)).CaptureTime, Is.EqualTo(Notified.CaptureTime));

    [TestCase(null)]
    [TestCase("null")]
    [TestCase("\"null\"")]
    [TestCase("{}")]
    public void Item_without_a_configuration_has_no_facts(string? configuration) =>
        Assert.That(Notified.With(Item(item => item.Configuration = configuration)).Key.MissingFact, Is.EqualTo("KeyManager"));

    [Test]
    public void Configuration_encoded_twice_is_read() =>
        Assert.That(Notified.With(Item(item => item.Configuration = """ "{\"keySpec\":\"RSA_2048\"}" """)).Key.KeySpec, Is.EqualTo("RSA_2048"));

    [Test]
    public void Key_deleted_after_the_notification_is_gone() =>
        Assert.That(
            Notified.With(Item(item => (item.ConfigurationItemStatus, item.Configuration) = (new ConfigurationItemStatus("ResourceDeleted"), "null"))).Key,
            Is.EqualTo(Notified.Key with { IsGone = true }));

    [Test]
    public void Missing_supplementary_fields_are_unknown()
    {
        var none = Notified.With(Item(item => item.SupplementaryConfiguration = null)).Key;
        var nulls = Notified.With(Item(item => item.SupplementaryConfiguration = new() { ["KeyRotationStatus"] = null, ["Tags"] = null })).Key;
        using (Assert.EnterMultipleScope())
        {
            Assert.That((none.RecordedRotationStatus, none.Tags), Is.EqualTo(((bool?)null, (IReadOnlyDictionary<string, string>?)null)));
            Assert.That((nulls.RecordedRotationStatus, nulls.Tags), Is.EqualTo(((bool?)null, (IReadOnlyDictionary<string, string>?)null)));
        }
    }

    [TestCase("\"false\"", "\"[]\"")]
    [TestCase("\"\\\"false\\\"\"", "\"\\\"[]\\\"\"")]
    public void Fields_encoded_more_than_once_are_read(string status, string tags)
    {
        var key = Notified.With(Item(item => item.SupplementaryConfiguration = new() { ["KeyRotationStatus"] = status, ["Tags"] = tags })).Key;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(key.RecordedRotationStatus, Is.False);
            Assert.That(key.Tags, Is.Empty);
        }
    }

    [TestCase("{", "configuration must be complete, valid JSON")]
    [TestCase("[]", "configuration is a list; it must be an object.")]
    [TestCase("{\"keySpec\":7}", "configuration.keySpec is a number; it must be a string.")]
    public void Malformed_configuration_is_a_problem(string configuration, string problem) =>
        AssertRefused(item => item.Configuration = configuration, problem);

    [TestCase("KeyRotationStatus", "yes", "supplementaryConfiguration.KeyRotationStatus must be complete, valid JSON")]
    [TestCase("KeyRotationStatus", "7", "supplementaryConfiguration.KeyRotationStatus is a number; it must be true or false.")]
    public void Malformed_supplementary_field_is_a_problem(string name, string json, string problem) =>
        AssertRefused(item => item.SupplementaryConfiguration = new() { [name] = json }, problem);

    [TestCase("{}")]
    [TestCase("{")]
    [TestCase("secret")]
    [TestCase("[{\"key\":\"a\",\"value\":\"b\"}]")]
    public void Tags_in_another_format_are_unknown(string json) =>
        Assert.That(Notified.With(Item(item => item.SupplementaryConfiguration!["Tags"] = json)).Key.Tags, Is.Null);

    [Test]
    public void Missing_status_is_a_problem() =>
        AssertRefused(item => item.ConfigurationItemStatus = null, "configurationItemStatus is ''; it must be OK, ResourceDiscovered");

    private static void AssertRefused(Action<ConfigurationItem> change, string problem) =>
        Assert.That(() => Notified.With(Item(change)), Throws.TypeOf<ProblemException>().With.Message.StartsWith("KR02: " + problem));

    private static ConfigurationItem Item(Action<ConfigurationItem>? change = null)
    {
        var item = new ConfigurationItem
        {
            Configuration = Events.Item()["configuration"]!.ToJsonString(),
            ConfigurationItemCaptureTime = CaptureTime,
            ConfigurationItemStatus = new ConfigurationItemStatus("OK"),
            SupplementaryConfiguration = new()
            {
                ["KeyRotationStatus"] = "false",
                ["Policy"] = "\"{}\"",
                ["Tags"] = """[{"tagKey":"team","tagValue":"payments"}]""",
            },
        };
        change?.Invoke(item);
        return item;
    }
}
