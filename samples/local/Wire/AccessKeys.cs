using System.Collections.Concurrent;

namespace KeyRotation.Local;

/// <summary>Who may sign.</summary>
/// <param name="AccountId">The account that the key opens; every other one stays closed.</param>
internal sealed record AccessKey(
    string Id, string Secret, string AccountId, string UserArn, string? SessionToken = null, DateTimeOffset? Expiration = null);

/// <summary>The access keys that the local AWS knows: each account's own, and those that AssumeRole gave out.</summary>
internal sealed class AccessKeys
{
    private readonly ConcurrentDictionary<string, AccessKey> known = new(StringComparer.Ordinal);

    public void Add(AccessKey accessKey) => known[accessKey.Id] = accessKey;

    public AccessKey? Find(string id) => known.GetValueOrDefault(id);
}
