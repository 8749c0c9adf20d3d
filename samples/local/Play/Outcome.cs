using System.Text.Json;

namespace KeyRotation.Local;

/// <summary>Turns the result of an invocation, and the evaluations that it reported, into a row.</summary>
internal static class Outcome
{
    public static Row Of(SampleFile sample, InvocationResult result, string summary, ReceivedEvaluation[] evaluations)
    {
        var row = sample.Event.IsSweep ? OfSweep(sample, result.Error, evaluations)
            : result.Error is { } error ? OfFailure(sample, error, evaluations)
            : OfChange(sample, Scenario(summary), evaluations);
        return row switch
        {
            { Difference: not null } => row,
            { IsOwn: true, Verdict: Verdicts.Rejected } => row with { Difference = "it must get a verdict" },
            { IsOwn: false } when row.Verdict != sample.Expected => row with { Difference = $"it must be {sample.Expected}" },
            _ => row,
        };
    }

    private static Row OfChange(SampleFile sample, string? scenario, ReceivedEvaluation[] evaluations) => evaluations is [var evaluation]
        ? new(sample, evaluation.ComplianceType, scenario, evaluation.Annotation)
        : new(sample, null, scenario, Difference: $"{evaluations.Length} evaluations were reported instead of one");

    private static Row OfFailure(SampleFile sample, InvocationFailure error, ReceivedEvaluation[] evaluations)
    {
        var (code, message) = Problem(error);
        return new(sample, Verdicts.Rejected, code, message, Difference:
            evaluations.Length > 0 ? $"{evaluations.Length} evaluations were reported although it failed"
            : code is null ? "the error is not a numbered problem"
            : null);
    }

    /// <summary>
    /// A sweep that cannot read some keys fails with KR11, but only after it has reported all others, so it still counts as swept.
    /// </summary>
    private static Row OfSweep(SampleFile sample, InvocationFailure? error, ReceivedEvaluation[] evaluations)
    {
        var (code, message) = error is null ? (null, null) : Problem(error);
        if (error is not null && code != "KR11") return new(sample, Verdicts.Rejected, code, message);
        var counts = evaluations
            .CountBy(evaluation => evaluation.ComplianceType)
            .OrderBy(count => count.Key, StringComparer.Ordinal)
            .Select(count => $"{count.Value} {count.Key}")
            .DefaultIfEmpty("no changed results");
        return new(sample, Verdicts.Swept, code, $"{string.Join(", ", counts)}. {message}".TrimEnd());
    }

    private static (string? Code, string? Message) Problem(InvocationFailure error) =>
        error.ErrorMessage is ['K', 'R', _, _, ':', ' ', .. var message]
            ? (error.ErrorMessage[..4], message)
            : (null, $"{error.ErrorType}: {error.ErrorMessage}");

    /// <summary>A change has one scenario, which the function's summary line names.</summary>
    private static string? Scenario(string summary) =>
        JsonElement.Parse(summary).GetProperty("scenarios").EnumerateObject().Select(scenario => scenario.Name).SingleOrDefault();
}
