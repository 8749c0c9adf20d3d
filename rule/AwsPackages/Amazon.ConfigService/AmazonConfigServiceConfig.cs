using KeyRotation.AwsPackages;

namespace Amazon.ConfigService;

/// <summary>The client configuration of AWS Config.</summary>
/// <remarks>Names and values: aws/aws-sdk-net, sdk/src/Services/ConfigService/Generated/AmazonConfigServiceConfig.cs.</remarks>
internal sealed class AmazonConfigServiceConfig() : RegionalConfig("Config Service", "config", "2014-11-12");
