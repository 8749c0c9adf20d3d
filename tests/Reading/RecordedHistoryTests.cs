using KeyRotation.Tests.Aws;

namespace KeyRotation.Tests.Reading;

/// <summary>The item that is read for an oversized notification is never older than the notification.</summary>
internal sealed class RecordedHistoryTests
{
    private static readonly RecordedKey Notified = new(
        new KeyFacts { KeyId = Events.KeyId, Arn = Events.KeyArn }, new DateTimeOffset(2026, 6, 15, 10, 0, 0, TimeSpan.Zero));

    [TestCase(-1, null)]
    [TestCase(0, "RSA_2048")]
    [TestCase(1, "RSA_2048")]
    public async Task Item_from_the_history_is_used_unless_it_is_older(int seconds, string? keySpec)
    {
        var captured = Notified.CaptureTime.AddSeconds(seconds);
        using var aws = new ScriptedAws().Answer("GetResourceConfigHistory", $$"""
            {"configurationItems":[{"configurationItemStatus":"OK","configurationItemCaptureTime":{{captured.ToUnixTimeSeconds()}},"configuration":"{\"keySpec\":\"RSA_2048\"}"}]}
            """);

        var newest = await NewestAsync(aws, Notified);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(newest.Key.KeySpec, Is.EqualTo(keySpec));
            Assert.That(newest.CaptureTime, Is.EqualTo(keySpec is null ? Notified.CaptureTime : captured));
        }
    }

    [TestCase("""{"configurationItems":[]}""")]
    [TestCase("{}")]
    public async Task Notification_is_used_if_the_history_is_empty(string answer)
    {
        using var aws = new ScriptedAws().Answer("GetResourceConfigHistory", answer);
        Assert.That(await NewestAsync(aws, Notified), Is.EqualTo(Notified));
    }

    [Test]
    public async Task Notification_is_used_if_the_key_is_not_recorded()
    {
        using var aws = new ScriptedAws().Refuse("GetResourceConfigHistory", "ResourceNotDiscoveredException");
        Assert.That(await NewestAsync(aws, Notified), Is.EqualTo(Notified));
    }

    [TestCase("ThrottlingException")]
    [TestCase("NoAvailableConfigurationRecorderException")]
    [TestCase("AccessDeniedException")]
    public void Unreadable_history_is_a_problem_that_names_the_key(string code)
    {
        using var aws = new ScriptedAws().Refuse("GetResourceConfigHistory", code);
        Assert.That(
            async () => await NewestAsync(aws, Notified),
            Throws.TypeOf<ProblemException>().With.Message.StartsWith($"KR11: Key {Events.KeyId} could not be judged. GetResourceConfigHistory: ").And.Message.Contains(code));
    }

    [Test]
    public async Task Daily_item_omits_facts_that_may_have_changed()
    {
        var captured = Notified.CaptureTime.ToUnixTimeSeconds();
        using var aws = new ScriptedAws().Answer("GetResourceConfigHistory", $$"""
            {"configurationItems":[{"configurationItemStatus":"OK","configurationItemCaptureTime":{{captured}},
            "configurationItemDeliveryTime":{{captured + 72_000}},"configuration":"{\"keySpec\":\"RSA_2048\",\"keyState\":\"Disabled\"}"}]}
            """);
        var key = (await NewestAsync(aws, Notified)).Key;
        Assert.That((key.KeySpec, key.KeyState), Is.EqualTo(("RSA_2048", (string?)null)));
    }

    [Test]
    public async Task History_is_not_read_for_a_key_that_is_gone()
    {
        using var aws = new ScriptedAws();
        var gone = Notified with { Key = Notified.Key with { IsGone = true } };
        Assert.That(await NewestAsync(aws, gone), Is.EqualTo(gone));
        Assert.That(aws.Requests, Is.Empty);
    }

    private static async Task<RecordedKey> NewestAsync(ScriptedAws aws, RecordedKey notified)
    {
        using var config = aws.Clients.Config();
        return await new RecordedHistory(config).NewestAsync(notified, CancellationToken.None);
    }
}
