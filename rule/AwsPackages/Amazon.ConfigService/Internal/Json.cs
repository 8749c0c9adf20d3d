using System.Text.Json;
using Amazon.Util;

namespace Amazon.ConfigService.Internal;

/// <summary>The JSON of the protocol: null members are not written, and missing members are read as null.</summary>
internal static class Json
{
    public static void WriteText(this Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    public static void WriteNumber(this Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
    }

    public static void WriteFlag(this Utf8JsonWriter json, string name, bool? value)
    {
        if (value is { } flag)
            json.WriteBoolean(name, flag);
    }

    /// <summary>Epoch seconds with milliseconds, as in the official client, which rounded to seconds before September 2026.</summary>
    public static void WriteTime(this Utf8JsonWriter json, string name, DateTime? value)
    {
        if (value is { } time)
            json.WriteNumber(name, AWSSDKUtils.ConvertToUnixEpochSecondsDecimal(time));
    }

    public static void WriteList<T>(this Utf8JsonWriter json, string name, List<T>? values, Action<Utf8JsonWriter, T> write)
    {
        if (values is null)
            return;
        json.WriteStartArray(name);
        foreach (var value in values)
            write(json, value);
        json.WriteEndArray();
    }

    public static string? Text(this JsonElement json, string name) => json.Member(name)?.GetString();

    /// <summary>Epoch seconds, with or without a fraction; UTC.</summary>
    public static DateTime? Time(this JsonElement json, string name) =>
        json.Member(name) is { } seconds ? AWSSDKUtils.ConvertFromUnixDecimalEpochSeconds(seconds.GetDecimal()) : null;

    public static T? Object<T>(this JsonElement json, string name, Func<JsonElement, T> read)
        where T : class => json.Member(name) is { } value ? read(value) : null;

    public static List<T>? List<T>(this JsonElement json, string name, Func<JsonElement, T> read) =>
        json.Member(name) is { } values ? [.. values.EnumerateArray().Select(read)] : null;

    public static Dictionary<string, string?>? Map(this JsonElement json, string name) =>
        json.Member(name) is { } values ? values.EnumerateObject().ToDictionary(each => each.Name, each => each.Value.GetString()) : null;

    private static JsonElement? Member(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null ? value : null;
}
