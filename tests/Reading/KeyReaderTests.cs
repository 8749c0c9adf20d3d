using KeyRotation.Tests.Aws;

namespace KeyRotation.Tests.Reading;

/// <summary>What KMS says becomes a fact, and what it does not say changes none.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class KeyReaderTests : IDisposable
{
    private const string Enabled = """{"KeyMetadata":{"KeyState":"Enabled"}}""";
    private const string Off = """{"KeyRotationEnabled":false}""";

    private static readonly DateTimeOffset Now = new(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);
    private static readonly KeyFacts Known = Events.Facts with { MultiRegionKeyType = "PRIMARY", PrimaryKeyArn = Events.KeyArn };

    private static readonly ReadFailure OfAnother = new("KMS answered about another key");

    private readonly ScriptedAws aws = new();

    public void Dispose() => aws.Dispose();

    [TestCase("KeyManager", "CUSTOMER")]
    [TestCase("KeySpec", "SYMMETRIC_DEFAULT")]
    [TestCase("Origin", "AWS_KMS")]
    [TestCase("KeyState", "Enabled")]
    public async Task What_DescribeKey_leaves_out_stays_as_it_was_known(string missing, string value)
    {
        aws.Answer("DescribeKey", $$$"""{"KeyMetadata":{"KeyState":"Enabled","{{{missing}}}":"{{{value}}}"}}""").Answer("GetKeyRotationStatus", Off);

        var key = await ReadAsync(Without(missing));

        Assert.That(key, Is.EqualTo(Known with { IsDescribed = true, Rotation = new RotationStatus.Off() }));
    }

    [Test]
    public async Task What_DescribeKey_says_is_newer_than_what_was_known([Values("KeyManager", "KeySpec", "Origin", "KeyState")] string missing)
    {
        aws.Answer("DescribeKey", """
            {"KeyMetadata":{"KeyManager":"AWS","KeySpec":"RSA_2048","Origin":"EXTERNAL","KeyState":"Disabled","CreationDate":1767225600.5,
            "MultiRegionConfiguration":{"MultiRegionKeyType":"REPLICA","PrimaryKey":{"Arn":"arn:primary"}}}}
            """);

        var key = await ReadAsync(Without(missing));

        Assert.That(key, Is.EqualTo(Known with
        {
            IsDescribed = true,
            KeyManager = "AWS",
            KeySpec = "RSA_2048",
            Origin = "EXTERNAL",
            KeyState = "Disabled",
            CreationDate = new DateTimeOffset(2026, 1, 1, 0, 0, 0, 500, TimeSpan.Zero),
            MultiRegionKeyType = "REPLICA",
            PrimaryKeyArn = "arn:primary",
        }));
    }

    [TestCase("{}")]
    [TestCase("""{"KeyMetadata":{"KeyManager":"CUSTOMER"}}""")]
    public async Task A_description_without_a_state_is_none(string answer)
    {
        aws.Answer("DescribeKey", answer).Answer("GetKeyRotationStatus", Off);
        Assert.That((await ReadAsync(Known)).DescriptionFailure, Is.EqualTo(new ReadFailure("KMS answered without KeyState")));
    }

    [TestCase("""{"KeyState":"Enabled","CustomerMasterKeySpec":"RSA_2048"}""", "RSA_2048")]
    [TestCase("""{"KeyState":"Enabled","CustomerMasterKeySpec":"RSA_2048","KeySpec":"HMAC_256"}""", "HMAC_256")]
    public async Task The_key_spec_is_understood_by_its_old_name(string metadata, string keySpec)
    {
        aws.Answer("DescribeKey", $$"""{"KeyMetadata":{{metadata}}}""");
        Assert.That((await ReadAsync(Known with { KeySpec = null })).KeySpec, Is.EqualTo(keySpec));
    }

    [TestCase($"\"KeyId\":\"{Events.KeyId}\"", true)]
    [TestCase($"\"KeyId\":\"{Events.KeyArn}\"", true)]
    [TestCase($"\"KeyId\":\"{Events.KeyId}\",\"Arn\":\"{Events.KeyArn}\"", true)]
    [TestCase("\"KeyId\":\"another\"", false)]
    [TestCase($"\"KeyId\":\"another\",\"Arn\":\"{Events.KeyArn}\"", false)]
    [TestCase($"\"KeyId\":\"{Events.KeyId}\",\"Arn\":\"arn:aws:kms:us-east-1:111122223333:key/{Events.KeyId}\"", false)]
    public async Task A_description_of_another_key_is_none(string names, bool isOurs)
    {
        aws.Answer("DescribeKey", $$$"""{"KeyMetadata":{{{{names}}},"KeyState":"PendingDeletion"}}""");
        var key = await ReadAsync(Known with { KeyManager = null });
        Assert.That(
            (key.IsDescribed, key.KeyState, key.DescriptionFailure),
            Is.EqualTo(isOurs ? (true, "PendingDeletion", (ReadFailure?)null) : (false, "Enabled", OfAnother)));
    }

    private static IEnumerable<TestCaseData<string, RotationStatus>> Rotations()
    {
        yield return new($$"""{"KeyId":"{{Events.KeyId}}","KeyRotationEnabled":true}""", new RotationStatus.On(null));
        yield return new($$"""{"KeyId":"{{Events.KeyArn}}","KeyRotationEnabled":false}""", new RotationStatus.Off());
        yield return new("""{"KeyId":"another","KeyRotationEnabled":true}""", new RotationStatus.Unreadable(OfAnother));
        yield return new("""{"KeyId":"another","KeyRotationEnabled":false}""", new RotationStatus.Unreadable(OfAnother));
        yield return new(Off, new RotationStatus.Off());
        yield return new("""{"KeyRotationEnabled":true}""", new RotationStatus.On(null));
        yield return new("""{"KeyRotationEnabled":true,"RotationPeriodInDays":1}""", new RotationStatus.On(1));
        yield return new("""{"KeyRotationEnabled":true,"RotationPeriodInDays":0}""", new RotationStatus.Unreadable(new("KMS answered with a rotation period of 0 days")));
        yield return new("""{"RotationPeriodInDays":365}""", new RotationStatus.Unreadable(new("KMS answered without KeyRotationEnabled")));
    }

    [TestCaseSource(nameof(Rotations))]
    public async Task Rotation_is_what_GetKeyRotationStatus_says(string answer, object rotation)
    {
        aws.Answer("GetKeyRotationStatus", answer).Answer("DescribeKey", Enabled);
        Assert.That((await ReadAsync(Known)).Rotation, Is.EqualTo(rotation));
    }

    [Test]
    public async Task Unsupported_is_an_answer_about_rotation_and_about_nothing_else()
    {
        aws.Refuse("GetKeyRotationStatus", "UnsupportedOperationException").Refuse("DescribeKey", "UnsupportedOperationException");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await ReadAsync(Known)).Rotation, Is.EqualTo(new RotationStatus.Unsupported()));
            Assert.That((await ReadAsync(Without("Origin"))).DescriptionFailure?.Cause, Is.EqualTo("UnsupportedOperationException"));
        }
    }

    [Test]
    public async Task Tags_are_all_pages_of_them_and_no_page_more()
    {
        aws.Answer("GetKeyRotationStatus", Off).Answer("DescribeKey", Enabled)
            .Answer("ListResourceTags", """{"Tags":[{"TagKey":"a","TagValue":"1"},{}],"Truncated":true,"NextMarker":"2"}""")
            .Answer("ListResourceTags", """{"Tags":[{"TagKey":"b"}],"Truncated":false,"NextMarker":"3"}""");

        var key = await ReadAsync(Known, """{"exemptTagKey":"keep"}""");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(key.Tags, Is.EquivalentTo(new Dictionary<string, string> { ["a"] = "1", [""] = "", ["b"] = "" }));
            Assert.That(key.TagsFailure, Is.Null);
            Assert.That(aws.Requests.Count(request => request.Operation == "ListResourceTags"), Is.EqualTo(2));
        }
    }

    [TestCase("""{"Truncated":false}""")]
    [TestCase("""{"Tags":[],"Truncated":true}""")]
    [TestCase("""{"Tags":[],"Truncated":true,"NextMarker":""}""")]
    [TestCase("""{"Tags":[],"Truncated":true,"NextMarker":"2"}""", Description = "again and again")]
    public async Task Tags_that_are_not_all_there_are_not_known(string answer)
    {
        aws.Answer("GetKeyRotationStatus", Off).Answer("DescribeKey", Enabled).Answer("ListResourceTags", answer);

        var key = await ReadAsync(Known, """{"exemptTagKey":"keep"}""");

        Assert.That((key.Tags, key.TagsFailure), Is.EqualTo(((IReadOnlyDictionary<string, string>?)null, new ReadFailure("KMS answered without all Tags"))));
    }

    /// <summary>Markers A, B, A, B; and markers that are always new, of tags that are not.</summary>
    [TestCase("1A 2B 3A 4B 5A")]
    [TestCase("1A 2B 1C 2D 1E")]
    public async Task Tags_that_go_in_circles_end_at_once(string pages)
    {
        aws.Answer("GetKeyRotationStatus", Off).Answer("DescribeKey", Enabled);
        foreach (var page in pages.Split(' '))
            aws.Answer("ListResourceTags", $$"""{"Tags":[{"TagKey":"{{page[0]}}"}],"Truncated":true,"NextMarker":"{{page[1]}}"}""");
        aws.Answer("ListResourceTags", """{"Tags":[],"Truncated":false}""");

        var key = await ReadAsync(Known, """{"exemptTagKey":"keep"}""");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(key.TagsFailure, Is.EqualTo(new ReadFailure("KMS answered without all Tags")));
            Assert.That(aws.Requests.Count(request => request.Operation == "ListResourceTags"), Is.EqualTo(3));
        }
    }

    [TestCase("")]
    [TestCase(",\"OnDemandRotationStartDate\":1781517600.25")]
    public async Task A_rotation_that_is_under_way_is_read_with_the_status(string more)
    {
        aws.Answer("GetKeyRotationStatus", $$"""{"KeyRotationEnabled":true{{more}}}""");
        Assert.That(
            (await ReadAsync(Known)).OnDemandRotationStartDate,
            Is.EqualTo(more.Length == 0 ? null : new DateTimeOffset(2026, 6, 15, 10, 0, 0, 250, TimeSpan.Zero)));
    }

    /// <summary>KMS lists the oldest first, and says nothing of the order.</summary>
    [Test]
    public async Task The_newest_rotation_of_all_pages_counts()
    {
        aws.Answer("ListKeyRotations", Page("""{"RotationDate":1600000000,"RotationType":"AUTOMATIC"}""", "2"))
            .Answer("ListKeyRotations", """{"Rotations":[],"Truncated":true,"NextMarker":"3"}""")
            .Answer("ListKeyRotations", Page($$"""{"KeyId":"{{Events.KeyId}}","RotationDate":1650000000},{"RotationDate":1650000000}""", "4"))
            .Answer("ListKeyRotations", Page("""{"RotationDate":1780000000.5,"RotationType":"ON_DEMAND"}""", "5"))
            .Answer("ListKeyRotations", Page($$"""{"KeyId":"{{Events.KeyArn}}","RotationDate":1700000000,"RotationType":"AUTOMATIC"}"""));

        Assert.That(
            await HistoryAsync(),
            Is.EqualTo(new RotationHistory.Known(DateTimeOffset.FromUnixTimeMilliseconds(1780000000500), "ON_DEMAND", Count: 4)));
    }

    [Test]
    public async Task A_history_without_an_entry_is_that_of_a_key_that_was_never_rotated()
    {
        aws.Answer("ListKeyRotations", Page(""));
        Assert.That(await HistoryAsync(), Is.EqualTo(new RotationHistory.Known(Newest: null)));
    }

    [TestCase("""{"Rotations":[]}""", "KMS answered without Rotations or Truncated")]
    [TestCase("""{"Truncated":false}""", "KMS answered without Rotations or Truncated")]
    [TestCase("""{"Rotations":[{"RotationDate":1600000000},{"RotationType":"AUTOMATIC"}],"Truncated":false}""", "KMS answered a rotation without RotationDate")]
    [TestCase("""{"Rotations":[{"KeyId":"another","RotationDate":1600000000}],"Truncated":false}""", "KMS answered about another key")]
    [TestCase("""{"Rotations":[{"RotationDate":1600000000}],"Truncated":true}""", "KMS answered Truncated without a new NextMarker or rotation")]
    [TestCase("""{"Rotations":[{"RotationDate":1600000000}],"Truncated":true,"NextMarker":"2"}""", "KMS answered Truncated without a new NextMarker or rotation", Description = "again and again")]
    public async Task A_history_that_is_not_whole_is_not_known(string answer, string cause)
    {
        aws.Answer("ListKeyRotations", answer);
        Assert.That(await HistoryAsync(), Is.EqualTo(new RotationHistory.Unreadable(new(cause))));
    }

    [TestCase("AccessDeniedException", true)]
    [TestCase("UnsupportedOperationException", false)]
    public async Task A_history_that_KMS_refuses_is_not_known(string code, bool isDenied)
    {
        aws.Refuse("ListKeyRotations", code);
        var failure = ((RotationHistory.Unreadable)(await HistoryAsync())!).Failure;
        Assert.That((failure.Cause, failure.AccessDenied, failure.Detail?.Split(':')[0]), Is.EqualTo((code, isDenied, "ListKeyRotations")));
    }

    private async Task<RotationHistory?> HistoryAsync()
    {
        aws.Answer("GetKeyRotationStatus", """{"KeyRotationEnabled":true}""");
        return (await ReadAsync(Known with { CreationDate = Now.AddYears(-9) }, """{"rotationEvidence":"require"}""")).Rotations;
    }

    private static string Page(string rotations, string? next = null) =>
        $$"""{"Rotations":[{{rotations}}],"Truncated":{{(next is null ? "false" : $"true,\"NextMarker\":\"{next}\"")}}}""";

    private async Task<KeyFacts> ReadAsync(KeyFacts key, string? ruleParameters = null)
    {
        Assert.That(RuleParameters.TryParse(ruleParameters, out var parameters, out _));
        using var kms = aws.Clients.Kms();
        return (await new KeyReader(kms).JudgeAsync(key, parameters!, Now, CancellationToken.None)).Key;
    }

    private static KeyFacts Without(string name) => name switch
    {
        "KeyManager" => Known with { KeyManager = null },
        "KeySpec" => Known with { KeySpec = null },
        "Origin" => Known with { Origin = null },
        _ => Known with { KeyState = null },
    };
}
