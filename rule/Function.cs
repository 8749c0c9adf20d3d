using Amazon.Lambda.ConfigEvents;
using Amazon.Lambda.Core;
using Amazon.Runtime;
using KeyRotation.Aws;
using KeyRotation.Core;
using KeyRotation.Reading;
using KeyRotation.Sweeping;

namespace KeyRotation;

/// <summary>Handles one event of AWS Config: reads it, judges a key or sweeps the account, reports.</summary>
internal sealed class Function(
    AWSCredentials credentials,
    ClientOptions options,
    int sweepParallelism,
    TimeProvider clock,
    double stackLookupsPerSecond = StackLookup.PerSecond)
{
    /// <summary>A change takes seconds: credentials that remain valid for this long need no renewal.</summary>
    private static readonly TimeSpan ChangeTime = TimeSpan.FromSeconds(60);

    private readonly AwsAccounts accounts = new(credentials, options);
    private readonly RateLimiter stackLimiter = new(stackLookupsPerSecond, clock);

    public AwsAccount OwnAccount => accounts.Own;

    /// <summary>Never throws: a failure is part of the report, with everything that was done before it.</summary>
    public async Task<InvocationReport> HandleAsync(ConfigEvent configEvent, ILambdaContext context)
    {
        var report = InvocationReport.Unread;
        using var deadline = new Deadline(context.RemainingTime, clock);
        try
        {
            var invocation = Invocation.Of(configEvent, options.Region.SystemName);
            report = InvocationReport.Of(invocation);
            try
            {
                var account = await AccountAsync(invocation, context, deadline);
                report = report with { RuleName = invocation.ConfigRuleName };
                report = report with { Tally = await HandleAsync(invocation, account, deadline) };
            }
            catch (Exception e) when (deadline.Stop.IsCancellationRequested && AwsFailure.IsFailedCall(e))
            {
                throw OutOfTime(report.KeyId, AwsFailure.WaitedFor(e));
            }

            return report.Tally.Problems is [] ? report : throw new ProblemException(report.Tally.Problems);
        }
#pragma warning disable CA1031 // Do not catch general exception types: whatever it is, it is reported with what was done before.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return report with { Failure = e };
        }
    }

    private async Task<AwsAccount> AccountAsync(Invocation invocation, ILambdaContext context, Deadline deadline)
    {
        var time = context.RemainingTime;
        var lasting = invocation.Notification is Notification.Sweep ? time : Deadline.Shorter(time, ChangeTime);
        var roleName = invocation.Parameters.ExecutionRoleName;
        var account = await accounts.OfAsync(invocation.Place, roleName, OwnAccountId(context), lasting, deadline.Stop);
        account.StartInvocation();
        return account;
    }

    private async Task<Tally> HandleAsync(Invocation invocation, AwsAccount account, Deadline deadline)
    {
        switch (invocation.Notification)
        {
            case Notification.Change(var key):
                return await ChangeOf(invocation, account).RunAsync(key, deadline.Stop);

            case Notification.OversizedChange(var notified):
                var newest = await new RecordedHistory(account.Config).NewestAsync(notified, deadline.Stop);
                return await ChangeOf(invocation, account).RunAsync(newest, deadline.Stop);

            default:
                var creationTime = ((Notification.Sweep)invocation.Notification).CreationTime;
                var stacks = new StackLookup(account.CloudFormation, stackLimiter);
                var sweep = new Sweep(account, invocation, creationTime, stacks, sweepParallelism, clock);
                try
                {
                    return await sweep.RunAsync(deadline.StopAsking, deadline.Stop);
                }
                finally
                {
                    options.Connections.Close();
                }
        }
    }

    private Change ChangeOf(Invocation invocation, AwsAccount account) =>
        new(account.Kms, account.Config, invocation, new StackLookup(account.CloudFormation, limiter: null), clock);

    private static ProblemException OutOfTime(string? keyId, string? waitedFor) => new(
        ProblemNumber.OutOfTime,
        $"Time ran out before {(keyId is null ? "everything" : $"key {keyId}")} was reported. "
        + (waitedFor is null ? "" : $"The last attempt: {waitedFor.TrimEnd('.')}. ")
        + "Raise Timeout in the function's stack if it is below 900 seconds.");

    /// <summary>The fifth part of <c>arn:partition:lambda:region:account:function:name</c>, or null if there is no such ARN.</summary>
    private static string? OwnAccountId(ILambdaContext context) =>
        context.InvokedFunctionArn.Split(':') is [_, _, _, _, { Length: > 0 } id, ..] ? id : null;
}
