using Amazon.Runtime.Internal;

namespace Amazon.ConfigService.Internal;

/// <summary>What the pipeline calls the service by.</summary>
/// <remarks>Names and values: aws/aws-sdk-net, sdk/src/Services/ConfigService/Generated/Internal/AmazonConfigServiceMetadata.cs.</remarks>
internal sealed class AmazonConfigServiceMetadata : IServiceMetadata
{
    public string ServiceId => "Config Service";

    /// <summary>Operations whose .NET name is another one than AWS's; there are none.</summary>
    public IDictionary<string, string> OperationNameMapping { get; } = new Dictionary<string, string>();
}
