using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Amazon.ConfigService;
using Amazon.ConfigService.Model;
using KeyRotation.Aws;
using KeyRotation.Core;
using KeyRotation.Reading;

namespace KeyRotation.Sweeping;

/// <summary>
/// What AWS Config holds for the rule before a sweep: COMPLIANT and NON_COMPLIANT results; it keeps no others.
/// Of an annotation only a fingerprint is kept, so that 100,000 results stay small.
/// </summary>
internal sealed class ExistingResults
{
    private readonly ConcurrentDictionary<(string Type, string Id), ExistingResult> results = new();

    /// <summary>Why reading broke off: then what is not in here may be held all the same.</summary>
    public ReadFailure? Failure { get; private set; }

    public bool IsComplete => Failure is null;

    public static async Task<ExistingResults> ReadAsync(IAmazonConfigService config, string configRuleName, CancellationToken cancellationToken)
    {
        var held = new ExistingResults();
        try
        {
            held.Failure = await held.ReadPagesAsync(config, configRuleName, cancellationToken);
        }
        catch (Exception e) when (AwsFailure.EndOf(e, cancellationToken) is { } failure)
        {
            held.Failure = failure;
        }

        return held;
    }

    /// <summary>Takes out what is held for a key: what nobody takes belongs to no key of the account.</summary>
    public ExistingResult? Take(string keyId) =>
        results.TryRemove((RecordedKey.ResourceType, keyId), out var result) ? result : null;

    public IEnumerable<(string Type, string Id)> Left => results.Keys;

    /// <summary>Returns why the results are not whole. An answer that lacks what every answer has is not the last page.</summary>
    private async Task<ReadFailure?> ReadPagesAsync(IAmazonConfigService config, string configRuleName, CancellationToken cancellationToken)
    {
        var pages = new Pagination();
        var request = new GetComplianceDetailsByConfigRuleRequest { ConfigRuleName = configRuleName, ComplianceTypes = ["COMPLIANT", "NON_COMPLIANT"], Limit = 100 };
        while (true)
        {
            var response = await config.GetComplianceDetailsByConfigRuleAsync(request, cancellationToken);
            if (response.EvaluationResults is not { } page) return new("AWS Config answered without EvaluationResults");
            var before = results.Count;
            if (!page.TrueForAll(TryAdd)) return new("AWS Config answered a result without its resource");
            if (string.IsNullOrEmpty(response.NextToken)) return null;
            if (!pages.GoOn(response.NextToken, page.Count, results.Count - before))
                return new("AWS Config answered with no new NextToken or result");
            request.NextToken = response.NextToken;
        }
    }

    private bool TryAdd(EvaluationResult? result)
    {
        if (result?.EvaluationResultIdentifier?.EvaluationResultQualifier is not { ResourceType: { } type, ResourceId: { } id }) return false;

        // Every result comes with its type in a text of its own, and all of them say the same.
        results[(type == RecordedKey.ResourceType ? RecordedKey.ResourceType : type, id)] = ExistingResult.Of(result.ComplianceType?.Value ?? "", result.Annotation ?? "");
        return true;
    }
}

/// <summary>One result that AWS Config holds, as a fingerprint of the verdict and the annotation, from which the stack is left out.</summary>
internal readonly record struct ExistingResult(Int128 Fingerprint)
{
    public static ExistingResult Of(string complianceType, string annotation) =>
        new(BitConverter.ToInt128(SHA256.HashData(Encoding.UTF8.GetBytes(complianceType + Annotation.WithoutStack(annotation)))));
}
