using System.Threading.Channels;
using Amazon.ConfigService.Model;
using KeyRotation.Aws;
using KeyRotation.Core;
using KeyRotation.Reading;

namespace KeyRotation.Sweeping;

/// <summary>
/// Lists and judges every key of the account and Region, compares them with the results that AWS Config holds, and reports. The steps run
/// at the same time. A failure on one key, page or batch is kept until the end: everything else is reported first, then the problems name
/// what failed.
/// </summary>
internal sealed class Sweep(
    AwsAccount account, Invocation invocation, DateTimeOffset creationTime, StackLookup stacks, int parallelism, TimeProvider clock)
{
    // Room for the keys that are judged while the existing results are still being read; a key in it takes about 500 bytes.
    private const int MaxWaiting = 16_384;

    private readonly KeyScan scan = new(account.Kms, account.KmsInTurn, invocation.Place, invocation.Parameters, parallelism, clock);
    private readonly Reporter reporter = new(account.Config, invocation.ResultToken, clock);

    /// <param name="stopAsking">Ends the calls to KMS, so that there is time to report.</param>
    public async Task<Tally> RunAsync(CancellationToken stopAsking, CancellationToken stop)
    {
        var judged = Channel.CreateBounded<JudgedKey>(MaxWaiting);
        var evaluations = Channel.CreateBounded<Evaluation>(10 * Reporter.MaxBatch);

        var scanning = scan.RunAsync(judged.Writer, stopAsking);
        var reading = ExistingResults.ReadAsync(account.Config, invocation.ConfigRuleName, stopAsking);
        var comparing = CompareAsync(judged.Reader, scanning, reading, evaluations.Writer, stopAsking, stop);
        var reporting = reporter.ReportAllAsync(evaluations.Reader, stop);
        await Task.WhenAll(scanning, reading, comparing, reporting);

        var report = new SweepReport(await scanning, (await reading).Failure, await comparing, await reporting);
        return report is { Problems: [], Reporting.HasReported: false } ? report.Tally(await ReportNothingAsync(stop)) : report.Tally();
    }

    private async Task<ComparisonReport> CompareAsync(
        ChannelReader<JudgedKey> judged,
        Task<KeyScanReport> scanning,
        Task<ExistingResults> reading,
        ChannelWriter<Evaluation> evaluations,
        CancellationToken stopAsking,
        CancellationToken stop)
    {
        try
        {
            var existing = await reading;
            var comparison = new ResultComparison(existing, invocation.Parameters, creationTime, stacks, evaluations, stopAsking, stop);
            await CompareAsync(judged, comparison, stop);

            // A result may be stale if no listed key has it. This is known only after every key of a complete list was compared.
            var scanned = await scanning;
            if (!existing.IsComplete || scanned.ListingFailure is not null || comparison.Compared < scanned.Listed)
                return await comparison.EndAsync();
            var stale = existing.Left.ToList();
            var waitedFor = await WithdrawAsync(stale, comparison, stopAsking, stop);
            return await comparison.EndAsync() with { Unlisted = stale.Count, WaitedFor = waitedFor };
        }
        finally
        {
            evaluations.Complete();
        }
    }

    private static async Task CompareAsync(ChannelReader<JudgedKey> judged, ResultComparison comparison, CancellationToken stop)
    {
        try
        {
            await foreach (var key in judged.ReadAllAsync(stop)) await comparison.CompareAsync(key);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // A key that is not compared by now is left.
        }
    }

    /// <summary>
    /// ListKeys can lag behind a new key, so DescribeKey confirms that a key is deleted before its result is withdrawn. Source: AWS KMS
    /// Developer Guide, AWS KMS eventual consistency.
    /// </summary>
    /// <returns>What a key that is left was waiting for, or null.</returns>
    private async Task<string?> WithdrawAsync(
        List<(string Type, string Id)> stale, ResultComparison comparison, CancellationToken stopAsking, CancellationToken stop)
    {
        var keys = stale.FindAll(result => result.Type == KeyFacts.ResourceType && RecordedKey.IsKeyId(result.Id));
        var judged = Channel.CreateBounded<JudgedKey>(MaxWaiting);
        var judging = scan.JudgeAsync(keys.Select(result => result.Id), judged.Writer, stopAsking);
        try
        {
            foreach (var (type, id) in stale.Except(keys)) await comparison.WithdrawAsync(type, id);
            await foreach (var key in judged.Reader.ReadAllAsync(stop))
                await (key.Key.IsGone ? comparison.WithdrawAsync(KeyFacts.ResourceType, key.Key.KeyId) : comparison.CompareAsync(key));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // A result that is not withdrawn by now is left.
        }

        return await judging;
    }

    /// <summary>
    /// Every complete sweep calls PutEvaluations, even if nothing has changed. Source: AWS Config API Reference,
    /// PutEvaluations: required in every function that AWS Config invokes.
    /// </summary>
    private async Task<Problem?> ReportNothingAsync(CancellationToken stop) =>
        await reporter.ReportAsync([], stop) is { } rejection
            ? new(
                ProblemNumber.EvaluationsNotAccepted,
                $"Nothing has changed, but AWS Config did not accept the empty PutEvaluations that reports this ({rejection.Cause}).")
            : null;
}
