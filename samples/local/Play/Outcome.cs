using System.Text.Json;

namespace KeyRotation.Local;

/// <summary>Turns an invocation's end, and the evaluations that it reported, into a row.</summary>
internal static class Outcome
{
    public static Row Of(SampleFile sample, InvocationResult result, string summary, IReadOnlyList<ReceivedEvaluation> evaluations, string? note)
    {
        var row = sample.Event.IsSweep ? OfSweep(sample, result, evaluations)
            : result.Error is { } error ? OfFailure(sample, error, evaluations)
            : OfChange(sample, Scenario(summary), evaluations);
        row = row with { Duration = result.Duration, Note = note };
        return row switch
        {
            { Difference: not null } => row,
            { IsOwn: true, Verdict: Verdicts.Rejected } => row with { Difference = "an event is there to be judged" },
            { IsOwn: false } when row.Verdict != sample.Expected => row with { Difference = $"it must be {sample.Expected!.Value.Name()}" },
            _ => row,
        };
    }

    private static Row OfChange(SampleFile sample, string? scenario, IReadOnlyList<ReceivedEvaluation> evaluations) => evaluations is [var evaluation]
        ? new(sample, VerdictsNames.OfComplianceType(evaluation.ComplianceType), scenario, evaluation.Annotation, default)
        : new(sample, null, scenario, null, default, Difference: $"{evaluations.Count} evaluations were reported, not one");

    private static Row OfFailure(SampleFile sample, InvocationFailure error, IReadOnlyList<ReceivedEvaluation> evaluations)
    {
        var (code, message) = Problem(error);
        return new(sample, Verdicts.Rejected, code, message, default, Difference:
            evaluations.Count > 0 ? $"it failed, and {evaluations.Count} evaluations were reported all the same"
            : code is null ? "it failed without a numbered problem"
            : null);
    }

    /// <summary>Keys that KMS does not let anyone see make a sweep fail in the end, when it has reported all others.</summary>
    private static Row OfSweep(SampleFile sample, InvocationResult result, IReadOnlyList<ReceivedEvaluation> evaluations)
    {
        var (code, message) = result.Error is { } error ? Problem(error) : (null, null);
        var counts = evaluations.GroupBy(evaluation => evaluation.ComplianceType).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Count()} {group.Key}");
        var annotation = string.Join(", ", counts.DefaultIfEmpty("nothing new")) + ". " + message;
        return result.Error is null || code == "KR11"
            ? new(sample, Verdicts.Sweep, code, annotation.TrimEnd(), default)
            : new(sample, Verdicts.Rejected, code, message, default);
    }

    private static (string? Code, string Message) Problem(InvocationFailure error) =>
        error.ErrorMessage is ['K', 'R', _, _, ':', ' ', .. var message] ? (error.ErrorMessage[..4], message) : (null, $"{error.ErrorType}: {error.ErrorMessage}");

    /// <summary>A change has one scenario, which the function's summary line names.</summary>
    private static string? Scenario(string summary)
    {
        using var document = JsonDocument.Parse(summary);
        return document.RootElement.GetProperty("scenarios").EnumerateObject().Select(scenario => scenario.Name).SingleOrDefault();
    }
}
