using System.Net;
using System.Text.Json;
using Amazon;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace KeyRotation.Local;

/// <summary>
/// Plays events against another stand-in for AWS. The keys are made there, and get other ids, which the events then speak of. Whatever that
/// endpoint answers about a key otherwise than AWS would, is no fault of the rule: such an event is not checked.
/// </summary>
/// <param name="samples">The account of the samples, as AWS would have it.</param>
/// <param name="relay">Between the function and the endpoint.</param>
/// <param name="here">KMS as AWS would answer.</param>
/// <param name="there">The keys at the endpoint.</param>
/// <param name="accountThere">The account id that the endpoint has.</param>
internal sealed class EndpointPlayer(LocalAccount samples, Relay relay, RuleProcess rule, AmazonKeyManagementServiceClient here, EndpointKeys there, string accountThere)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <exception cref="UsageException">Nothing answers there.</exception>
    public static async Task<string> AccountAsync(Uri endpoint, LocalAccount account)
    {
        using var sts = new AmazonSecurityTokenServiceClient(account.Credentials, new AmazonSecurityTokenServiceConfig { ServiceURL = endpoint.ToString(), AuthenticationRegion = account.Region });
        try
        {
            return (await sts.GetCallerIdentityAsync(new GetCallerIdentityRequest())).Account;
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException or WebException)
        {
            throw new UsageException($"--endpoint-url: {endpoint} does not answer GetCallerIdentity: {e.Message}");
        }
    }

    public async Task<Row> PlayAsync(SampleFile sample)
    {
        if (sample.Event.IsSweep) return Row.Unchecked(sample, "a sweep reads back what AWS Config holds, which needs a real result token");
        if (sample.Event.Region is { } region && region != samples.Region && sample.Expected is null) return Row.Unchecked(sample, $"the endpoint is played in {samples.Region} only");

        var text = sample.Text;
        if (sample.Event.ResultToken is { Length: > 0 } token) text = text.Replace($"\"{JsonEncodedText.Encode(token)}\"", "\"TESTMODE\"", StringComparison.Ordinal).Replace($"\"{token}\"", "\"TESTMODE\"", StringComparison.Ordinal);
        text = text.Replace(samples.Id, accountThere, StringComparison.Ordinal);

        if (sample.Event.KeyId is { Length: > 0 } keyId && (samples.Find(keyId) ?? sample.Event.Key) is { } key)
        {
            samples.Put(key);
            if (key.KeyManager == "AWS") return await InvokeAsync(sample, text);
            var (made, why) = await there.MakeAsync(key);
            if (made is null) return Row.Unchecked(sample, $"the endpoint cannot make the key: {why}");
            if (await there.DifferenceAsync(made, here, keyId, sample.Event.AgeMatters) is { } difference) return Row.Unchecked(sample, $"the endpoint answers otherwise than AWS: {difference}");
            text = text.Replace(keyId, made, StringComparison.Ordinal);
        }

        return await InvokeAsync(sample, text);
    }

    private async Task<Row> InvokeAsync(SampleFile sample, string text)
    {
        var before = relay.Evaluations.Count;
        var result = await rule.InvokeAsync(text, Timeout);
        var row = Outcome.Of(sample, result, await rule.SummaryAsync(result.RequestId), [.. relay.Evaluations.Skip(before)], null);

        // A problem has a number; anything else is a call that the endpoint could not answer.
        return result.Error is not null && row.Code is null ? Row.Unchecked(sample, $"the endpoint fails: {row.Annotation}") : row;
    }
}
