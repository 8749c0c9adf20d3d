using System.Buffers;
using System.Text;
using System.Text.Json;

namespace KeyRotation.Benchmark.Floor;

internal static class Json
{
    public static ReadOnlySpan<byte> Object(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }

    public static bool Flag(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name) => At(json, name).TokenType == JsonTokenType.True;

    public static string Text(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name) => At(json, name).GetString() ?? "";

    /// <summary>The value of the first property with this name, at any depth.</summary>
    private static Utf8JsonReader At(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals(name)) continue;
            reader.Read();
            return reader;
        }

        throw new InvalidOperationException($"{Encoding.UTF8.GetString(name)} is missing.");
    }
}
