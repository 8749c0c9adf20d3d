using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using Amazon.ConfigService.Model;

namespace KeyRotation.Tests.Samples;

/// <summary>samples/account.json, which answers what KMS and AWS Config would answer, without either.</summary>
internal sealed class SampleAccount(string json, DateTimeOffset now)
{
    private readonly JsonNode account = JsonNode.Parse(json)!;

    public string AccountId => account["accountId"]!.GetValue<string>();

    public string Region => account["region"]!.GetValue<string>();

    public IEnumerable<string> RoleNames => account["roles"]!.AsArray().Select(role => role!.GetValue<string>());

    public IReadOnlyDictionary<string, JsonNode> Keys =>
        account["keys"]!.AsArray().ToDictionary(key => key!["KeyMetadata"]!["KeyId"]!.GetValue<string>(), key => key!);

    /// <summary>The answer to one question about a key, as a fact.</summary>
    public KeyFacts Answer(Question question, KeyFacts key)
    {
        var entry = Entry(key);
        var (operation, refused, answer) = question switch
        {
            Question.Description => ("DescribeKey", failure => key with { DescriptionFailure = failure }, () => Described(key, entry["KeyMetadata"]!)),
            Question.RotationStatus => ("GetKeyRotationStatus", failure => key with { Rotation = new RotationStatus.Unreadable(failure) }, () => key with
            {
                Rotation = StatusOf(entry),
                OnDemandRotationStartDate = Time(Text(entry["OnDemandRotationStartDate"])),
            }),
            Question.RotationHistory => (
                "ListKeyRotations",
                failure => key with { Rotations = new RotationHistory.Unreadable(failure) },
                () => key with { Rotations = HistoryOf(entry) }),
            _ => (
                "ListResourceTags",
                (Func<ReadFailure, KeyFacts>)(failure => key with { TagsFailure = failure }),
                (Func<KeyFacts>)(() => key with { Tags = TagsOf(entry) })),
        };
        return entry["Errors"]?[operation]?.GetValue<string>() switch
        {
            null => answer(),
            var code when question == Question.RotationHistory => refused(new(code, code == "AccessDeniedException")),
            "NotFoundException" => key with { IsGone = true },
            "UnsupportedOperationException" => key with { Rotation = new RotationStatus.Unsupported() },
            var code => refused(new(code, code == "AccessDeniedException")),
        };
    }

    /// <summary>What GetResourceConfigHistory would add to an oversized notification.</summary>
    public RecordedKey Newest(RecordedKey notified)
    {
        if (notified.Key.IsGone) return notified;
        var entry = Entry(notified.Key);
        if (entry["History"]?.GetValue<bool>() == false) return notified;
        return notified.With(new ConfigurationItem
        {
            ConfigurationItemStatus = "OK",
            ConfigurationItemCaptureTime = now.UtcDateTime,
            Configuration = CamelCase(entry["KeyMetadata"]!).ToJsonString(),
            SupplementaryConfiguration = new() { ["KeyRotationStatus"] = entry["KeyRotationEnabled"]?.ToJsonString() },
        });
    }

    private JsonNode Entry(KeyFacts key) =>
        Keys.TryGetValue(key.KeyId, out var entry) ? entry : throw new AssertionException($"account.json does not have key {key.KeyId}.");

    private KeyFacts Described(KeyFacts key, JsonNode metadata) => key with
    {
        IsDescribed = true,
        KeyManager = Text(metadata["KeyManager"]),
        KeySpec = Text(metadata["KeySpec"]),
        Origin = Text(metadata["Origin"]),
        KeyState = Text(metadata["KeyState"]),
        CreationDate = CreationDate(metadata),
        MultiRegionKeyType = Text(metadata["MultiRegionConfiguration"]?["MultiRegionKeyType"]),
        PrimaryKeyArn = Text(metadata["MultiRegionConfiguration"]?["PrimaryKey"]?["Arn"]),
    };

    private static RotationStatus StatusOf(JsonNode entry) => entry["KeyRotationEnabled"]?.GetValue<bool>() switch
    {
        null => new RotationStatus.Unreadable(new("KMS answered without KeyRotationEnabled")),
        false => new RotationStatus.Off(),
        true => new RotationStatus.On(entry["RotationPeriodInDays"]?.GetValue<int>()),
    };

    /// <summary>Automatic ones are at the end of every period since the key was made, or since its period was set.</summary>
    private RotationHistory.Known HistoryOf(JsonNode entry)
    {
        var dates = (entry["Rotations"]?.AsArray() ?? []).Select(rotation => Time(Text(rotation!["RotationDate"]))).ToList();
        var start = Time(Text(entry["RotationEnabledDate"])) ?? CreationDate(entry["KeyMetadata"]!);
        var period = entry["RotationPeriodInDays"]?.GetValue<int>() ?? 365;
        if (entry["KeyRotationEnabled"]?.GetValue<bool>() == true && start.AddDays(period) <= now)
            dates.Add(start.AddDays(period * Math.Floor((now - start).TotalDays / period)));
        return new(dates.Max());
    }

    private static Dictionary<string, string> TagsOf(JsonNode entry) =>
        entry["Tags"]?.AsObject().ToDictionary(tag => tag.Key, tag => tag.Value!.GetValue<string>()) ?? [];

    /// <summary>A time, or an age such as PT2H.</summary>
    private DateTimeOffset CreationDate(JsonNode metadata) => Time(Text(metadata["CreationDate"]))!.Value;

    private DateTimeOffset? Time(string? text) => text switch
    {
        null => null,
        ['P', ..] age => now - XmlConvert.ToTimeSpan(age),
        _ => XmlConvert.ToDateTimeOffset(text),
    };

    private static string? Text(JsonNode? node) => node?.GetValue<string>();

    private static JsonNode CamelCase(JsonNode node) => node switch
    {
        JsonObject json => new JsonObject(json.Select(property =>
            KeyValuePair.Create<string, JsonNode?>(JsonNamingPolicy.CamelCase.ConvertName(property.Key), CamelCase(property.Value!)))),
        JsonArray list => new JsonArray([.. list.Select(entry => CamelCase(entry!))]),
        _ => node.DeepClone(),
    };
}
