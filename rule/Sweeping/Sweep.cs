using System.Collections.Concurrent;
using System.Threading.Channels;
using Amazon.ConfigService;
using Amazon.ConfigService.Model;
using KeyRotation.Aws;
using KeyRotation.Core;
using KeyRotation.Reading;
using KeyRotation.Runtime;

namespace KeyRotation.Sweeping;

/// <summary>
/// Every key of the account and Region: list, judge, compare with what AWS Config holds, report. All of it at the same time, and what
/// goes wrong on one key, page or batch is kept for the end: everything else is reported first, then the sweep fails and says what is missing.
/// </summary>
internal sealed class Sweep(AwsAccount account, Invocation invocation, DateTimeOffset creationTime, Settings settings, Summary summary, StackLookup stacks, TimeProvider clock)
{
    private const string NonCompliant = "NON_COMPLIANT";

    /// <summary>Whoever owns a key, its result is one of these: of a stack nothing but that it is one is compared.</summary>
    private static readonly StackOwner[] Owners = [new StackOwner.None(), new StackOwner.Unknown(), new StackOwner.Stack("", "")];

    private readonly RuleParameters parameters = invocation.Parameters;
    private readonly KeyScan scan = new(account.Kms, account.KmsInTurn, invocation.Place, invocation.Parameters, settings.SweepParallelism, clock);
    private readonly Reporter reporter = new(account.Config, invocation.ResultToken, clock);
    private readonly Channel<Evaluation> evaluations = Channel.CreateBounded<Evaluation>(10 * Reporter.MaxBatch);
    private readonly ConcurrentBag<Task> advising = [];
    private readonly Mentions unjudged = new();
    private readonly Mentions refused = new();
    private Refusal? refusal;
    private string? refusalCause;
    private bool hasReported;
    private int unlisted;
    private int done;
    private int stackLookups;

    private int Left => scan.Listed + unlisted - done;

    /// <param name="stopAsking">Ends the questions in time for what is known to be reported.</param>
    public async Task RunAsync(CancellationToken stopAsking, CancellationToken cancellationToken)
    {
        var reading = ExistingResults.ReadAsync(account.Config, invocation.ConfigRuleName, stopAsking);
        try
        {
            await Task.WhenAll(scan.RunAsync(stopAsking), CompareAsync(reading, stopAsking, cancellationToken), ReportAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // What is not compared by now is left, and what is not accepted is refused.
        }
        finally
        {
            summary.IsWhole = scan.ListingFailure is null && Left == 0 && (scan.Listed == 0 || unjudged.Count < scan.Listed);
            summary.Count(Metrics.KeysListed, scan.Listed);
            summary.Count(Metrics.KeysLeft, Left);
        }

        var problems = Problems(await reading);
        if (problems.Count == 0 && !hasReported) await ReportNothingAsync(problems, cancellationToken);
        if (problems.Count > 0) throw new ProblemException(problems);
    }

    private async Task CompareAsync(Task<ExistingResults> reading, CancellationToken stopAsking, CancellationToken cancellationToken)
    {
        try
        {
            var results = await reading;
            var options = new ParallelOptions { MaxDegreeOfParallelism = settings.SweepParallelism, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(scan.Judged.ReadAllAsync(cancellationToken), options, (judged, _) => CompareAsync(judged, results, stopAsking, cancellationToken));
            if (scan.ListingFailure is null && results.IsComplete && Left == 0)
                await Parallel.ForEachAsync(Unlisted(results), options, (resource, _) => CleanAsync(resource.Type, resource.Id, results, stopAsking, cancellationToken));
            await Task.WhenAll(advising);
        }
        finally
        {
            await Task.WhenAll(advising).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            evaluations.Writer.Complete();
        }
    }

    private async ValueTask CompareAsync(JudgedKey judged, ExistingResults results, CancellationToken stopAsking, CancellationToken cancellationToken)
    {
        var (verdict, key) = judged;
        var held = results.Take(key.KeyId);
        summary.Count(verdict);

        var isNews = IsNews(verdict, key, held, results.IsComplete);
        var isAdvised = (isNews || IsOwnerOpen(verdict, key, held)) && Assessment.MayHaveStack(verdict, key);
        if (verdict is Verdict.Unreadable)
            unjudged.Add($"{key.KeyId} ({verdict.Finding.TrimEnd('.')})");
        else if (isAdvised && Interlocked.Increment(ref stackLookups) <= StackLookup.MaxKeys)
            advising.Add(AdviseAsync(judged, isNews ? null : held, stopAsking, cancellationToken));
        else if (isNews)
            await evaluations.Writer.WriteAsync(await Assessment.WriteAsync(verdict, key, parameters, creationTime, stacks: null, cancellationToken), cancellationToken);
        else
            summary.Count(Metrics.Unchanged);
        Interlocked.Increment(ref done);
    }

    /// <summary>
    /// With the stack that owns the key, for which no other key waits; the keys that a sweep does not get to, the next ones do.
    /// </summary>
    /// <param name="held">
    /// A result that lacks nothing but the owner: it is sent again only where that is known now. Null where there is more to say.
    /// </param>
    private async Task AdviseAsync(JudgedKey judged, ExistingResult? held, CancellationToken stopAsking, CancellationToken cancellationToken)
    {
        try
        {
            var evaluation = await Assessment.WriteAsync(judged.Verdict, judged.Key, parameters, creationTime, stacks, stopAsking);
            if (held == ExistingResult.Of(NonCompliant, evaluation.Annotation ?? ""))
                summary.Count(Metrics.Unchanged);
            else
                await evaluations.Writer.WriteAsync(evaluation, cancellationToken);
        }
        catch
        {
            // What is not handed over to be reported is left.
            Interlocked.Decrement(ref done);
            throw;
        }
    }

    /// <summary>AWS Config keeps no NOT_APPLICABLE result, so there is one to send only where it holds something else, or may.</summary>
    private bool IsNews(Verdict verdict, KeyFacts key, ExistingResult? held, bool allHeldIsKnown) => verdict switch
    {
        Verdict.NotApplicable => held is not null || (!key.IsGone && key.KeyManager != "AWS" && (parameters.Report == Report.All || !allHeldIsKnown)),
        Verdict.Compliant => parameters.Report == Report.All || held != ExistingResult.Of("COMPLIANT", Annotation.Cut(verdict.Finding)),
        Verdict.NonCompliant found => parameters.Report == Report.All || !Array.Exists(Owners, owner => held == Written(found, key, owner)),
        _ => false,
    };

    /// <summary>The result was written without knowing whether a stack owns the key, and says so.</summary>
    private bool IsOwnerOpen(Verdict verdict, KeyFacts key, ExistingResult? held) => verdict is Verdict.NonCompliant found
        && held == Written(found, key, new StackOwner.Unknown()) && held != Written(found, key, new StackOwner.None());

    private ExistingResult Written(Verdict.NonCompliant verdict, KeyFacts key, StackOwner owner) =>
        ExistingResult.Of(NonCompliant, Annotation.Of(verdict, key, parameters, owner));

    /// <summary>A result may be stale when no listed key has it; that is only known when the list and the results are whole, and every key had its turn.</summary>
    private List<(string Type, string Id)> Unlisted(ExistingResults results)
    {
        var left = results.Left.ToList();
        unlisted = left.Count;
        return left;
    }

    /// <summary>
    /// A list can be behind a new key, so KMS is asked about the key itself before its result is withdrawn. Source: AWS KMS Developer Guide,
    /// AWS KMS eventual consistency.
    /// </summary>
    private async ValueTask CleanAsync(string type, string id, ExistingResults results, CancellationToken stopAsking, CancellationToken cancellationToken)
    {
        if (type == RecordedKey.ResourceType && RecordedKey.IsKeyId(id))
        {
            if (await scan.JudgeAsync(id, stopAsking) is not { } judged) return;
            if (!judged.Key.IsGone)
            {
                await CompareAsync(judged, results, stopAsking, cancellationToken);
                return;
            }
        }

        summary.Count(Metrics.Cleaned);
        await evaluations.Writer.WriteAsync(
            Assessment.Of(ComplianceType.NOT_APPLICABLE, id, "The key no longer exists in this account.", creationTime, type), cancellationToken);
        Interlocked.Increment(ref done);
    }

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        var batch = new List<Evaluation>(Reporter.MaxBatch);
        try
        {
            await foreach (var evaluation in evaluations.Reader.ReadAllAsync(cancellationToken))
            {
                batch.Add(evaluation);
                if (batch.Count == Reporter.MaxBatch) await FlushAsync();
            }
        }
        finally
        {
            // After the deadline nothing is sent, and what was to be sent is named.
            while (evaluations.Reader.TryRead(out var late)) batch.Add(late);
            if (batch.Count > 0) await FlushAsync();
        }

        async Task FlushAsync()
        {
            // The token is the same for all batches: once refused, always refused.
            refusal = refusal is { IsForAll: true } ? refusal with { Evaluations = batch } : await reporter.ReportAsync(batch, cancellationToken);
            foreach (var evaluation in refusal?.Evaluations ?? []) refused.Add(evaluation.ComplianceResourceId ?? "");
            refusalCause = refusal?.Cause ?? refusalCause;
            summary.Count(Metrics.Reported, batch.Count - (refusal?.Evaluations.Count ?? 0));
            hasReported = true;
            batch = new(Reporter.MaxBatch);
        }
    }

    /// <summary>
    /// AWS Config hears of every sweep that saw all there is, also where nothing has changed. Source: AWS Config API Reference,
    /// PutEvaluations: required in every function that AWS Config invokes.
    /// </summary>
    private async Task ReportNothingAsync(List<Problem> problems, CancellationToken cancellationToken)
    {
        if (await reporter.ReportAsync([], cancellationToken) is not { } all) return;
        problems.Add(new(
            ProblemNumber.EvaluationsNotAccepted,
            $"Nothing has changed, and AWS Config did not accept the PutEvaluations without evaluations that tells it so ({all.Cause})."));
    }

    private List<Problem> Problems(ExistingResults results)
    {
        var problems = new List<Problem>();
        var (listed, left) = (scan.Listed + unlisted, Left);
        if (unjudged.Count > 0)
            problems.Add(new(ProblemNumber.KeysNotJudged, $"{unjudged.Count} of {listed} keys could not be judged: {unjudged}. What could be judged is reported."));
        if (refused.Count > 0)
            problems.Add(new(ProblemNumber.EvaluationsNotAccepted, $"AWS Config did not accept {refused.Count} of the evaluations ({refusalCause}): {refused}."));
        if (scan.ListingFailure is { } listing)
            problems.Add(new(ProblemNumber.KeysNotListed, $"ListKeys stopped after {listed} keys ({listing.Sentence}); stale results are kept until a listing is whole."));
        if (results.Failure is { } reading)
            problems.Add(new(ProblemNumber.ResultsNotRead, $"GetComplianceDetailsByConfigRule stopped ({reading.Sentence}); stale results are kept until it is whole."));
        if (left > 0)
        {
            problems.Add(new(ProblemNumber.OutOfTime, $"Time ran out with {left} of {listed} keys left; what is known is reported, and the next sweep starts at other keys. "
                + (scan.WaitedFor is { } waitedFor ? $"The last to wait was {waitedFor.TrimEnd('.')}. " : "")
                + "Raise SweepParallelism or SweepQuotaPercent of the function's stack, or its Timeout where that is below 900 seconds."));
        }

        return problems;
    }
}
