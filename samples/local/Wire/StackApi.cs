namespace KeyRotation.Local;

/// <summary>AWS CloudFormation: the stack that a key belongs to.</summary>
/// <remarks>Source: AWS CloudFormation API Reference, DescribeStackResources.</remarks>
internal static class StackApi
{
    private const string Namespace = "http://cloudformation.amazonaws.com/doc/2010-05-15/";

    public static string Answer(LocalAws aws, LocalAccount account, Call call)
    {
        if (call.Operation != "DescribeStackResources")
            throw new AwsError("InvalidAction", $"The local AWS does not support cloudformation:{call.Operation}.");
        if (call.Form!.GetValueOrDefault("PhysicalResourceId") is not { Length: > 0 } id)
            throw new AwsError("ValidationError", "Either StackName or PhysicalResourceId must be specified");
        if (account.Find(id) is not { Stack: { } stack }) throw new AwsError("ValidationError", $"Stack for {id} does not exist");

        var resources = Resource(account, stack, id);
        if (aws.DescribesWholeStack)
        {
            var others = account.Keys.Where(other => other.Stack?.StackName == stack.StackName && other.KeyId != id).Take(50);
            resources = Resource(account, new(stack.StackName, stack.LogicalResourceId + "Role", ResourceType: "AWS::IAM::Role"), $"{stack.StackName}-role")
                + string.Concat(others.Select(other => Resource(account, other.Stack!, other.KeyId)))
                + resources;
        }

        return Reply.Xml(Namespace, call.Operation, $"<StackResources>{resources}</StackResources>");
    }

    private static string Resource(LocalAccount account, LocalStack stack, string physicalId) =>
        $"<member><StackName>{Reply.Escaped(stack.StackName)}</StackName>"
        + $"<StackId>arn:{account.Partition}:cloudformation:{account.Region}:{account.Id}:stack/{Reply.Escaped(stack.StackName)}/1a2b3c4d</StackId>"
        + $"<LogicalResourceId>{Reply.Escaped(stack.LogicalResourceId)}</LogicalResourceId>"
        + $"<PhysicalResourceId>{Reply.Escaped(physicalId)}</PhysicalResourceId>"
        + $"<ResourceType>{stack.ResourceType}</ResourceType><Timestamp>2025-01-01T00:00:00Z</Timestamp>"
        + $"<ResourceStatus>{stack.Status}</ResourceStatus></member>";
}
