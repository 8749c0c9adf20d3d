using Amazon;
using Amazon.CloudFormation;
using KeyRotation.Local;

namespace KeyRotation.Tests.Local;

[TestFixture]
internal sealed class StackApiTests : LocalAwsFixture
{
    private AmazonCloudFormationClient cloudFormation = null!;

    [SetUp]
    public void MakeClient() => cloudFormation = new(
            Account.Credentials,
            new AmazonCloudFormationConfig
            {
                RegionEndpoint = RegionEndpoint.GetBySystemName(Account.Region),
                ServiceURL = Aws.Endpoint.ToString(),
                AuthenticationRegion = Account.Region,
                MaxErrorRetry = 0,
            });

    [TearDown]
    public void CloseClient() => cloudFormation.Dispose();

    [TestCase(false, 1)]
    [TestCase(true, 2)]
    public async Task The_stack_of_a_key_is_found_alone_or_whole(bool whole, int resources)
    {
        Aws.DescribesWholeStack = whole;
        var key = Account.Put(LocalKey.Symmetric() with { Stack = new("orders", "OrdersKey") });

        var answer = await cloudFormation.DescribeStackResourcesAsync(new() { PhysicalResourceId = key.KeyId });

        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.StackResources, Has.Count.EqualTo(resources));
            Assert.That(
                answer.StackResources!.Select(resource => (resource.StackName, resource.LogicalResourceId, resource.PhysicalResourceId)),
                Does.Contain(("orders", "OrdersKey", key.KeyId)));
        }
    }

    [TestCase("CREATE_COMPLETE", "AWS::KMS::Key")]
    [TestCase("DELETE_SKIPPED", "AWS::KMS::Key")]
    [TestCase("DELETE_COMPLETE", "AWS::KMS::ReplicaKey")]
    public async Task A_resource_has_its_status_and_type(string status, string type)
    {
        var key = Account.Put(LocalKey.Symmetric() with { Stack = new("orders", "OrdersKey", status, type) });

        using var http = new HttpClient();
        using var request = Client.Request(Aws, Account, null, $"Action=DescribeStackResources&PhysicalResourceId={key.KeyId}");
        using var response = await http.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();

        Assert.That(answer, Does.Contain($"<ResourceStatus>{status}</ResourceStatus>").And.Contain($"<ResourceType>{type}</ResourceType>"));
    }

    [Test]
    public void A_key_of_no_stack_is_a_validation_error()
    {
        var key = Account.Put(LocalKey.Symmetric());

        Assert.That(
            () => cloudFormation.DescribeStackResourcesAsync(new() { PhysicalResourceId = key.KeyId }),
            Throws.InstanceOf<AmazonCloudFormationException>().With.Property("ErrorCode").EqualTo("ValidationError").And.Message.EqualTo($"Stack for {key.KeyId} does not exist"));
    }
}
