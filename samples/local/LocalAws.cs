using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace KeyRotation.Local;

/// <summary>
/// AWS on this machine, at one endpoint: the operations of KMS, AWS Config, CloudFormation and STS that the rule and the audit call, and
/// DescribeRegions of EC2. Requests must be signed as for AWS, and a request that AWS would reject is rejected with the same error.
/// </summary>
internal sealed class LocalAws(TimeProvider? clock = null) : IAsyncDisposable
{
    private readonly TimeProvider clock = clock ?? TimeProvider.System;
    private readonly ConcurrentDictionary<(string Id, string Region), LocalAccount> accounts = new();
    private readonly ConcurrentQueue<ReceivedEvaluation> evaluations = new();
    private Loopback? server;

    public Uri Endpoint => server?.Address ?? throw new InvalidOperationException("The local AWS is not started.");

    public DateTimeOffset Now => clock.GetUtcNow();

    public Faults Faults { get; } = new();

    public Quotas Quotas { get; } = new(clock ?? TimeProvider.System);

    public CallLog Calls { get; } = new();

    public AccessKeys AccessKeys { get; } = new();

    public Signature Signature => field ??= new(AccessKeys, clock);

    /// <summary>The minimum time that each request takes.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Regions that no account has opted in to.</summary>
    public IReadOnlyList<string> DisabledRegions { get; set; } = ["me-central-1"];

    /// <summary>
    /// Whether DescribeStackResources returns all resources of the stack, and not only the requested one. Sources disagree on what AWS
    /// returns.
    /// </summary>
    public bool DescribesWholeStack { get; set; }

    /// <summary>All evaluations received, in order, including those in test mode and those returned in FailedEvaluations.</summary>
    public IReadOnlyCollection<ReceivedEvaluation> Evaluations => evaluations;

    public static async Task<LocalAws> StartAsync(params LocalAccount[] accounts)
    {
        var aws = new LocalAws();
        foreach (var account in accounts) aws.Add(account);
        await aws.StartAsync();
        return aws;
    }

    public async Task StartAsync() => server = await Loopback.StartAsync(HandleAsync);

    public LocalAccount Add(LocalAccount account)
    {
        accounts[(account.Id, account.Region)] = account;
        var own = account.Credentials.GetCredentials();
        AccessKeys.Add(new(own.AccessKey, own.SecretKey, account.Id, $"arn:{account.Partition}:iam::{account.Id}:user/local"));
        return account;
    }

    /// <param name="region">Null finds the account in any of its Regions, for global resources such as roles.</param>
    public LocalAccount? FindAccount(string id, string? region = null) => region is null
        ? accounts.Values.FirstOrDefault(account => account.Id == id)
        : accounts.GetValueOrDefault((id, region));

    private IEnumerable<string> RegionsOf(string id) =>
        accounts.Keys.Where(place => place.Id == id).Select(place => place.Region).Order(StringComparer.Ordinal);

    public void Received(ReceivedEvaluation evaluation) => evaluations.Enqueue(evaluation);

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext http)
    {
        var arrived = clock.GetElapsedTime(0);
        var call = await Call.ReadAsync(http.Request, arrived);
        if (Latency > TimeSpan.Zero) await Task.Delay(Latency, http.RequestAborted);
        try
        {
            if (http.Request.Method != "POST" || call.Service.Length == 0)
            {
                throw new AwsError(
                    "UnknownOperationException",
                    $"The local AWS does not support the service of '{http.Request.Headers["X-Amz-Target"]}'.");
            }

            var (accessKey, region) = Signature.Check(call);
            var account = FindAccount(accessKey.AccountId, region) ?? throw new AwsError(
                "InvalidSignatureException",
                $"Credential should be scoped to a valid Region; the local AWS has no account {accessKey.AccountId} in {region}.");
            await (call.IsJson ? AnswerJsonAsync(http, call, account) : AnswerFormAsync(http, call, account, accessKey));
        }
        catch (AwsError error)
        {
            await Reply.SendErrorAsync(http.Response, call, error);
        }
    }

    private Task AnswerJsonAsync(HttpContext http, Call call, LocalAccount account)
    {
        var operations = call.Service == "kms" ? KmsApi.Operations : ConfigApi.Operations;
        if (!operations.TryGetValue(call.Operation, out var operation))
            throw new AwsError("UnknownOperationException", $"The local AWS does not support {call.Service}:{call.Operation}.");
        var input = Input.Parse(call.Body, operation.Members);
        var resourceId = input.Text("resourceId", 0) ?? input.Text("KeyId", 0)?.Split('/')[^1];
        return AnswerAsync(http, call, account, resourceId, () => operation.Answer(this, account, input).ToJsonString());
    }

    private Task AnswerFormAsync(HttpContext http, Call call, LocalAccount account, AccessKey caller)
    {
        var resourceId = call.Form!.GetValueOrDefault("PhysicalResourceId") ?? call.Form!.GetValueOrDefault("RoleArn");
        return AnswerAsync(http, call, account, resourceId, () => call.Service switch
        {
            "sts" => StsApi.Answer(this, caller, call),
            "ec2" => RegionApi.Answer(RegionsOf(account.Id), DisabledRegions, call.Form!),
            _ => StackApi.Answer(this, account, call),
        });
    }

    /// <summary>Logs the call before the response is sent.</summary>
    private async Task AnswerAsync(HttpContext http, Call call, LocalAccount account, string? resourceId, Func<string> answer)
    {
        var fault = Faults.Of(call.Operation, account.Id, resourceId);
        if (fault is null && !Quotas.TryTake(account, call.Operation)) fault = Fault.Throttling;
        try
        {
            if (fault is Fault.Error(var code, var message, var status)) throw new AwsError(code, message, status);
            var body = fault is null ? answer() : "";
            Log(fault?.GetType().Name);
            await (fault is null ? Reply.SendAsync(http.Response, call, body) : FailAsync(http, call, fault));
        }
        catch (AwsError error)
        {
            Log(error.Code);
            throw;
        }

        void Log(string? error) => Calls.Add(new(
            call.Operation,
            account.Id,
            account.Region,
            resourceId,
            error,
            call.Arrived,
            call.Request.Headers["X-Amz-Date"].ToString()));
    }

    private async Task FailAsync(HttpContext http, Call call, Fault fault)
    {
        var start = call.IsJson ? "{\"KeyId\":" : "<Response><Result>";
        switch (fault)
        {
            case Fault.NoResponse:
                await WaitUntilGoneAsync(http);
                break;
            case Fault.Stopped:
                http.Response.ContentType = Reply.ContentType(call);
                http.Response.ContentLength = start.Length + 100;
                await http.Response.WriteAsync(start);
                await http.Response.Body.FlushAsync();
                await WaitUntilGoneAsync(http);
                break;
            case Fault.Page(var status):
                http.Response.StatusCode = (int)status;
                http.Response.ContentType = "text/html";
                await http.Response.WriteAsync($"<html><body>The proxy returned {(int)status} {status}.</body></html>");
                break;
            case Fault.Reset:
                http.Abort();
                break;
            default:
                await Reply.SendAsync(http.Response, call, fault is Fault.Answered(var body) ? body : start);
                break;
        }
    }

    private async Task WaitUntilGoneAsync(HttpContext http)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, server!.Stopping);
        await Task.Delay(Timeout.Infinite, gone.Token).ContinueWith(_ => http.Abort(), TaskScheduler.Default);
    }
}
