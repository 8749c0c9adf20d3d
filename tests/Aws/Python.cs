using KeyRotation.Tests.Deployment;

namespace KeyRotation.Tests.Aws;

/// <summary>The scripts of this folder, which hold the clients against AWS's own service models as botocore has them.</summary>
internal static class Python
{
    public static readonly Tool Botocore = new("python3", "-c", "import boto3, botocore");

    public static string Run(string script, string input, params string[] arguments) => Botocore.Run(input, [Path.Combine(Repository.Root, "tests", "Aws", script), .. arguments]);
}
