namespace KeyRotation.Local;

/// <summary>Operations are named as in the API; their IAM actions, such as <c>kms:DescribeKey</c>, name them too.</summary>
internal static class Operation
{
    public static string NameOf(string operationOrAction) =>
        operationOrAction[(operationOrAction.IndexOf(':', StringComparison.Ordinal) + 1)..];
}
