namespace KeyRotation.Aws;

/// <summary>
/// Every AWS operation that the rule calls, by its IAM action; the template's role allows these and no other.
/// </summary>
internal static class IamActions
{
    public const string ListKeys = "kms:ListKeys";
    public const string DescribeKey = "kms:DescribeKey";
    public const string GetKeyRotationStatus = "kms:GetKeyRotationStatus";

    /// <summary>Only with <c>exemptTagKey</c>.</summary>
    public const string ListResourceTags = "kms:ListResourceTags";

    /// <summary>Only with <c>rotationEvidence=require</c>, <c>onDemandRotation=count</c> or <c>importedKeys=evaluate</c>.</summary>
    public const string ListKeyRotations = "kms:ListKeyRotations";

    public const string PutEvaluations = "config:PutEvaluations";
    public const string GetResourceConfigHistory = "config:GetResourceConfigHistory";
    public const string GetComplianceDetailsByConfigRule = "config:GetComplianceDetailsByConfigRule";
    public const string DescribeStackResources = "cloudformation:DescribeStackResources";

    /// <summary>Only with <c>executionRoleName</c>.</summary>
    public const string AssumeRole = "sts:AssumeRole";

    public static readonly IReadOnlyList<string> Always =
    [
        ListKeys, DescribeKey, GetKeyRotationStatus,
        PutEvaluations, GetResourceConfigHistory, GetComplianceDetailsByConfigRule,
        DescribeStackResources,
    ];

    /// <summary>
    /// Requests per second that AWS KMS allows for all callers in the account and Region together.
    /// Source: AWS KMS Developer Guide, Request quotas.
    /// </summary>
    public static int? RequestQuota(string operation) => operation switch
    {
        // The audit also reads aliases and a key's last use.
        ListKeys or "kms:ListAliases" => 500,
        DescribeKey or ListResourceTags => 2000,
        "kms:GetKeyLastUsage" => 5,
        GetKeyRotationStatus => 1000,
        ListKeyRotations => 100,
        _ => null,
    };
}
