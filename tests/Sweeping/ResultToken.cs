using System.Text.Json.Nodes;

namespace KeyRotation.Tests.Sweeping;

/// <summary>The result token of an event. Only AWS Config can create a valid one.</summary>
internal static class ResultToken
{
    public static string Of(string configEvent) => JsonNode.Parse(configEvent)!["resultToken"]!.GetValue<string>();

    public static string Replaced(string configEvent, string token)
    {
        var json = JsonNode.Parse(configEvent)!;
        json["resultToken"] = token;
        return json.ToJsonString();
    }
}
