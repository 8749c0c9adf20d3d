using System.Text.Json.Nodes;

namespace KeyRotation.Local;

/// <summary>One operation of a service that speaks AWS JSON 1.1.</summary>
/// <param name="Members">All that its input may have.</param>
internal sealed record JsonOperation(string[] Members, Func<LocalAws, LocalAccount, Input, JsonObject> Answer);
