using System.Collections.Concurrent;

namespace KeyRotation.Local;

/// <summary>An access key that can sign requests.</summary>
/// <param name="AccountId">The only account that the key gives access to.</param>
internal sealed record AccessKey(
    string Id, string Secret, string AccountId, string UserArn, string? SessionToken = null, DateTimeOffset? Expiration = null);

/// <summary>The access keys that the local AWS knows: those of its accounts, and those that AssumeRole returned.</summary>
internal sealed class AccessKeys
{
    private readonly ConcurrentDictionary<string, AccessKey> known = new(StringComparer.Ordinal);

    public void Add(AccessKey accessKey) => known[accessKey.Id] = accessKey;

    public AccessKey? Find(string id) => known.GetValueOrDefault(id);
}
