using Amazon.ConfigService.Model;

namespace Amazon.ConfigService;

/// <summary>The three operations of AWS Config that the rule calls.</summary>
/// <remarks>
/// Names and types: aws/aws-sdk-net, sdk/src/Services/ConfigService/Generated/_netstandard/IAmazonConfigService.cs. The official interface
/// has about a hundred operations, so a test double of it should stand behind HTTP rather than implement it: that compiles against both.
/// </remarks>
internal interface IAmazonConfigService : IDisposable
{
    Task<PutEvaluationsResponse> PutEvaluationsAsync(PutEvaluationsRequest request, CancellationToken cancellationToken = default);

    Task<GetResourceConfigHistoryResponse> GetResourceConfigHistoryAsync(
        GetResourceConfigHistoryRequest request, CancellationToken cancellationToken = default);

    Task<GetComplianceDetailsByConfigRuleResponse> GetComplianceDetailsByConfigRuleAsync(
        GetComplianceDetailsByConfigRuleRequest request, CancellationToken cancellationToken = default);
}
