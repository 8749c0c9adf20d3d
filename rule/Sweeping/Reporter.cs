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
    public async Task<IReadOnlyList<Evaluation>> ReportAsync(IReadOnlyList<Evaluation> evaluations, CancellationToken cancellationToken) =>
        await SendAsync([.. evaluations], cancellationToken) ?? [];

    /// <summary>Tells AWS Config that the rule ran, which costs no evaluation. Returns whether it took that.</summary>
    public async Task<bool> ReportNothingAsync(CancellationToken cancellationToken) => await SendAsync([], cancellationToken) is null;

    /// <summary>Returns what was not taken, after some tries; null where nothing is left.</summary>
    private async Task<List<Evaluation>?> SendAsync(List<Evaluation> left, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var request = new PutEvaluationsRequest { Evaluations = left, ResultToken = resultToken, TestMode = testMode };
            var failed = (await config.PutEvaluationsAsync(request, cancellationToken)).FailedEvaluations;
            if (failed is { Count: 0 }) return null;

            // An answer without the list, or one that names what was not sent, leaves open what was taken: all of it is sent again.
            if (failed?.TrueForAll(f => left.Exists(sent => IsSame(f, sent))) == true) left = left.FindAll(sent => failed.Exists(f => IsSame(f, sent)));
            if (attempt == Attempts) return left;
            await Task.Delay(TimeSpan.FromMilliseconds(100 << attempt), clock, cancellationToken);
        }
    }

    private static bool IsSame(Evaluation failed, Evaluation sent) =>
        failed.ComplianceResourceId == sent.ComplianceResourceId && failed.ComplianceResourceType == sent.ComplianceResourceType;
}
