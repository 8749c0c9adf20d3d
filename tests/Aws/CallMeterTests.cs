using Amazon.CloudFormation.Model;
using Amazon.ConfigService.Model;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.SecurityToken.Model;

namespace KeyRotation.Tests.Aws;

/// <summary>The calls that the metrics count are named as the role's permissions are, on every client.</summary>
internal sealed class CallMeterTests
{
    /// <summary>The call is cancelled before it leaves; should it leave all the same, nobody listens there.</summary>
    private static readonly Clients Clients = new(new Uri("http://127.0.0.1:9"), new BasicAWSCredentials("AKIDEXAMPLE", "secret"));

    private static IEnumerable<TestCaseData<string, Func<CancellationToken, Task>>> Calls()
    {
        yield return Call(Operations.ListKeys, stop => Clients.Kms().ListKeysAsync(new ListKeysRequest(), stop));
        yield return Call(Operations.DescribeKey, stop => Clients.Kms().DescribeKeyAsync(new DescribeKeyRequest { KeyId = "k" }, stop));
        yield return Call(Operations.GetKeyRotationStatus, stop => Clients.Kms().GetKeyRotationStatusAsync(new GetKeyRotationStatusRequest { KeyId = "k" }, stop));
        yield return Call(Operations.ListResourceTags, stop => Clients.Kms().ListResourceTagsAsync(new ListResourceTagsRequest { KeyId = "k" }, stop));
        yield return Call(Operations.PutEvaluations, stop => Clients.Config().PutEvaluationsAsync(new PutEvaluationsRequest(), stop));
        yield return Call(Operations.GetResourceConfigHistory, stop => Clients.Config().GetResourceConfigHistoryAsync(new GetResourceConfigHistoryRequest(), stop));
        yield return Call(Operations.GetComplianceDetailsByConfigRule, stop => Clients.Config().GetComplianceDetailsByConfigRuleAsync(new GetComplianceDetailsByConfigRuleRequest(), stop));
        yield return Call(Operations.DescribeStackResources, stop => Clients.CloudFormation().DescribeStackResourcesAsync(new DescribeStackResourcesRequest(), stop));
        yield return Call(Operations.AssumeRole, stop => Clients.Sts().AssumeRoleAsync(new AssumeRoleRequest { RoleArn = "arn:aws:iam::111122223333:role/reader", RoleSessionName = "test" }, stop));
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
}
