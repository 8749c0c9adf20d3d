using System.Collections.Concurrent;
using Amazon;
using Amazon.Runtime;

namespace KeyRotation.Local;

/// <summary>One account in one Region: its keys, its AWS Config rules with their results, and the roles that can be assumed.</summary>
internal sealed class LocalAccount(string id = "111122223333", string region = "eu-central-1")
{
    private readonly ConcurrentDictionary<string, LocalKey> keys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LocalRule> rules = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LocalRule> tokens = new(StringComparer.Ordinal);

    public string Id => id;

    public string Region => region;

    public string Partition { get; } = RegionEndpoint.GetBySystemName(region).PartitionName;

    /// <summary>Credentials of a user in the account.</summary>
    public BasicAWSCredentials Credentials { get; } = new($"AKIALOCAL{id}", $"secret-of-{id}");

    /// <summary>
    /// Roles by name or path/name. AssumeRole is denied for any other name, as AWS denies it for a role that does not exist.
    /// </summary>
    public ConcurrentDictionary<string, LocalRole> Roles { get; } = new(StringComparer.Ordinal);

    public ICollection<LocalKey> Keys => keys.Values;

    public LocalKey this[string keyId] => keys[keyId];

    /// <param name="inRegion">Null means the account's own Region.</param>
    public string Arn(string keyId, string? inRegion = null) => $"arn:{Partition}:kms:{inRegion ?? region}:{id}:key/{keyId}";

    /// <summary>The Region in which the rotation of a key is set.</summary>
    public string PrimaryRegionOf(LocalKey key) => key.IsReplica ? key.PrimaryRegion ?? region : region;

    /// <summary>Adds a key, or replaces the key with the same ID.</summary>
    public LocalKey Put(LocalKey key) => keys[key.KeyId] = key;

    public void Put(IEnumerable<LocalKey> many)
    {
        foreach (var key in many) Put(key);
    }

    public void Remove(string keyId) => keys.TryRemove(keyId, out _);

    public LocalKey? Find(string keyId) => keys.GetValueOrDefault(keyId);

    /// <summary>The key IDs that ListKeys returns, in a stable order.</summary>
    public string[] Listing =>
        [.. keys.Values.Where(key => !key.IsDeleted).Select(key => key.KeyId).Order(StringComparer.Ordinal)];

    public LocalRule Rule(string name) => rules.GetOrAdd(name, _ => new LocalRule(name));

    public LocalRule? FindRule(string name) => rules.GetValueOrDefault(name);

    /// <summary>
    /// Creates a result token, as AWS Config does for each invocation of a rule. It is valid only for the results of that rule.
    /// </summary>
    public string NewResultToken(string ruleName)
    {
        var token = Convert.ToBase64String(Guid.NewGuid().ToByteArray());
        Register(token, ruleName);
        return token;
    }

    /// <summary>Accepts a result token from elsewhere, such as from a saved event, for a rule of this account.</summary>
    public void Register(string resultToken, string ruleName) => tokens[resultToken] = Rule(ruleName);

    public LocalRule? RuleOf(string resultToken) => tokens.GetValueOrDefault(resultToken);

    /// <summary>The COMPLIANT and NON_COMPLIANT results that AWS Config holds for a rule.</summary>
    public IReadOnlyCollection<HeldResult> Results(string ruleName) => FindRule(ruleName)?.Results ?? [];
}

/// <param name="Trusts">Whether the trust policy allows the caller to assume the role.</param>
/// <param name="Lasts">
/// How long its credentials last; null means one hour. AWS allows no less than 15 minutes, but a test can need seconds.
/// </param>
internal sealed record LocalRole(bool Trusts = true, TimeSpan? Lasts = null);
