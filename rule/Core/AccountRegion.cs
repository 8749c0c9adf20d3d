namespace KeyRotation.Core;

/// <summary>One account in one Region of a partition, and the ARNs in it.</summary>
internal sealed record AccountRegion(string Partition, string Region, string AccountId)
{
    public string KeyArn(string keyId) => $"arn:{Partition}:kms:{Region}:{AccountId}:key/{keyId}";

    /// <param name="roleName">The role name, with its path.</param>
    public string RoleArn(string roleName) => $"arn:{Partition}:iam::{AccountId}:role/{roleName}";
}
