using Amazon.Runtime;

namespace Amazon.CloudFormation;

// Names and values: aws/aws-sdk-net, sdk/src/Services/CloudFormation/Generated/ServiceEnumerations.cs. As there, a value that is not listed
// is kept as it came, and == compares values without case.

/// <summary>Statuses of resources that a stack no longer has.</summary>
internal sealed class ResourceStatus(string value) : ConstantClass(value)
{
    public static readonly ResourceStatus DELETE_COMPLETE = new("DELETE_COMPLETE");
    public static readonly ResourceStatus DELETE_SKIPPED = new("DELETE_SKIPPED");

    public static implicit operator ResourceStatus?(string? value) => value is null ? null : new(value);
}
