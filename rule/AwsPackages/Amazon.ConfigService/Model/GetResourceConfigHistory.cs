using Amazon.Runtime;

namespace Amazon.ConfigService.Model;

// Names and types: aws/aws-sdk-net, sdk/src/Services/ConfigService/Generated/Model/. As in version 4 of the SDK, a value or a map that was
// not set or not returned is null.

/// <summary>Requests the configuration items of one resource, newest first by default.</summary>
internal sealed class GetResourceConfigHistoryRequest : AmazonWebServiceRequest
{
    public int? Limit { get; set; }

    public string? ResourceId { get; set; }

    public ResourceType? ResourceType { get; set; }
}

internal sealed class GetResourceConfigHistoryResponse : AmazonWebServiceResponse
{
    public List<ConfigurationItem>? ConfigurationItems { get; set; }
}

/// <summary>One recorded state of a resource. Configuration, and each value of SupplementaryConfiguration, is JSON text.</summary>
internal sealed class ConfigurationItem
{
    public string? Configuration { get; set; }

    public DateTime? ConfigurationItemCaptureTime { get; set; }

    public DateTime? ConfigurationItemDeliveryTime { get; set; }

    public ConfigurationItemStatus? ConfigurationItemStatus { get; set; }

    public Dictionary<string, string?>? SupplementaryConfiguration { get; set; }
}
