namespace KeyRotation.Local;

/// <summary>Operation names are those of the API. An IAM action, such as <c>kms:DescribeKey</c>, is accepted too.</summary>
internal static class Operation
{
    public static string NameOf(string operationOrAction) =>
        operationOrAction[(operationOrAction.IndexOf(':', StringComparison.Ordinal) + 1)..];
}
