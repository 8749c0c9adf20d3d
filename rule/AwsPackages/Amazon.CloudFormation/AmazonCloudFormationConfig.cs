using KeyRotation.AwsPackages;

namespace Amazon.CloudFormation;

/// <summary>The client configuration of CloudFormation.</summary>
/// <remarks>Names and values: aws/aws-sdk-net, sdk/src/Services/CloudFormation/Generated/AmazonCloudFormationConfig.cs.</remarks>
internal sealed class AmazonCloudFormationConfig() : RegionalConfig("CloudFormation", "cloudformation", "2010-05-15");
