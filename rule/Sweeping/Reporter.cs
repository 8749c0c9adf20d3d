using System.Threading.Channels;
using Amazon.ConfigService;
using Amazon.ConfigService.Model;
using KeyRotation.Aws;
using KeyRotation.Core;

namespace KeyRotation.Sweeping;

/// <summary>Sends evaluations to AWS Config and checks the response: PutEvaluations can succeed without accepting all of them.</summary>
internal sealed class Reporter(IAmazonConfigService config, string resultToken, TimeProvider clock)
{
    /// <summary>Source: AWS Config API Reference, PutEvaluations, Evaluations: at most 100.</summary>
    public const int MaxBatch = 100;

    private const int Attempts = 4;

    /// <summary>The token that the AWS Config documentation uses for tests. With it, the API only checks evaluations.</summary>
    private readonly bool? testMode = resultToken == "TESTMODE" ? true : null;

    /// <summary>Sends evaluations. An empty list tells AWS Config that the rule ran, and costs nothing.</summary>
    /// <returns>Null if AWS Config has accepted all.</returns>
    public async Task<Rejection?> ReportAsync(IReadOnlyList<Evaluation> evaluations, CancellationToken cancellationToken)
    {
        var left = evaluations.ToList();
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var request = new PutEvaluationsRequest { Evaluations = left, ResultToken = resultToken, TestMode = testMode };
                var failed = (await config.PutEvaluationsAsync(request, cancellationToken)).FailedEvaluations;
                if (failed is { Count: 0 }) return null;

                // If the list is missing, or names an evaluation that was not sent, nobody knows which were accepted: all are sent again.
                if (failed?.TrueForAll(f => left.Exists(sent => IsSame(f, sent))) == true)
                    left = left.FindAll(sent => failed.Exists(f => IsSame(f, sent)));
                if (attempt == Attempts) return new(left, failed is null ? "PutEvaluations: AWS Config returned no FailedEvaluations" : "PutEvaluations: returned in FailedEvaluations");
                await Task.Delay(TimeSpan.FromMilliseconds(100 << attempt), clock, cancellationToken);
            }
        }
        catch (Exception e) when (AwsFailure.IsFailedCall(e) || e is ProblemException)
        {
            var failure = e is OutOfTimeException { InnerException: { } lastTry } ? lastTry : e;
            return new(left, $"PutEvaluations: {AwsFailure.MessageOf(failure).TrimEnd('.')}", IsForAll: failure is InvalidResultTokenException);
        }
    }

    /// <summary>Reports evaluations in batches, until none are left or time runs out.</summary>
    public async Task<ReportingReport> ReportAllAsync(ChannelReader<Evaluation> evaluations, CancellationToken stop)
    {
        var report = ReportingReport.Nothing;
        var batch = new List<Evaluation>(MaxBatch);
        try
        {
            await foreach (var evaluation in evaluations.ReadAllAsync(stop))
            {
                batch.Add(evaluation);
                if (batch.Count == MaxBatch) await FlushAsync();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // After the deadline nothing is sent, and the rest counts as rejected.
            while (evaluations.TryRead(out var late)) batch.Add(late);
        }

        if (batch.Count > 0) await FlushAsync();
        return report;

        async Task FlushAsync()
        {
            // The token is the same for all batches: once rejected, always rejected.
            var rejection = report.Rejection is { IsForAll: true } all ? all with { Evaluations = batch } : await ReportAsync(batch, stop);
            report = report.Plus(batch.Count, rejection);
            batch = new(MaxBatch);
        }
    }

    internal static bool IsSame(Evaluation? failed, Evaluation sent) =>
        failed?.ComplianceResourceId == sent.ComplianceResourceId && failed?.ComplianceResourceType == sent.ComplianceResourceType;
}

/// <summary>The evaluations that AWS Config did not accept, after several attempts.</summary>
/// <param name="IsForAll">AWS Config will not accept any other evaluation of this invocation either.</param>
internal sealed record Rejection(IReadOnlyList<Evaluation> Evaluations, string Cause, bool IsForAll = false);

/// <summary>The result of reporting.</summary>
internal sealed record ReportingReport
{
    public static readonly ReportingReport Nothing = new();

    /// <summary>AWS Config was called at least once.</summary>
    public bool HasReported { get; private init; }

    public int Accepted { get; private init; }

    /// <summary>The resources whose evaluations AWS Config did not accept.</summary>
    public AbbreviatedList Rejected { get; private init; } = AbbreviatedList.Empty;

    /// <summary>Why the last of them was not accepted.</summary>
    public string? Cause { get; private init; }

    /// <summary>The evaluations of the last batch that AWS Config did not accept.</summary>
    public Rejection? Rejection { get; private init; }

    public ReportingReport Plus(int sent, Rejection? rejection) => new()
    {
        HasReported = true,
        Accepted = Accepted + sent - (rejection?.Evaluations.Count ?? 0),
        Rejected = (rejection?.Evaluations ?? [])
            .Aggregate(Rejected, (rejected, evaluation) => rejected.Plus(evaluation.ComplianceResourceId ?? "")),
        Cause = rejection?.Cause ?? Cause,
        Rejection = rejection,
    };
}
