using Amazon.Runtime.Internal;

namespace Amazon.CloudFormation.Internal;

/// <summary>What the pipeline calls the service by.</summary>
/// <remarks>Names and values: aws/aws-sdk-net, sdk/src/Services/CloudFormation/Generated/Internal/AmazonCloudFormationMetadata.cs.</remarks>
internal sealed class AmazonCloudFormationMetadata : IServiceMetadata
{
    public string ServiceId => "CloudFormation";

    /// <summary>Operations whose .NET name is another one than AWS's; there are none.</summary>
    public IDictionary<string, string> OperationNameMapping { get; } = new Dictionary<string, string>();
}
