using System.Text.Json.Nodes;

namespace KeyRotation.Local;

/// <summary>JSON as AWS writes it.</summary>
internal static class Json
{
    /// <summary>Removes the members that are null, because AWS omits a member without a value.</summary>
    public static JsonObject WithoutNulls(this JsonObject json)
    {
        foreach (var (name, value) in json.ToList())
        {
            if (value is null) json.Remove(name);
        }

        return json;
    }

    public static JsonArray Array(IEnumerable<JsonNode> items) => new([.. items]);

    /// <summary>Seconds since 1970, the time format of AWS JSON 1.1.</summary>
    public static double EpochSeconds(this DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;
}
