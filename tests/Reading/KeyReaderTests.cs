using System.Net;
using KeyRotation.Tests.Aws;

namespace KeyRotation.Tests.Reading;

/// <summary>Facts that KMS returns replace known facts; facts that it does not return stay as they are.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class KeyReaderTests : IDisposable
{
    private const string Enabled = """{"KeyMetadata":{"KeyState":"Enabled"}}""";
    private const string Off = """{"KeyRotationEnabled":false}""";

    private static readonly DateTimeOffset Now = new(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);
    private static readonly KeyFacts Known = Events.Facts with { MultiRegionKeyType = "PRIMARY", PrimaryKeyArn = Events.KeyArn };

    private static readonly ReadFailure OfAnother = new("KMS returned another key");

    private readonly ScriptedAws aws = new();

    public void Dispose() => aws.Dispose();

    [TestCase("KeyManager", "CUSTOMER")]
    [TestCase("KeySpec", "SYMMETRIC_DEFAULT")]
    [TestCase("Origin", "AWS_KMS")]
    [TestCase("KeyState", "Enabled")]
    public async Task Facts_missing_from_DescribeKey_are_kept(string missing, string value)
    {
        aws.Answer("DescribeKey", $$$"""{"KeyMetadata":{"KeyState":"Enabled","{{{missing}}}":"{{{value}}}"}}""").Answer("GetKeyRotationStatus", Off);

        var key = await ReadAsync(Without(missing));

        Assert.That(key, Is.EqualTo(Known with { IsDescribed = true, Rotation = new RotationStatus.Off() }));
    }

    [Test]
    public async Task Facts_from_DescribeKey_replace_known_facts([Values("KeyManager", "KeySpec", "Origin", "KeyState")] string missing)
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
    public async Task Description_without_a_key_state_is_a_failure(string answer)
    {
        aws.Answer("DescribeKey", answer).Answer("GetKeyRotationStatus", Off);
        Assert.That((await ReadAsync(Known)).DescriptionFailure, Is.EqualTo(new ReadFailure("KMS returned no KeyState")));
    }

    [TestCase("""{"KeyState":"Enabled","CustomerMasterKeySpec":"RSA_2048"}""", "RSA_2048")]
    [TestCase("""{"KeyState":"Enabled","CustomerMasterKeySpec":"RSA_2048","KeySpec":"HMAC_256"}""", "HMAC_256")]
    public async Task Key_spec_is_read_under_its_old_name(string metadata, string keySpec)
    {
        aws.Answer("DescribeKey", $$"""{"KeyMetadata":{{metadata}}}""");
        Assert.That((await ReadAsync(Known with { KeySpec = null })).KeySpec, Is.EqualTo(keySpec));
    }

    [Test]
    public async Task Old_name_replaces_a_known_key_spec()
    {
        aws.Answer("DescribeKey", """{"KeyMetadata":{"KeyState":"Enabled","CustomerMasterKeySpec":"RSA_2048"}}""");
        Assert.That((await ReadAsync(Without("KeyState"))).KeySpec, Is.EqualTo("RSA_2048"));
    }

    [TestCase("DescribeKey")]
    [TestCase("GetKeyRotationStatus")]
    [TestCase("ListKeyRotations")]
    [TestCase("ListResourceTags")]
    public async Task Failed_call_is_named(string operation)
    {
        aws.Answer(operation, """{"__type":"InternalFailure"}""", HttpStatusCode.InternalServerError);
        if (operation != "DescribeKey") aws.Answer("DescribeKey", Enabled);
        if (operation == "ListResourceTags") aws.Answer("GetKeyRotationStatus", Off);
        if (operation == "ListKeyRotations") aws.Answer("GetKeyRotationStatus", """{"KeyRotationEnabled":true}""");
        var key = Known with { KeyState = operation == "DescribeKey" ? null : "Enabled", CreationDate = Now.AddYears(-9), Tags = null };
        var ruleParameters = operation == "ListResourceTags" ? """{"exemptTagKey":"exempt"}""" : """{"rotationEvidence":"require"}""";
        Assert.That(RuleParameters.TryParse(ruleParameters, out var parameters, out _));
        using var kms = aws.Clients.Kms();

        var verdict = (await new KeyReader(kms).JudgeAsync(key, parameters!, Now, CancellationToken.None)).Verdict;

        Assert.That(verdict, Is.TypeOf<Verdict.Unreadable>());
        Assert.That(verdict.Finding, Does.StartWith($"{operation}: AWS returned InternalFailure, HTTP status 500"));
    }

    [TestCase($"\"KeyId\":\"{Events.KeyId}\"", true)]
    [TestCase($"\"KeyId\":\"{Events.KeyArn}\"", true)]
    [TestCase($"\"KeyId\":\"{Events.KeyId}\",\"Arn\":\"{Events.KeyArn}\"", true)]
    [TestCase("\"KeyId\":\"another\"", false)]
    [TestCase($"\"KeyId\":\"another\",\"Arn\":\"{Events.KeyArn}\"", false)]
    [TestCase($"\"KeyId\":\"{Events.KeyId}\",\"Arn\":\"arn:aws:kms:us-east-1:111122223333:key/{Events.KeyId}\"", false)]
    public async Task Description_of_another_key_is_a_failure(string names, bool isOurs)
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
        yield return new("""{"KeyRotationEnabled":true,"RotationPeriodInDays":0}""", new RotationStatus.Unreadable(new("KMS returned a rotation period of 0 days")));
        yield return new("""{"RotationPeriodInDays":365}""", new RotationStatus.Unreadable(new("KMS returned no KeyRotationEnabled")));
    }

    [TestCaseSource(nameof(Rotations))]
    public async Task Rotation_status_comes_from_GetKeyRotationStatus(string answer, object rotation)
    {
        aws.Answer("GetKeyRotationStatus", answer).Answer("DescribeKey", Enabled);
        Assert.That((await ReadAsync(Known)).Rotation, Is.EqualTo(rotation));
    }

    [Test]
    public async Task Unsupported_operation_is_a_fact_about_rotation_only()
    {
        aws.Refuse("GetKeyRotationStatus", "UnsupportedOperationException").Refuse("DescribeKey", "UnsupportedOperationException");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await ReadAsync(Known)).Rotation, Is.EqualTo(new RotationStatus.Unsupported()));
            Assert.That((await ReadAsync(Without("Origin"))).DescriptionFailure?.Cause, Is.EqualTo("UnsupportedOperationException"));
        }
    }

    [Test]
    public async Task Tags_are_read_to_the_last_page_and_no_further()
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
    [TestCase("""{"Tags":[],"Truncated":true,"NextMarker":"2"}""", Description = "the same page repeatedly")]
    public async Task Incomplete_tags_are_unknown(string answer)
    {
        aws.Answer("GetKeyRotationStatus", Off).Answer("DescribeKey", Enabled).Answer("ListResourceTags", answer);

        var key = await ReadAsync(Known, """{"exemptTagKey":"keep"}""");

        Assert.That((key.Tags, key.TagsFailure), Is.EqualTo(((IReadOnlyDictionary<string, string>?)null, new ReadFailure("KMS did not return all Tags"))));
    }

    /// <summary>Repeated markers (A, B, A, B), and new markers with repeated tags.</summary>
    [TestCase("1A 2B 3A 4B 5A")]
    [TestCase("1A 2B 1C 2D 1E")]
    public async Task Reading_tags_ends_at_a_repeated_page(string pages)
    {
        aws.Answer("GetKeyRotationStatus", Off).Answer("DescribeKey", Enabled);
        foreach (var page in pages.Split(' '))
            aws.Answer("ListResourceTags", $$"""{"Tags":[{"TagKey":"{{page[0]}}"}],"Truncated":true,"NextMarker":"{{page[1]}}"}""");
        aws.Answer("ListResourceTags", """{"Tags":[],"Truncated":false}""");

        var key = await ReadAsync(Known, """{"exemptTagKey":"keep"}""");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(key.TagsFailure, Is.EqualTo(new ReadFailure("KMS did not return all Tags")));
            Assert.That(aws.Requests.Count(request => request.Operation == "ListResourceTags"), Is.EqualTo(3));
        }
    }

    [TestCase("")]
    [TestCase(",\"OnDemandRotationStartDate\":1781517600.25")]
    public async Task Rotation_in_progress_is_read_with_the_status(string more)
    {
        aws.Answer("GetKeyRotationStatus", $$"""{"KeyRotationEnabled":true{{more}}}""");
        Assert.That(
            (await ReadAsync(Known)).OnDemandRotationStartDate,
            Is.EqualTo(more.Length == 0 ? null : new DateTimeOffset(2026, 6, 15, 10, 0, 0, 250, TimeSpan.Zero)));
    }

    /// <summary>KMS lists the oldest rotation first, but does not document the order.</summary>
    [Test]
    public async Task Newest_rotation_of_all_pages_is_used()
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
    public async Task Empty_history_means_never_rotated()
    {
        aws.Answer("ListKeyRotations", Page(""));
        Assert.That(await HistoryAsync(), Is.EqualTo(new RotationHistory.Known(Newest: null)));
    }

    [TestCase("""{"Rotations":[]}""", "KMS returned no Rotations or no Truncated")]
    [TestCase("""{"Truncated":false}""", "KMS returned no Rotations or no Truncated")]
    [TestCase("""{"Rotations":[{"RotationDate":1600000000},{"RotationType":"AUTOMATIC"}],"Truncated":false}""", "KMS returned a rotation without RotationDate")]
    [TestCase("""{"Rotations":[{"KeyId":"another","RotationDate":1600000000}],"Truncated":false}""", "KMS returned another key")]
    [TestCase("""{"Rotations":[{"RotationDate":1600000000}],"Truncated":true}""", "KMS returned Truncated without a new NextMarker or rotation")]
    [TestCase(
        """{"Rotations":[{"RotationDate":1600000000}],"Truncated":true,"NextMarker":"2"}""",
        "KMS returned Truncated without a new NextMarker or rotation",
        Description = "the same page repeatedly")]
    public async Task Incomplete_history_is_unreadable(string answer, string cause)
    {
        aws.Answer("ListKeyRotations", answer);
        Assert.That(await HistoryAsync(), Is.EqualTo(new RotationHistory.Unreadable(new(cause))));
    }

    [TestCase("AccessDeniedException", true)]
    [TestCase("UnsupportedOperationException", false)]
    public async Task History_that_KMS_refuses_is_unreadable(string code, bool isDenied)
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
