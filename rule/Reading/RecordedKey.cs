using System.Text.Json;
using Amazon.ConfigService.Model;
using KeyRotation.Core;

namespace KeyRotation.Reading;

/// <summary>One key as AWS Config recorded it, in either of the two shapes of a configuration item.</summary>
/// <param name="CaptureTime">When AWS Config recorded the item; it orders the evaluations of a key.</param>
internal sealed record RecordedKey(KeyFacts Key, DateTimeOffset CaptureTime)
{
    /// <summary>From a notification: the item itself, or the summary of an oversized one.</summary>
    /// <param name="eventLeftScope">The rule no longer evaluates the key.</param>
    public static RecordedKey Of(JsonField item, AccountRegion place, bool eventLeftScope)
    {
        if (item["resourceType"].RequiredText is not KeyFacts.ResourceType and var other)
        {
            throw new ProblemException(
                ProblemNumber.ResourceType, $"{item.Path}.resourceType is {SingleLine.Cut(other)}; this rule judges only {KeyFacts.ResourceType}.");
        }

        var captureTime = item["configurationItemCaptureTime"];
        return new(
            Of(item, place, eventLeftScope, item["configuration"], item["supplementaryConfiguration"]),
            captureTime.Time ?? throw captureTime.Problem("the time when AWS Config recorded the item"));
    }

    /// <summary>From GetResourceConfigHistory, whose item carries JSON as text. Only the facts about the key are taken from it.</summary>
    public RecordedKey With(ConfigurationItem item)
    {
        var configuration = JsonField.Parse("configuration", item.Configuration ?? "null").Decoded;
        var supplementary = item.SupplementaryConfiguration ?? [];
        return new(
            Of(
                Key with { IsGone = IsGone(item.ConfigurationItemStatus?.Value ?? "", "configurationItemStatus") },
                configuration,
                name => Text(supplementary, name),
                isDaily: item.ConfigurationItemDeliveryTime is not null),
            item.ConfigurationItemCaptureTime is { } time ? new DateTimeOffset(time.ToUniversalTime()) : CaptureTime);
    }

    private static KeyFacts Of(JsonField item, AccountRegion place, bool eventLeftScope, JsonField configuration, JsonField supplementary)
    {
        var keyId = item["resourceId"].RequiredText;
        if (!IsKeyId(keyId))
            throw item["resourceId"].Problem("a key ID");

        var status = item["configurationItemStatus"];
        Check(item["awsRegion"], item["awsAccountId"], place);
        var key = new KeyFacts
        {
            KeyId = keyId,
            Arn = place.KeyArn(keyId),
            IsGone = IsGone(status.RequiredText, status.Path) || eventLeftScope,
        };
        return Of(key, configuration, name => supplementary[name], isDaily: !item["configurationItemDeliveryTime"].IsAbsent);
    }

    private static void Check(JsonField region, JsonField accountId, AccountRegion place)
    {
        if (region.Text is { } otherRegion && otherRegion != place.Region)
            throw Other($"{region.Path} is {SingleLine.Cut(otherRegion)}; this function judges only keys in its own Region, {place.Region}.");
        if (accountId.Text is { } otherAccount && otherAccount != place.AccountId)
            throw Other($"{accountId.Path} is {SingleLine.Cut(otherAccount)}; the event is for account {place.AccountId}.");

        static ProblemException Other(string message) => new(ProblemNumber.OtherRegionOrAccount, message);
    }

    /// <param name="isDaily">
    /// AWS Config records once a day, so the item can be a day old: facts that may have changed since are read from KMS. Source: AWS Config
    /// API Reference, ConfigurationItem, configurationItemDeliveryTime.
    /// </param>
    private static KeyFacts Of(KeyFacts key, JsonField configuration, Func<string, JsonField> supplementary, bool isDaily)
    {
        if (key.IsGone) return key;
        var recorded = key with
        {
            KeyManager = configuration["keyManager"].Text,
            KeySpec = configuration["keySpec"].Text ?? configuration["customerMasterKeySpec"].Text,
            Origin = configuration["origin"].Text,
            KeyState = configuration["keyState"].Text,
            CreationDate = configuration["creationDate"].ReadableTime,
            MultiRegionKeyType = configuration["multiRegionConfiguration"]["multiRegionKeyType"].Text,
            PrimaryKeyArn = configuration["multiRegionConfiguration"]["primaryKey"]["arn"].Text,
            RecordedRotationStatus = supplementary("KeyRotationStatus").Flag,
            Tags = TagsOf(supplementary),
        };
        return isDaily ? recorded with { KeyState = null, MultiRegionKeyType = null, PrimaryKeyArn = null, Tags = null } : recorded;
    }

    /// <summary>An ARN, an alias or any other text is not valid: in an ARN, it would name something else.</summary>
    public static bool IsKeyId(string text) => text.Length is > 0 and <= 256 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>A deleted key has no configuration, so the status is checked first.</summary>
    private static bool IsGone(string status, string path) => status switch
    {
        "OK" or "ResourceDiscovered" => false,
        "ResourceDeleted" or "ResourceDeletedNotRecorded" or "ResourceNotRecorded" => true,
        _ => throw new ProblemException(
            ProblemNumber.EventField,
            $"{path} is '{SingleLine.Cut(status)}'; it must be OK, ResourceDiscovered, ResourceNotRecorded, ResourceDeleted or ResourceDeletedNotRecorded."),
    };

    /// <summary>Only exemptTagKey needs the tags, and KMS has them too: tags in an unknown shape are not a failure.</summary>
    private static Dictionary<string, string>? TagsOf(Func<string, JsonField> supplementary)
    {
        try
        {
            var list = supplementary("Tags").Decoded;
            if (list.IsAbsent) return null;
            var tags = new Dictionary<string, string>();
            foreach (var tag in list.Items)
                tags[tag["tagKey"].RequiredText] = tag["tagValue"].Text ?? "";
            return tags;
        }
        catch (ProblemException)
        {
            return null;
        }
    }

    private static JsonField Text(Dictionary<string, string?> supplementary, string name) =>
        supplementary.TryGetValue(name, out var json) && json is not null ? JsonField.Parse($"supplementaryConfiguration.{name}", json) : new(name, (JsonElement?)null);
}
