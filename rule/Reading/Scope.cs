using Amazon;
using KeyRotation.Core;

namespace KeyRotation.Reading;

/// <summary>The account and Region that an event speaks of. A key of another one would be looked for in the wrong place, and "not found" there proves nothing.</summary>
internal sealed record Scope(string Partition, string Region, string AccountId, bool EventLeftScope)
{
    /// <summary>The partition is read off the event's own ARN; a Region that the SDK does not know yet still works then.</summary>
    public static Scope Of(string? configRuleArn, string region, string accountId, bool eventLeftScope)
    {
        var rule = configRuleArn?.Split(':') is ["arn", var partition, "config", var ruleRegion, ..] ? (partition, region: ruleRegion) : default;
        if (!string.IsNullOrEmpty(rule.region) && rule.region != region)
            throw Other($"configRuleArn is of {Annotation.Cut(rule.region)}; this function judges the keys of its own Region, {region}.");
        return new(string.IsNullOrEmpty(rule.partition) ? RegionEndpoint.GetBySystemName(region).PartitionName : rule.partition, region, accountId, eventLeftScope);
    }

    public string KeyArn(string keyId) => $"arn:{Partition}:kms:{Region}:{AccountId}:key/{keyId}";

    public void Check(JsonField region, JsonField accountId)
    {
        if (region.Text is { } otherRegion && otherRegion != Region)
            throw Other($"{region.Path} is {Annotation.Cut(otherRegion)}; this function judges the keys of its own Region, {Region}.");
        if (accountId.Text is { } otherAccount && otherAccount != AccountId)
            throw Other($"{accountId.Path} is {Annotation.Cut(otherAccount)}; the event is of account {AccountId}.");
    }

    private static ProblemException Other(string message) => new(ProblemNumber.OtherRegionOrAccount, message);
}
