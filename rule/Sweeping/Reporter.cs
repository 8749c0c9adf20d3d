using Amazon.ConfigService;
using Amazon.ConfigService.Model;

namespace KeyRotation;

/// <summary>Hands evaluations to AWS Config and reads its answer: PutEvaluations can succeed and still not have taken everything.</summary>
internal sealed class Reporter(IAmazonConfigService config, string resultToken, TimeProvider clock)
{
    /// <summary>Source: AWS Config API Reference, PutEvaluations, Evaluations: at most 100.</summary>
    public const int MaxBatch = 100;

    private const int Attempts = 4;

    /// <summary>What AWS Config's documents and tests use where there is no real result token. The API then checks and stores nothing.</summary>
    private readonly bool? testMode = resultToken == "TESTMODE" ? true : null;

    /// <summary>Returns what AWS Config did not take, after some tries.</summary>
    public async Task<IReadOnlyList<Evaluation>> ReportAsync(IReadOnlyList<Evaluation> evaluations, CancellationToken cancellationToken)
    {
        var left = evaluations.ToList();
        for (var attempt = 1; ; attempt++)
        {
            var request = new PutEvaluationsRequest { Evaluations = left, ResultToken = resultToken, TestMode = testMode };
            var failed = (await config.PutEvaluationsAsync(request, cancellationToken)).FailedEvaluations ?? [];
            if (failed.Count == 0) return [];

            // Should AWS Config name one that was not sent, nothing is sure to have been taken.
            var again = left.Where(sent => failed.Exists(f => f.ComplianceResourceId == sent.ComplianceResourceId && f.ComplianceResourceType == sent.ComplianceResourceType)).ToList();
            if (again.Count > 0) left = again;
            if (attempt == Attempts) return left;
            await Task.Delay(TimeSpan.FromMilliseconds(100 << attempt), clock, cancellationToken);
        }
    }
}
