using System.Net;
using Amazon.CloudFormation;
using Amazon.Runtime;
using KeyRotation.Local;
using KeyRotation.Tests.Local;

namespace KeyRotation.Tests.Aws;

/// <summary>The rule's own CloudFormation client.</summary>
internal sealed class CloudFormationClientTests : LocalAwsFixture
{
    private AmazonCloudFormationClient cloudFormation = null!;

    [SetUp]
    public void StartClient() => cloudFormation = new Clients(Aws.Endpoint, Account.Credentials).CloudFormation();

    [TearDown]
    public void StopClient() => cloudFormation.Dispose();

    [TestCase(false, 1)]
    [TestCase(true, 3)]
    public async Task Resource_is_read_with_every_member(bool wholeStack, int count)
    {
        Aws.DescribesWholeStack = wholeStack;
        Account.Put(LocalKey.Symmetric() with { Stack = new("a & b <stack>", "OtherKey") });
        var key = Account.Put(LocalKey.Symmetric() with { Stack = new("a & b <stack>", "Key") });

        var response = await cloudFormation.DescribeStackResourcesAsync(new() { PhysicalResourceId = key.KeyId });

        var resource = response.StackResources!.Single(one => one.PhysicalResourceId == key.KeyId);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.StackResources, Has.Count.EqualTo(count));
            Assert.That((resource.StackName, resource.LogicalResourceId, resource.ResourceType), Is.EqualTo(("a & b <stack>", "Key", "AWS::KMS::Key")));
            Assert.That(response.ResponseMetadata.RequestId, Is.Not.Empty);
        }
    }

    [TestCase("ValidationError", ExpectedResult = "ValidationError")]
    [TestCase("AccessDeniedException", ExpectedResult = "AccessDenied")]
    [TestCase("AnErrorOfTomorrow", ExpectedResult = "AnErrorOfTomorrow")]
    public string? Error_is_read_with_its_code(string code)
    {
        Aws.Faults.Add("DescribeStackResources", new Fault.Error(code, "why"));

        var thrown = Assert.ThrowsAsync<AmazonCloudFormationException>(
            () => cloudFormation.DescribeStackResourcesAsync(new() { PhysicalResourceId = "a" }));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                (thrown!.Message, thrown.StatusCode, thrown.ErrorType),
                Is.EqualTo(("why", HttpStatusCode.BadRequest, ErrorType.Sender)));
            Assert.That(thrown.RequestId, Is.Not.Empty);
        }

        return thrown.ErrorCode;
    }
}
