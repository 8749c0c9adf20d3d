using Amazon.ConfigService;
using Amazon.ConfigService.Model;
using KeyRotation.Aws;
using KeyRotation.Core;
using KeyRotation.Reading;

namespace KeyRotation.Sweeping;

/// <summary>
/// The COMPLIANT and NON_COMPLIANT results that AWS Config holds for the rule before a sweep. It cleans up NOT_APPLICABLE results itself.
/// Each result is kept as a fingerprint, so that 100,000 results stay small.
/// </summary>
/// <param name="Failure">Why reading ended early: AWS Config may hold more results then.</param>
internal sealed record ExistingResults(ReadFailure? Failure)
{
    private Dictionary<(string Type, string Id), ExistingResult> Results { get; init; } = [];

    public bool IsComplete => Failure is null;

    /// <summary>The results that are left: no key has taken them.</summary>
    public IReadOnlyCollection<(string Type, string Id)> Left => Results.Keys;

    public static async Task<ExistingResults> ReadAsync(
        IAmazonConfigService config, string configRuleName, CancellationToken cancellationToken)
    {
        var results = new Dictionary<(string Type, string Id), ExistingResult>();
        try
        {
            return new(await ReadPagesAsync(config, configRuleName, results, cancellationToken)) { Results = results };
        }
        catch (Exception e) when (AwsFailure.ReadFailureOf(e, cancellationToken) is { } failure)
        {
            return new(failure) { Results = results };
        }
    }

    /// <summary>Removes and returns the result of a key: a result that is left belongs to no key of the account.</summary>
    public ExistingResult? Take(string keyId) => Results.Remove((KeyFacts.ResourceType, keyId), out var result) ? result : null;

    /// <summary>Returns why the results are not complete. A response without a required member is not the last page.</summary>
    private static async Task<ReadFailure?> ReadPagesAsync(
        IAmazonConfigService config,
        string configRuleName,
        Dictionary<(string Type, string Id), ExistingResult> results,
        CancellationToken cancellationToken)
    {
        var pages = new Pagination();
        var request = new GetComplianceDetailsByConfigRuleRequest
        {
            ConfigRuleName = configRuleName,
            ComplianceTypes = ["COMPLIANT", "NON_COMPLIANT"],
            Limit = 100,
        };
        while (true)
        {
            var response = await config.GetComplianceDetailsByConfigRuleAsync(request, cancellationToken);
            if (response.EvaluationResults is not { } page) return new("AWS Config returned no EvaluationResults");
            var before = results.Count;
            if (!page.TrueForAll(result => TryAdd(result, results))) return new("AWS Config returned a result without its resource");
            if (string.IsNullOrEmpty(response.NextToken)) return null;
            if (!pages.MayContinue(response.NextToken, page.Count, results.Count - before))
                return new("AWS Config returned no new NextToken or result");
            request.NextToken = response.NextToken;
        }
    }

    /// <summary>False for a result without its resource, and for a null, which the official deserializer passes through.</summary>
    internal static bool TryAdd(EvaluationResult? result, Dictionary<(string Type, string Id), ExistingResult> results)
    {
        if (result?.EvaluationResultIdentifier?.EvaluationResultQualifier is not { ResourceType: { } type, ResourceId: { } id })
            return false;

        // Every result has its own copy of the type name: one copy is kept for all.
        if (type == KeyFacts.ResourceType) type = KeyFacts.ResourceType;
        results[(type, id)] = ExistingResult.Of(result.ComplianceType?.Value ?? "", result.Annotation ?? "");
        return true;
    }
}
