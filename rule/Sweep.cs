using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Amazon.ConfigService;
using Amazon.ConfigService.Model;
using Amazon.KeyManagementService.Model;
using KeyRotation.Core;

namespace KeyRotation;

/// <summary>
/// Every key of the account and Region: list, judge, compare with what AWS Config holds, report. All of it at the same time, and what
/// goes wrong on one key or page is kept for the end: everything else is reported first, then the sweep fails and says what is missing.
/// </summary>
internal sealed class Sweep(AwsAccount account, Invocation invocation, DateTimeOffset creationTime, Settings settings, Summary summary, StackLookup stacks, TimeProvider clock)
{
    private const int NamedKeys = 5;

    private readonly RuleParameters parameters = invocation.Parameters;
    private readonly KeyReader reader = new(account.Kms);
    private readonly Reporter reporter = new(account.Config, invocation.ResultToken, clock);
    private readonly Channel<(uint Turn, string KeyId)> keys = Channel.CreateUnboundedPrioritized<(uint Turn, string KeyId)>();
    private readonly Channel<Evaluation> evaluations = Channel.CreateBounded<Evaluation>(10 * Reporter.MaxBatch);
    private readonly ConcurrentQueue<(string KeyId, string Cause)> unjudged = new();
    private readonly List<Evaluation> refused = [];
    private ReadFailure? listingFailure;
    private string? refusal;
    private int listed;
    private int done;

    /// <param name="stopAsking">Ends the questions in time for what is known to be reported.</param>
    public async Task RunAsync(CancellationToken stopAsking, CancellationToken cancellationToken)
    {
        var reading = HeldResults.ReadAsync(account.Config, invocation.ConfigRuleName, stopAsking);
        var listing = ListAsync(stopAsking);
        var reporting = ReportAsync(cancellationToken);
        try
        {
            await JudgeAllAsync(reading, stopAsking, cancellationToken);
            await listing;
            await CleanAsync(await reading, cancellationToken);
        }
        finally
        {
            evaluations.Writer.Complete();
            await reporting;
        }

        summary.Count(Metrics.KeysListed, listed);
        summary.Count(Metrics.KeysLeft, listed - done);
        if (Problems(await reading) is { Count: > 0 } problems) throw new ProblemException(problems);
    }

    private async Task ListAsync(CancellationToken stopAsking)
    {
        try
        {
            var request = new ListKeysRequest { Limit = 1000 };
            do
            {
                var page = await account.Kms.ListKeysAsync(request, stopAsking);
                foreach (var key in page.Keys ?? [])
                {
                    listed++;
                    keys.Writer.TryWrite((Turn(key.KeyId), key.KeyId));
                }

                // An empty marker would start over.
                request.Marker = page.Truncated == true && !string.IsNullOrEmpty(page.NextMarker) ? page.NextMarker : null;
            }
            while (request.Marker is not null);
        }
        catch (OperationCanceledException) when (stopAsking.IsCancellationRequested)
        {
            listingFailure = new("time ran out");
        }
        catch (Exception e) when (AwsFailure.CauseOf(e, stopAsking) is { } failure)
        {
            listingFailure = failure;
        }
        finally
        {
            keys.Writer.Complete();
        }
    }

    /// <summary>
    /// Keys take turns by their id, and every hour starts at another place (steps of the golden ratio, which spread evenly whatever the
    /// sweep's frequency is). So an account that is too large for one sweep is covered by some, without anything to remember in between.
    /// </summary>
    private uint Turn(string keyId)
    {
        var digits = keyId.AsSpan(keyId.StartsWith("mrk-", StringComparison.Ordinal) ? 4 : 0);
        var place = digits.Length >= 8 && uint.TryParse(digits[..8], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id) ? id : 0;
        return unchecked(place - ((uint)(creationTime.ToUnixTimeSeconds() / 3600) * 2654435769));
    }

    private async Task JudgeAllAsync(Task<HeldResults> reading, CancellationToken stopAsking, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = settings.SweepParallelism, CancellationToken = stopAsking };
        try
        {
            await Parallel.ForEachAsync(keys.Reader.ReadAllAsync(stopAsking), options, async (key, _) =>
            {
                await JudgeAsync(key.KeyId, reading, stopAsking, cancellationToken);
                Interlocked.Increment(ref done);
            });
        }
        catch (OperationCanceledException) when (stopAsking.IsCancellationRequested)
        {
            // What is not done is counted as left.
        }
    }

    private async Task JudgeAsync(string keyId, Task<HeldResults> reading, CancellationToken stopAsking, CancellationToken cancellationToken)
    {
        var facts = new KeyFacts { KeyId = keyId, Arn = invocation.Scope.KeyArn(keyId) };
        var (verdict, key) = await reader.JudgeAsync(facts, parameters, clock.GetUtcNow(), stopAsking);
        var results = await reading;
        var held = results.Take(keyId);
        summary.Count(verdict);

        if (verdict is Verdict.Unreadable unreadable)
            unjudged.Enqueue((keyId, unreadable.Cause));
        else if (IsNews(verdict, key, held, results.IsComplete))
            await evaluations.Writer.WriteAsync(await Assessment.WriteAsync(verdict, key, parameters, creationTime, stacks, cancellationToken), cancellationToken);
        else
            summary.Count(Metrics.Unchanged);
    }

    /// <summary>AWS Config keeps no NOT_APPLICABLE result, so there is one to send only where it holds something else, or may.</summary>
    private bool IsNews(Verdict verdict, KeyFacts key, Held? held, bool allHeldIsKnown) => verdict switch
    {
        Verdict.NotApplicable => held is not null || (!key.IsGone && key.KeyManager != "AWS" && (parameters.Report == Report.All || !allHeldIsKnown)),
        Verdict.Compliant compliant => parameters.Report == Report.All || held?.Says("COMPLIANT", compliant.Finding) != true,
        Verdict.NonCompliant nonCompliant => parameters.Report == Report.All || held?.Says("NON_COMPLIANT", nonCompliant.Finding) != true,
        _ => false,
    };

    /// <summary>A result is stale when no listed key has it; that is only known when the list and the results are whole, and every key had its turn.</summary>
    private async Task CleanAsync(HeldResults results, CancellationToken cancellationToken)
    {
        if (listingFailure is not null || !results.IsComplete || done < listed) return;
        foreach (var (type, id) in results.Left)
        {
            summary.Count(Metrics.Cleaned);
            await evaluations.Writer.WriteAsync(
                Assessment.Of(ComplianceType.NOT_APPLICABLE, id, "The account has no such key any more.", creationTime, type), cancellationToken);
        }
    }

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        var batch = new List<Evaluation>(Reporter.MaxBatch);
        await foreach (var evaluation in evaluations.Reader.ReadAllAsync(cancellationToken))
        {
            batch.Add(evaluation);
            if (batch.Count == Reporter.MaxBatch) await FlushAsync();
        }

        if (batch.Count > 0) await FlushAsync();

        async Task FlushAsync()
        {
            var left = await TryReportAsync(batch, cancellationToken);
            refused.AddRange(left);
            summary.Count(Metrics.Reported, batch.Count - left.Count);
            batch = new(Reporter.MaxBatch);
        }
    }

    private async Task<IReadOnlyList<Evaluation>> TryReportAsync(List<Evaluation> batch, CancellationToken cancellationToken)
    {
        // The token is the same for all batches: once refused, always refused.
        if (refusal == nameof(InvalidResultTokenException)) return batch;
        try
        {
            return await reporter.ReportAsync(batch, cancellationToken);
        }
        catch (Exception e) when (AwsFailure.CauseOf(e, cancellationToken) is { } failure)
        {
            refusal = failure.Cause;
            return batch;
        }
    }

    private List<Problem> Problems(HeldResults results)
    {
        var problems = new List<Problem>();
        if (!unjudged.IsEmpty)
        {
            problems.Add(new(ProblemNumber.KeysNotJudged, $"{unjudged.Count} of {listed} keys could not be judged: "
                + $"{Named(unjudged.Select(key => $"{key.KeyId} ({key.Cause.TrimEnd('.')})"))}. All others are reported."));
        }

        if (refused.Count > 0)
        {
            problems.Add(new(ProblemNumber.EvaluationsNotAccepted, $"AWS Config did not take {refused.Count} evaluations{(refusal is null ? "" : $" ({refusal})")}: "
                + $"{Named(refused.Select(evaluation => evaluation.ComplianceResourceId ?? ""))}."));
        }

        if (listingFailure is not null)
            problems.Add(new(ProblemNumber.KeysNotListed, $"ListKeys broke off after {listed} keys ({listingFailure.Cause}); stale results are kept until a listing is whole."));
        if (results.Failure is not null)
            problems.Add(new(ProblemNumber.ResultsNotRead, $"GetComplianceDetailsByConfigRule broke off ({results.Failure.Cause}); stale results are kept until it is whole."));
        if (done < listed)
        {
            problems.Add(new(ProblemNumber.OutOfTime, $"Time ran out with {listed - done} of {listed} keys left; what is known is reported, and the next sweep starts at other keys. "
                + "Raise the function's timeout, SWEEP_PARALLELISM or SWEEP_QUOTA_PERCENT."));
        }

        return problems;
    }

    private static string Named(IEnumerable<string> names)
    {
        var all = names.ToList();
        return string.Join(", ", all.Take(NamedKeys)) + (all.Count > NamedKeys ? $" and {all.Count - NamedKeys} more" : "");
    }
}
