using System.Globalization;
using System.Text;

namespace KeyRotation.Benchmark.Floor;

/// <summary>The fields of a Config event that the two requests need.</summary>
internal sealed record ChangedKey(string Id, string Arn, DateTimeOffset CaptureTime, string ResultToken)
{
    public static ChangedKey Of(ReadOnlySpan<byte> configEvent)
    {
        var invokingEvent = Encoding.UTF8.GetBytes(Json.Text(configEvent, "invokingEvent"u8));
        return new(
            Json.Text(invokingEvent, "resourceId"u8),
            Json.Text(invokingEvent, "ARN"u8),
            DateTimeOffset.Parse(Json.Text(invokingEvent, "configurationItemCaptureTime"u8), CultureInfo.InvariantCulture),
            Json.Text(configEvent, "resultToken"u8));
    }
}
