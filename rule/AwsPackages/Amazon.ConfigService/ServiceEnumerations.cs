using Amazon.Runtime;

namespace Amazon.ConfigService;

// Names and values: aws/aws-sdk-net, sdk/src/Services/ConfigService/Generated/ServiceEnumerations.cs. As there, an unlisted value is
// kept unchanged, and == ignores case.

/// <summary>A compliance type.</summary>
internal sealed class ComplianceType(string value) : ConstantClass(value)
{
    public static readonly ComplianceType COMPLIANT = new("COMPLIANT");
    public static readonly ComplianceType NON_COMPLIANT = new("NON_COMPLIANT");
    public static readonly ComplianceType NOT_APPLICABLE = new("NOT_APPLICABLE");

    public static implicit operator ComplianceType?(string? value) => value is null ? null : new(value);
}

/// <summary>What happened to the resource of a configuration item.</summary>
internal sealed class ConfigurationItemStatus(string value) : ConstantClass(value)
{
    public static implicit operator ConfigurationItemStatus?(string? value) => value is null ? null : new(value);
}

/// <summary>A type of resource that AWS Config records.</summary>
internal sealed class ResourceType(string value) : ConstantClass(value)
{
    public static readonly ResourceType AWSKMSKey = new("AWS::KMS::Key");

    public static implicit operator ResourceType?(string? value) => value is null ? null : new(value);
}
