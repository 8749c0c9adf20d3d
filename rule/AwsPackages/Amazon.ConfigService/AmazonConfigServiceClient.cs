using Amazon.ConfigService.Internal;
using Amazon.ConfigService.Model;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using KeyRotation.AwsPackages;

namespace Amazon.ConfigService;

/// <summary>The client of AWS Config.</summary>
/// <remarks>Names and types: aws/aws-sdk-net, sdk/src/Services/ConfigService/Generated/_netstandard/AmazonConfigServiceClient.cs.</remarks>
internal class AmazonConfigServiceClient(AWSCredentials credentials, AmazonConfigServiceConfig clientConfig)
    : RegionalClient(credentials, clientConfig), IAmazonConfigService
{
    public Task<PutEvaluationsResponse> PutEvaluationsAsync(PutEvaluationsRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<PutEvaluationsResponse>(request, Operations.PutEvaluations, cancellationToken);

    public Task<GetResourceConfigHistoryResponse> GetResourceConfigHistoryAsync(
        GetResourceConfigHistoryRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<GetResourceConfigHistoryResponse>(request, Operations.GetResourceConfigHistory, cancellationToken);

    public Task<GetComplianceDetailsByConfigRuleResponse> GetComplianceDetailsByConfigRuleAsync(
        GetComplianceDetailsByConfigRuleRequest request, CancellationToken cancellationToken = default) =>
        InvokeAsync<GetComplianceDetailsByConfigRuleResponse>(request, Operations.GetComplianceDetailsByConfigRule, cancellationToken);
}
