using System.Text;

namespace KeyRotation.Local;

/// <summary>AWS CloudFormation: which stack holds a key.</summary>
/// <remarks>Read from the AWS CloudFormation API Reference, DescribeStackResources.</remarks>
internal static class StackApi
{
    private const string Namespace = "http://cloudformation.amazonaws.com/doc/2010-05-15/";

    public static string Answer(LocalAws aws, LocalAccount account, Dictionary<string, string> form)
    {
        if (form["Action"] != "DescribeStackResources") throw new AwsError("InvalidAction", $"The local AWS does not have cloudformation:{form["Action"]}.");
        if (form.GetValueOrDefault("PhysicalResourceId") is not { Length: > 0 } id)
            throw new AwsError("ValidationError", "Either StackName or PhysicalResourceId must be specified");
        if (account.Find(id) is not { Stack: { } stack } key) throw new AwsError("ValidationError", $"Stack for {id} does not exist");

        var resources = new StringBuilder();
        if (aws.DescribesWholeStack)
        {
            Append(new(stack.StackName, stack.LogicalResourceId + "Role", ResourceType: "AWS::IAM::Role"), $"{stack.StackName}-role");
            foreach (var other in account.Keys.Where(other => other.Stack?.StackName == stack.StackName && other.KeyId != id).Take(50))
                Append(other.Stack!, other.KeyId);
        }

        Append(stack, key.KeyId);
        return $"<DescribeStackResourcesResponse xmlns=\"{Namespace}\"><DescribeStackResourcesResult><StackResources>{resources}</StackResources></DescribeStackResourcesResult>"
            + $"<ResponseMetadata><RequestId>{Reply.NewRequestId()}</RequestId></ResponseMetadata></DescribeStackResourcesResponse>";

        void Append(LocalStack resource, string physicalId) => resources.Append(
            $"<member><StackName>{Reply.Escaped(stack.StackName)}</StackName>"
            + $"<StackId>arn:{account.Partition}:cloudformation:{account.Region}:{account.Id}:stack/{Reply.Escaped(stack.StackName)}/1a2b3c4d</StackId>"
            + $"<LogicalResourceId>{Reply.Escaped(resource.LogicalResourceId)}</LogicalResourceId>"
            + $"<PhysicalResourceId>{Reply.Escaped(physicalId)}</PhysicalResourceId>"
            + $"<ResourceType>{resource.ResourceType}</ResourceType><Timestamp>2025-01-01T00:00:00Z</Timestamp>"
            + $"<ResourceStatus>{resource.Status}</ResourceStatus></member>");
    }
}
