using Amazon.ConfigService;
using Amazon.ConfigService.Model;
using KeyRotation.Aws;
using KeyRotation.Core;

namespace KeyRotation.Sweeping;

/// <summary>Hands evaluations to AWS Config and reads its answer: PutEvaluations can succeed and still not have taken everything.</summary>
internal sealed class Reporter(IAmazonConfigService config, string resultToken, TimeProvider clock)
{
    /// <summary>Source: AWS Config API Reference, PutEvaluations, Evaluations: at most 100.</summary>
    public const int MaxBatch = 100;

    private const int Attempts = 4;

    /// <summary>What AWS Config's documents and tests use where there is no real result token. The API then checks and stores nothing.</summary>
    private readonly bool? testMode = resultToken == "TESTMODE" ? true : null;

    /// <summary>Hands over evaluations; none at all tells AWS Config that the rule ran, and costs nothing.</summary>
    /// <returns>Null where AWS Config has accepted all.</returns>
    public async Task<Refusal?> ReportAsync(IReadOnlyList<Evaluation> evaluations, CancellationToken cancellationToken)
    {
        var left = evaluations.ToList();
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var request = new PutEvaluationsRequest { Evaluations = left, ResultToken = resultToken, TestMode = testMode };
                var failed = (await config.PutEvaluationsAsync(request, cancellationToken)).FailedEvaluations;
                if (failed is { Count: 0 }) return null;

                // An answer without the list, or one that names what was not sent, leaves open what was taken: all of it is sent again.
                if (failed?.TrueForAll(f => left.Exists(sent => IsSame(f, sent))) == true) left = left.FindAll(sent => failed.Exists(f => IsSame(f, sent)));
                if (attempt == Attempts) return new(left, failed is null ? "PutEvaluations: AWS Config answered without FailedEvaluations" : "PutEvaluations: returned in FailedEvaluations");
                await Task.Delay(TimeSpan.FromMilliseconds(100 << attempt), clock, cancellationToken);
            }
        }
        catch (Exception e) when (AwsFailure.IsFailedCall(e) || e is ProblemException)
        {
            var failure = e is OutOfTimeException { InnerException: { } lastTry } ? lastTry : e;
            return new(left, $"PutEvaluations: {AwsFailure.MessageOf(failure).TrimEnd('.')}", IsForAll: failure is InvalidResultTokenException);
        }
    }

    private static bool IsSame(Evaluation? failed, Evaluation sent) =>
        failed?.ComplianceResourceId == sent.ComplianceResourceId && failed?.ComplianceResourceType == sent.ComplianceResourceType;
}

/// <summary>What AWS Config did not accept, after some tries.</summary>
/// <param name="IsForAll">It will accept nothing else of this invocation either.</param>
internal sealed record Refusal(IReadOnlyList<Evaluation> Evaluations, string Cause, bool IsForAll = false);
