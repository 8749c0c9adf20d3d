using System.Text.Json;

namespace KeyRotation.Core;

/// <summary>A fault that a person must correct before the rule can judge. Its number is explained in TROUBLESHOOTING.md.</summary>
/// <param name="Number">A number never gets a second meaning.</param>
/// <param name="Message">The wrong value, its place, and the valid values.</param>
internal sealed record Problem(ProblemNumber Number, string Message)
{
    /// <summary>
    /// The place where JSON is not valid. The exception's own message quotes the text, which may be a token or a policy.
    /// </summary>
    public static string PlaceOf(JsonException e) => (e.LineNumber, e.BytePositionInLine) is ({ } line, { } place)
        ? $"it is invalid or incomplete at line {line + 1}, byte {place + 1}"
        : "it is not valid";

    public override string ToString() => $"KR{(int)Number:00}: {Message}";
}

internal enum ProblemNumber
{
    EventIsNotJson = 1,
    EventField = 2,
    MessageType = 3,
    ResourceType = 4,
    OtherRegionOrAccount = 5,
    ParametersAreNotJson = 6,
    UnknownParameter = 7,
    ParameterValue = 8,
    RoleCannotBeAssumed = 9,
    ServiceLinkedRole = 10,
    KeysNotJudged = 11,
    EvaluationsNotAccepted = 12,
    OutOfTime = 13,
    EnvironmentVariable = 14,
    KeysNotListed = 15,
    ResultsNotRead = 16,
}
