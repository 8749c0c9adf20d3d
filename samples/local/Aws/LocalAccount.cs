using System.Collections.Concurrent;
using Amazon;
using Amazon.Runtime;

namespace KeyRotation.Local;

/// <summary>One account in one Region: its keys, its Config rules with their results, and the roles that may be assumed in it.</summary>
internal sealed class LocalAccount(string id = "111122223333", string region = "eu-central-1")
{
    private readonly ConcurrentDictionary<string, LocalKey> keys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LocalRule> rules = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, LocalRule> tokens = new(StringComparer.Ordinal);

    public string Id => id;

    public string Region => region;

    public string Partition { get; } = RegionEndpoint.GetBySystemName(region).PartitionName;

    /// <summary>What the account's own programs sign with.</summary>
    public BasicAWSCredentials Credentials { get; } = new($"AKIALOCAL{id}", $"secret-of-{id}");

    /// <summary>Role name (or path/name) to its trust. Other names are denied, as AWS denies what does not exist.</summary>
    public ConcurrentDictionary<string, LocalRole> Roles { get; } = new(StringComparer.Ordinal);

    public ICollection<LocalKey> Keys => keys.Values;

    public LocalKey this[string keyId] => keys[keyId];

    /// <param name="inRegion">Null is the account's own Region.</param>
    public string Arn(string keyId, string? inRegion = null) => $"arn:{Partition}:kms:{inRegion ?? region}:{id}:key/{keyId}";

    /// <summary>Where a multi-Region key's rotation is set.</summary>
    public string PrimaryRegionOf(LocalKey key) => key.IsReplica ? key.PrimaryRegion ?? region : region;

    /// <summary>Adds a key, or replaces the one with its id.</summary>
    public LocalKey Put(LocalKey key) => keys[key.KeyId] = key;

    public void Put(IEnumerable<LocalKey> many)
    {
        foreach (var key in many) Put(key);
    }

    public void Remove(string keyId) => keys.TryRemove(keyId, out _);

    public LocalKey? Find(string keyId) => keys.GetValueOrDefault(keyId);

    /// <summary>The ids that ListKeys pages through, in an order that lasts.</summary>
    public string[] Listing =>
        [.. keys.Values.Where(key => !key.IsDeleted).Select(key => key.KeyId).Order(StringComparer.Ordinal)];

    public LocalRule Rule(string name) => rules.GetOrAdd(name, _ => new LocalRule(name));

    public LocalRule? FindRule(string name) => rules.GetValueOrDefault(name);

    /// <summary>What AWS Config gives with one invocation of a rule; only that one rule takes results under it.</summary>
    public string NewResultToken(string ruleName)
    {
        var token = Convert.ToBase64String(Guid.NewGuid().ToByteArray());
        Register(token, ruleName);
        return token;
    }

    /// <summary>Takes a token from elsewhere, such as a saved event's, for one of a rule here.</summary>
    public void Register(string resultToken, string ruleName) => tokens[resultToken] = Rule(ruleName);

    public LocalRule? RuleOf(string resultToken) => tokens.GetValueOrDefault(resultToken);

    /// <summary>COMPLIANT and NON_COMPLIANT, as AWS Config holds them.</summary>
    public IReadOnlyCollection<HeldResult> Results(string ruleName) => FindRule(ruleName)?.Results ?? [];
}

/// <summary>A role of an account.</summary>
/// <param name="Trusts">The trust policy names the caller.</param>
/// <param name="Lasts">How long its credentials last; AWS has 15 minutes and more, a test may want seconds.</param>
internal sealed record LocalRole(bool Trusts = true, TimeSpan? Lasts = null);
