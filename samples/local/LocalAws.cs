using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace KeyRotation.Local;

/// <summary>
/// AWS on this machine: KMS, Config, CloudFormation, STS and EC2's list of Regions at one endpoint, as far as the rule and the audit call them. Requests have to be
/// signed as for AWS, and what AWS would refuse is refused with AWS's own error.
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

    /// <summary>What every request takes at least.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Regions that no account has opted in to.</summary>
    public IReadOnlyList<string> DisabledRegions { get; set; } = ["me-central-1"];

    /// <summary>DescribeStackResources answers with every resource of the stack, and not only the one asked about; sources disagree which AWS does.</summary>
    public bool DescribesWholeStack { get; set; }

    /// <summary>Every evaluation that arrived, in order; those in test mode and those returned as failed, too.</summary>
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

    /// <param name="region">Null finds the account in any of its Regions, for what is not Regional.</param>
    public LocalAccount? FindAccount(string id, string? region = null) => region is null
        ? accounts.Values.FirstOrDefault(account => account.Id == id)
        : accounts.GetValueOrDefault((id, region));

    private IEnumerable<string> RegionsOf(string id) =>
        accounts.Keys.Where(place => place.Id == id).Select(place => place.Region).Order(StringComparer.Ordinal);

    /// <summary>
    /// Makes a multi-Region key's other Region the primary, as kms:UpdatePrimaryRegion does: the setting goes along, and every other key of
    /// that id becomes a replica of it. A Region that the local AWS does not have is taken too; its key is then only named.
    /// </summary>
    public void UpdatePrimaryRegion(string accountId, string keyId, string region)
    {
        var related = accounts.Values.Where(account => account.Id == accountId && account.Find(keyId) is not null).ToList();
        var former = related.Select(account => account[keyId]).FirstOrDefault(key => !key.IsReplica);
        foreach (var account in related)
        {
            var key = account[keyId];
            account.Put(account.Region == region
                ? key with
                {
                    MultiRegionKeyType = "PRIMARY",
                    PrimaryRegion = null,
                    KeyRotationEnabled = (former ?? key).KeyRotationEnabled,
                    RotationPeriodInDays = (former ?? key).RotationPeriodInDays,
                }
                : key with { MultiRegionKeyType = "REPLICA", PrimaryRegion = region });
        }
    }

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
                throw new AwsError("UnknownOperationException", $"The local AWS knows no service for '{http.Request.Headers["X-Amz-Target"]}'.");
            var (accessKey, region) = Signature.Check(call);
            var account = FindAccount(accessKey.AccountId, region)
                ?? throw new AwsError("InvalidSignatureException", $"Credential should be scoped to a valid Region; account {accessKey.AccountId} has nothing in {region}.");
            await (call.Protocol == Protocol.Json ? JsonAsync(http, call, account) : QueryAsync(http, call, account, accessKey));
        }
        catch (AwsError error)
        {
            await (call.Service == "ec2" ? Reply.Ec2ErrorAsync(http.Response, error) : Reply.ErrorAsync(http.Response, call.Protocol, error));
        }
    }

    private async Task JsonAsync(HttpContext http, Call call, LocalAccount account)
    {
        using var document = Parse(call.Body);
        var isKms = call.Service == "kms";
        var input = Input.Parse(document, isKms ? KmsApi.MembersOf(call.Operation) : ConfigApi.MembersOf(call.Operation));
        var resourceId = isKms ? KmsApi.ResourceId(account, input) : ConfigApi.ResourceId(call.Operation, input);
        if (await FaultAsync(http, call, account, resourceId)) return;
        var write = Logged(call, account, resourceId, () => isKms
            ? KmsApi.Answer(this, account, call.Operation, input)
            : ConfigApi.Answer(this, account, call.Operation, input));
        await Reply.JsonAsync(http.Response, write);
    }

    private async Task QueryAsync(HttpContext http, Call call, LocalAccount account, AccessKey caller)
    {
        var form = Form.Parse(Encoding.UTF8.GetString(call.Body));
        form.TryAdd("Action", "");
        var resourceId = form.GetValueOrDefault("PhysicalResourceId") ?? form.GetValueOrDefault("RoleArn");
        if (await FaultAsync(http, call, account, resourceId)) return;
        var xml = Logged(call, account, resourceId, () => call.Service switch
        {
            "sts" => StsApi.Answer(this, caller, form),
            "ec2" => RegionApi.Answer(RegionsOf(account.Id), DisabledRegions, form),
            _ => StackApi.Answer(this, account, form),
        });
        await Reply.XmlAsync(http.Response, xml);
    }

    private T Logged<T>(Call call, LocalAccount account, string? resourceId, Func<T> answer)
    {
        try
        {
            var result = answer();
            Log(call, account, resourceId, null);
            return result;
        }
        catch (AwsError error)
        {
            Log(call, account, resourceId, error.Code);
            throw;
        }
    }

    private void Log(Call call, LocalAccount account, string? resourceId, string? error) =>
        Calls.Add(new(call.Operation, account.Id, account.Region, resourceId, error, call.Arrived, call.Request.Headers["X-Amz-Date"].ToString()));

    /// <summary>Whether the request has already ended in a fault.</summary>
    private async Task<bool> FaultAsync(HttpContext http, Call call, LocalAccount account, string? resourceId)
    {
        var fault = Faults.Of(call.Operation, account.Id, resourceId);
        if (fault is null && !Quotas.TryTake(account, call.Operation)) fault = Fault.Throttling;
        if (fault is null) return false;

        var error = fault switch
        {
            Fault.Throttled => new AwsError("ThrottlingException", "Rate exceeded"),
            Fault.Error(var code, var message, var status) => new AwsError(code, message, status),
            _ => null,
        };
        Log(call, account, resourceId, error?.Code ?? fault.GetType().Name);
        if (error is not null) throw error;

        switch (fault)
        {
            case Fault.NoAnswer:
                await WaitUntilGoneAsync(http);
                break;
            case Fault.Stopped:
                var start = Fragment(call.Protocol);
                http.Response.ContentType = ContentType(call.Protocol);
                http.Response.ContentLength = start.Length + 100;
                await http.Response.WriteAsync(start);
                await http.Response.Body.FlushAsync();
                await WaitUntilGoneAsync(http);
                break;
            case Fault.Page(var status):
                http.Response.StatusCode = (int)status;
                http.Response.ContentType = "text/html";
                await http.Response.WriteAsync($"<html><body>The proxy says {(int)status} {status}.</body></html>");
                break;
            case Fault.Reset:
                http.Abort();
                break;
            default:
                http.Response.ContentType = ContentType(call.Protocol);
                await http.Response.WriteAsync(fault is Fault.Answered(var body) ? body : Fragment(call.Protocol));
                break;
        }

        return true;
    }

    private async Task WaitUntilGoneAsync(HttpContext http)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, server!.Stopping);
        await Task.Delay(Timeout.Infinite, gone.Token).ContinueWith(_ => http.Abort(), TaskScheduler.Default);
    }

    private static string ContentType(Protocol protocol) => protocol == Protocol.Json ? "application/x-amz-json-1.1" : "text/xml";

    /// <summary>The start of a body.</summary>
    private static string Fragment(Protocol protocol) => protocol == Protocol.Json ? "{\"KeyId\":" : "<Response><Result>";

    private static JsonDocument Parse(byte[] body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            throw new AwsError("SerializationException", "The request is not valid JSON.");
        }
    }
}
