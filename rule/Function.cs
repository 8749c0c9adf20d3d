using Amazon.Lambda.ConfigEvents;
using Amazon.Lambda.Core;
using Amazon.Runtime;
using KeyRotation.Aws;
using KeyRotation.Core;
using KeyRotation.Reading;
using KeyRotation.Runtime;
using KeyRotation.Sweeping;

namespace KeyRotation;

/// <summary>One Config event: read it, judge, report. Whatever cannot be done leaves as an exception; there is no third way out.</summary>
internal sealed class Function(Settings settings, AWSCredentials credentials, ClientOptions options, TimeProvider clock)
{
    /// <summary>A change takes moments: credentials that last for these need not be renewed for it.</summary>
    private static readonly TimeSpan ChangeTime = TimeSpan.FromSeconds(60);

    private readonly AwsAccounts accounts = new(credentials, options);
    private readonly RateLimiter stackLimiter = new(settings.StackLookupsPerSecond, clock);

    public AwsAccount OwnAccount => accounts.Own;

    public async Task HandleAsync(ConfigEvent configEvent, ILambdaContext context, Summary summary)
    {
        var invocation = Invocation.Of(configEvent, settings.Region);
        summary.Started(invocation);
        summary.KeyId = invocation.Notification switch
        {
            Notification.Change(var key) => key.Key.KeyId,
            Notification.OversizedChange(var key) => key.Key.KeyId,
            _ => null,
        };

        // Enough is kept back to fail with a reason, instead of being ended in mid-call; less than what is kept back to report.
        var time = context.RemainingTime;
        using var stop = new CancellationTokenSource(Positive(time - Shorter(time / 10, TimeSpan.FromSeconds(1))), clock);
        using var stopAsking = new CancellationTokenSource(Positive(time - ReportingTime(time)), clock);
        try
        {
            var lasting = invocation.Notification is Notification.Sweep ? time : Shorter(time, ChangeTime);
            var account = await accounts.OfAsync(invocation.Place, invocation.Parameters.ExecutionRoleName, OwnAccountId(context), lasting, stop.Token);

            // The AWS Config of any account may call a central function. Only one whose account lets the function in gets metrics under its rule's name.
            summary.RuleName = invocation.ConfigRuleName;
            account.StartInvocation();
            await HandleAsync(invocation, account, summary, stopAsking.Token, stop.Token);
        }
        catch (Exception e) when (stop.IsCancellationRequested && AwsFailure.IsFailedCall(e))
        {
            throw new ProblemException(
                ProblemNumber.OutOfTime,
                $"Time ran out before {(summary.KeyId is { } keyId ? $"key {keyId}" : "everything")} was reported. "
                + (AwsFailure.WaitedFor(e) is { } waitedFor ? $"The last try: {waitedFor.TrimEnd('.')}. " : "")
                + "Raise the Timeout of the function's stack where it is below 900 seconds.");
        }
        finally
        {
            if (invocation.Notification is Notification.Sweep) options.Connections.Close();
        }
    }

    /// <param name="stopAsking">Ends the questions of a sweep in time for what is known to be reported.</param>
    private async Task HandleAsync(Invocation invocation, AwsAccount account, Summary summary, CancellationToken stopAsking, CancellationToken stop)
    {
        // A change asks about one key; a sweep finds many to ask about.
        var stacks = new StackLookup(account.CloudFormation, invocation.Notification is Notification.Sweep ? stackLimiter : null);
        switch (invocation.Notification)
        {
            case Notification.Sweep(var creationTime):
                await new Sweep(account, invocation, creationTime, settings, summary, stacks, clock).RunAsync(stopAsking, stop);
                break;

            case Notification.Change(var key):
                await JudgeAsync(key, account, invocation, stacks, summary, stop);
                break;

            case Notification.OversizedChange(var key):
                await JudgeAsync(await new RecordedHistory(account.Config).NewestAsync(key, stop), account, invocation, stacks, summary, stop);
                break;
        }
    }

    /// <summary>The fifth part of <c>arn:partition:lambda:region:account:function:name</c>, or null where the runtime does not say.</summary>
    private static string? OwnAccountId(ILambdaContext context) => context.InvokedFunctionArn.Split(':') is [_, _, _, _, { Length: > 0 } id, ..] ? id : null;

    /// <summary>A fifth of the time, at most 20 seconds: a batch takes a fraction of one, and the wait between tries is short.</summary>
    private static TimeSpan ReportingTime(TimeSpan time) => Shorter(time / 5, TimeSpan.FromSeconds(20));

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;

    private async Task JudgeAsync(
        RecordedKey recorded, AwsAccount account, Invocation invocation, StackLookup stacks, Summary summary, CancellationToken cancellationToken)
    {
        var (verdict, key) = await new KeyReader(account.Kms).JudgeAsync(recorded.Key, invocation.Parameters, clock.GetUtcNow(), cancellationToken);
        summary.Count(verdict);

        var evaluation = await Assessment.WriteAsync(verdict, key, invocation.Parameters, recorded.CaptureTime, stacks, cancellationToken);
        if (await new Reporter(account.Config, invocation.ResultToken, clock).ReportAsync([evaluation], cancellationToken) is { } refusal)
            throw new ProblemException(ProblemNumber.EvaluationsNotAccepted, $"AWS Config did not accept the evaluation of key {key.KeyId}. {refusal.Cause}.");
        summary.Count(Metrics.Reported, 1);
    }
}
