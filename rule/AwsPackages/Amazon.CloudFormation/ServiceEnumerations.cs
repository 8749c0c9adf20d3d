using Amazon.Runtime;

namespace Amazon.CloudFormation;

// Names and values: aws/aws-sdk-net, sdk/src/Services/CloudFormation/Generated/ServiceEnumerations.cs. As there, an unlisted value is
// kept unchanged, and == ignores case.

/// <summary>Statuses of resources that a stack no longer contains.</summary>
internal sealed class ResourceStatus(string value) : ConstantClass(value)
{
    public static readonly ResourceStatus DELETE_COMPLETE = new("DELETE_COMPLETE");
    public static readonly ResourceStatus DELETE_SKIPPED = new("DELETE_SKIPPED");

    public static implicit operator ResourceStatus?(string? value) => value is null ? null : new(value);
}
