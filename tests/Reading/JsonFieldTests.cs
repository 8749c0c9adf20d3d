namespace KeyRotation.Tests.Reading;

internal sealed class JsonFieldTests
{
    [Test]
    public void Problem_quotes_only_fields_without_secrets(
        [Values(
            "accountId", "awsAccountId", "awsRegion", "configurationItemCaptureTime", "configurationItemStatus", "messageType",
            "notificationCreationTime", "resourceId", "resourceType")] string quoted,
        [Values("resultToken", "policy")] string hidden)
    {
        var json = JsonField.Parse("event", $$"""{"{{quoted}}":"the value","{{hidden}}":"the value"}""");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(json[quoted].Problem("valid").Message, Is.EqualTo($"KR02: event.{quoted} is \"the value\"; it must be valid."));
            Assert.That(json[hidden].Problem("valid").Message, Is.EqualTo($"KR02: event.{hidden} is a string; it must be valid."));
        }
    }

    [Test]
    public void Malformed_encoded_JSON_is_a_problem() =>
        Assert.That(
            () => JsonField.Parse("item", "\"{\"").Decoded,
            Throws.TypeOf<ProblemException>().With.Message.EqualTo("KR02: item is a string; it must be complete, valid JSON."));

    [Test]
    public void Items_of_a_list_are_named_by_index() =>
        Assert.That(
            JsonField.Parse("tags", "[1,{}]").Items.Select(item => item.Problem("valid").Message),
            Is.EqualTo(["KR02: tags[0] is a number; it must be valid.", "KR02: tags[1] is an object; it must be valid."]));

    [Test]
    public void Absent_list_has_no_items() => Assert.That(JsonField.Parse("item", "{}")["tags"].Items, Is.Empty);

    [Test]
    public void Items_of_another_type_are_a_problem() =>
        Assert.That(
            () => JsonField.Parse("tags", "{}").Items,
            Throws.TypeOf<ProblemException>().With.Message.EqualTo("KR02: tags is an object; it must be a list."));
}
