using System.Text.Json.Nodes;

namespace KeyRotation.Local;

/// <summary>One operation of a service that uses AWS JSON 1.1.</summary>
/// <param name="Members">All members that its input can have.</param>
internal sealed record JsonOperation(string[] Members, Func<LocalAws, LocalAccount, Input, JsonObject> Answer);
