using System.Text.Json;

namespace KeyRotation.Core;

/// <summary>Something that a person must correct before the rule can judge: numbered, so that TROUBLESHOOTING.md can explain it.</summary>
/// <param name="Number">Looked up in TROUBLESHOOTING.md; a number never gets a second meaning.</param>
/// <param name="Message">The value that is wrong, its place, and the valid values.</param>
internal sealed record Problem(ProblemNumber Number, string Message)
{
    /// <summary>
    /// Where JSON is not valid. The exception's own message quotes the text there, which may be a token or a policy.
    /// </summary>
    public static string PlaceOf(JsonException e) => (e.LineNumber, e.BytePositionInLine) is ({ } line, { } place)
        ? $"it is wrong, or ends, at line {line + 1}, byte {place + 1}"
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
