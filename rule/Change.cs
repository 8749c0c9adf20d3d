using Amazon.ConfigService;
using Amazon.ConfigService.Model;
using Amazon.KeyManagementService;
using KeyRotation.Aws;
using KeyRotation.Core;
using KeyRotation.Reading;
using KeyRotation.Sweeping;

namespace KeyRotation;

/// <summary>Handles one changed key: judges it, writes its evaluation, reports it.</summary>
internal sealed class Change(
    IAmazonKeyManagementService kms, IAmazonConfigService config, Invocation invocation, StackLookup stacks, TimeProvider clock)
{
    public async Task<Tally> RunAsync(RecordedKey recorded, CancellationToken stop)
    {
        var (verdict, evaluation) = await EvaluateAsync(recorded, stop);
        var tally = new Tally { Verdicts = VerdictCounts.None.Plus(verdict) };
        var keyId = recorded.Key.KeyId;
        if (evaluation is null)
            return tally with { Problems = [new(ProblemNumber.KeysNotJudged, $"Key {keyId} could not be judged. {verdict.Finding}")] };
        return await new Reporter(config, invocation.ResultToken, clock).ReportAsync([evaluation], stop) is { } rejection
            ? tally with { Problems = [new(ProblemNumber.EvaluationsNotAccepted, $"AWS Config did not accept the evaluation of key {keyId}. {rejection.Cause}.")] }
            : tally with { Reported = 1 };
    }

    /// <summary>The evaluation is null if the key could not be judged.</summary>
    public async Task<(Verdict Verdict, Evaluation? Evaluation)> EvaluateAsync(RecordedKey recorded, CancellationToken stop)
    {
        var (verdict, key) = await new KeyReader(kms).JudgeAsync(recorded.Key, invocation.Parameters, clock.GetUtcNow(), stop);
        if (verdict is Verdict.Unreadable) return (verdict, null);
        var owner = await stacks.OwnerAsync(verdict, key, stop);
        return (verdict, KeyEvaluation.Of(verdict, key, invocation.Parameters, owner, recorded.CaptureTime));
    }
}
