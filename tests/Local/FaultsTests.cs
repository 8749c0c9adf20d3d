using System.Net;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using KeyRotation.Local;

namespace KeyRotation.Tests.Local;

[TestFixture]
internal sealed class FaultsTests : LocalAwsFixture
{
    private AmazonKeyManagementServiceClient kms = null!;

    [SetUp]
    public void MakeClient() => kms = Client.Kms(Aws, Account);

    [TearDown]
    public void CloseClient() => kms.Dispose();

    private static IEnumerable<TestCaseData> Errors =>
    [
        new TestCaseData(Fault.Throttling, "ThrottlingException", HttpStatusCode.BadRequest).SetArgDisplayNames("throttling"),
        new TestCaseData(Fault.InternalFailure, "InternalFailure", HttpStatusCode.InternalServerError).SetArgDisplayNames("internal failure"),
        new TestCaseData(Fault.ServiceUnavailable, "ServiceUnavailable", HttpStatusCode.ServiceUnavailable).SetArgDisplayNames("service unavailable"),
        new TestCaseData(Fault.AccessDenied, "AccessDeniedException", HttpStatusCode.BadRequest).SetArgDisplayNames("access denied"),
        new TestCaseData(Fault.NotFound, "NotFoundException", HttpStatusCode.BadRequest).SetArgDisplayNames("not found"),
        new TestCaseData(new Fault.Error("TeapotException", "short and stout"), "TeapotException", HttpStatusCode.BadRequest).SetArgDisplayNames("any code"),
    ];

    [TestCaseSource(nameof(Errors))]
    public async Task A_fault_strikes_as_often_as_it_was_planned(Fault fault, string code, HttpStatusCode status)
    {
        Aws.Faults.Add("kms:ListKeys", fault, times: 2);

        using (Assert.EnterMultipleScope())
        {
            for (var time = 0; time < 2; time++)
            {
                Assert.That(
                    () => kms.ListKeysAsync(new ListKeysRequest()),
                    Throws.InstanceOf<AmazonServiceException>().With.Property("ErrorCode").EqualTo(code).And.Property("StatusCode").EqualTo(status));
            }

            Assert.That((await kms.ListKeysAsync(new ListKeysRequest())).HttpStatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(Aws.Calls.All.Select(call => call.Error), Is.EqualTo([code, code, null]));
        }
    }

    [Test]
    public async Task A_fault_can_be_of_one_key_and_for_good()
    {
        var (bad, good) = (Account.Put(LocalKey.Symmetric()), Account.Put(LocalKey.Symmetric()));
        Aws.Faults.Add("DescribeKey", Fault.AccessDenied, keyId: bad.KeyId);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((await kms.DescribeKeyAsync(Account.Arn(good.KeyId))).KeyMetadata.KeyId, Is.EqualTo(good.KeyId));
            for (var time = 0; time < 3; time++)
                Assert.That(() => kms.DescribeKeyAsync(Account.Arn(bad.KeyId)), Throws.InstanceOf<AmazonServiceException>());
            Assert.That(Aws.Calls.Count("DescribeKey", bad.KeyId), Is.EqualTo(3));
        }
    }

    [Test]
    public async Task A_listing_can_break_at_a_later_page()
    {
        Account.Put(Accounts.Keys(150));
        Aws.Faults.Add("ListKeys", Fault.InternalFailure, after: 1);
        var first = await kms.ListKeysAsync(new ListKeysRequest());

        Assert.That(() => kms.ListKeysAsync(new ListKeysRequest { Marker = first.NextMarker }), Throws.InstanceOf<AmazonServiceException>());
    }

    [Test]
    public void A_reset_connection_is_no_answer()
    {
        Aws.Faults.Add("ListKeys", Fault.ConnectionReset);

        Assert.That(() => kms.ListKeysAsync(new ListKeysRequest()), Throws.Exception.Not.InstanceOf<AmazonServiceException>());
    }

    [Test]
    public void A_timeout_lasts_until_the_client_gives_up()
    {
        Aws.Faults.Add("ListKeys", Fault.Timeout);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        Assert.That(() => kms.ListKeysAsync(new ListKeysRequest(), stop.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void A_malformed_body_cannot_be_read()
    {
        Aws.Faults.Add("ListKeys", Fault.MalformedBody);

        Assert.That(() => kms.ListKeysAsync(new ListKeysRequest()), Throws.Exception);
    }

    [Test]
    public async Task Requests_above_the_quota_are_throttled_until_it_has_filled_again()
    {
        Aws.Quotas.Set("kms:ListKeys", 5);
        var refused = 0;
        for (var request = 0; request < 8; request++)
        {
            try
            {
                await kms.ListKeysAsync(new ListKeysRequest());
            }
            catch (AmazonServiceException e) when (e.ErrorCode == "ThrottlingException")
            {
                refused++;
            }
        }

        Clock.Advance(TimeSpan.FromSeconds(1));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused, Is.EqualTo(3));
            Assert.That(Aws.Quotas.Throttled, Is.EqualTo(3));
            Assert.That((await kms.ListKeysAsync(new ListKeysRequest())).HttpStatusCode, Is.EqualTo(HttpStatusCode.OK));
        }
    }
}
