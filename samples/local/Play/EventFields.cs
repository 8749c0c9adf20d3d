using System.Globalization;
using System.Text.Json;

namespace KeyRotation.Local;

/// <summary>
/// The fields of an event that the local run needs to prepare the local AWS for it. An event can be malformed in any way, so any field can
/// be missing.
/// </summary>
internal sealed record EventFields(
    string? AccountId,
    string? Region,
    string? RuleName,
    string? ResultToken,
    string? ExecutionRoleName,
    string? KeyId,
    string? MessageType,
    LocalKey? Key)
{
    public bool IsSweep => MessageType is "ScheduledNotification" or "ConfigurationSnapshotDeliveryCompleted";

    public static EventFields Of(string text)
    {
        var configEvent = Parsed(text);
        var notification = Parsed(Text(configEvent, "invokingEvent"));
        var item = Member(notification, "configurationItem") ?? Member(notification, "configurationItemSummary");
        return new(
            Text(configEvent, "accountId"),
            Text(item, "awsRegion") ?? (Text(configEvent, "configRuleArn")?.Split(':') is [_, _, _, { Length: > 0 } region, ..] ? region : null),
            Text(configEvent, "configRuleName"),
            Text(configEvent, "resultToken"),
            Text(Parsed(Text(configEvent, "ruleParameters")), "executionRoleName"),
            Text(item, "resourceId"),
            Text(notification, "messageType"),
            KeyOf(item));
    }

    /// <summary>The key that the configuration item describes, or null if it does not describe one.</summary>
    private static LocalKey? KeyOf(JsonElement? item)
    {
        if (Member(item, "configuration") is not { ValueKind: JsonValueKind.Object } configuration) return null;
        if (Text(item, "resourceId") is not { Length: > 0 } keyId) return null;
        var supplementary = Member(item, "supplementaryConfiguration");
        var multiRegion = Member(configuration, "multiRegionConfiguration");
        return new LocalKey
        {
            KeyId = keyId,
            Description = Text(configuration, "description") ?? "",
            KeyManager = Text(configuration, "keyManager") ?? "CUSTOMER",
            KeySpec = Text(configuration, "keySpec") ?? Text(configuration, "customerMasterKeySpec") ?? "SYMMETRIC_DEFAULT",
            KeyUsage = Text(configuration, "keyUsage") ?? "ENCRYPT_DECRYPT",
            Origin = Text(configuration, "origin") ?? "AWS_KMS",
            KeyState = Text(configuration, "keyState") ?? "Enabled",
            CreationDate = Time(configuration, "creationDate") ?? DateTimeOffset.UnixEpoch,
            MultiRegionKeyType = Text(multiRegion, "multiRegionKeyType"),
            PrimaryRegion = Text(Member(multiRegion, "primaryKey"), "region"),
            KeyRotationEnabled = Flag(supplementary, "KeyRotationStatus"),
            Tags = Tags(supplementary),
        };
    }

    private static Dictionary<string, string> Tags(JsonElement? supplementary)
    {
        var tags = new Dictionary<string, string>();
        if (Member(supplementary, "Tags") is not { ValueKind: JsonValueKind.Array } list) return tags;
        foreach (var tag in list.EnumerateArray())
        {
            if (Text(tag, "tagKey") is { } key) tags[key] = Text(tag, "tagValue") ?? "";
        }

        return tags;
    }

    private static JsonElement? Parsed(string? text)
    {
        try
        {
            return text is null ? null : JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonElement? Member(JsonElement? json, string name) =>
        json is { ValueKind: JsonValueKind.Object } parent && parent.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement? json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.String } text ? Decoded(text) : null;

    /// <summary>Half of a surrogate pair is valid JSON, but not a valid string.</summary>
    private static string? Decoded(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static bool? Flag(JsonElement? json, string name) => Member(json, name) switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.String } text => bool.TryParse(Decoded(text), out var flag) ? flag : null,
        _ => null,
    };

    private static DateTimeOffset? Time(JsonElement? json, string name) => Member(json, name) switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var time) && time is >= 0 and < 32503680000000 =>
            DateTimeOffset.FromUnixTimeMilliseconds(time),
        { ValueKind: JsonValueKind.String } text
            when DateTimeOffset.TryParse(Decoded(text), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => time,
        _ => null,
    };
}
