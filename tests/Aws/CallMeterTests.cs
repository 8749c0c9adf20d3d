using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.ConfigService;
using Amazon.ConfigService.Model;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace KeyRotation.Tests.Aws;

/// <summary>The calls that the metrics count are named as the role's permissions are, on every client.</summary>
internal sealed class CallMeterTests
{
    private static readonly BasicAWSCredentials Credentials = new("AKIDEXAMPLE", "secret");

    private static IEnumerable<TestCaseData<string, Func<CancellationToken, Task>>> Calls()
    {
        yield return Call(Operations.ListKeys, stop => Kms().ListKeysAsync(new ListKeysRequest(), stop));
        yield return Call(Operations.DescribeKey, stop => Kms().DescribeKeyAsync(new DescribeKeyRequest { KeyId = "k" }, stop));
        yield return Call(Operations.GetKeyRotationStatus, stop => Kms().GetKeyRotationStatusAsync(new GetKeyRotationStatusRequest { KeyId = "k" }, stop));
        yield return Call(Operations.ListResourceTags, stop => Kms().ListResourceTagsAsync(new ListResourceTagsRequest { KeyId = "k" }, stop));
        yield return Call(Operations.PutEvaluations, stop => Config().PutEvaluationsAsync(new PutEvaluationsRequest(), stop));
        yield return Call(Operations.GetResourceConfigHistory, stop => Config().GetResourceConfigHistoryAsync(new GetResourceConfigHistoryRequest(), stop));
        yield return Call(Operations.GetComplianceDetailsByConfigRule, stop => Config().GetComplianceDetailsByConfigRuleAsync(new GetComplianceDetailsByConfigRuleRequest(), stop));
        yield return Call(Operations.DescribeStackResources, stop => CloudFormation().DescribeStackResourcesAsync(new DescribeStackResourcesRequest(), stop));
        yield return Call(Operations.AssumeRole, stop => Sts().AssumeRoleAsync(new AssumeRoleRequest { RoleArn = "arn:aws:iam::111122223333:role/reader", RoleSessionName = "test" }, stop));
    }

    [TestCaseSource(nameof(Calls))]
    public void A_request_is_counted_under_its_IAM_action(string action, Func<CancellationToken, Task> call)
    {
        var meter = new CallMeter(50, TimeProvider.System);
        RuntimePipelineCustomizerRegistry.Instance.Register(meter);
        try
        {
            Assert.CatchAsync<OperationCanceledException>(() => call(new CancellationToken(canceled: true)));
        }
        finally
        {
            RuntimePipelineCustomizerRegistry.Instance.Deregister(meter);
        }

        Assert.That(meter.Calls, Is.EqualTo(new Dictionary<string, long> { [action] = 1 }));
    }

    private static TestCaseData<string, Func<CancellationToken, Task>> Call(string action, Func<CancellationToken, Task> call) =>
        new(action, call) { TestName = $"{nameof(A_request_is_counted_under_its_IAM_action)}({action})" };

    private static AmazonKeyManagementServiceClient Kms() => new(Credentials, Local(new AmazonKeyManagementServiceConfig()));

    private static AmazonConfigServiceClient Config() => new(Credentials, Local(new AmazonConfigServiceConfig()));

    private static AmazonCloudFormationClient CloudFormation() => new(Credentials, Local(new AmazonCloudFormationConfig()));

    private static AmazonSecurityTokenServiceClient Sts() => new(Credentials, Local(new AmazonSecurityTokenServiceConfig()));

    /// <summary>The call is cancelled before it leaves; should it leave all the same, nobody listens there.</summary>
    private static T Local<T>(T clientConfig)
        where T : ClientConfig
    {
        clientConfig.ServiceURL = "http://127.0.0.1:9";
        clientConfig.AuthenticationRegion = "eu-central-1";
        return clientConfig;
    }
}
