using System.Net;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using KeyRotation.Local;

namespace KeyRotation.Tests.Local;

[TestFixture]
internal sealed class FaultsTests : LocalAwsFixture
{
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
    public async Task Fault_occurs_as_often_as_planned(Fault fault, string code, HttpStatusCode status)
    {
        Aws.Faults.Add("kms:ListKeys", fault, times: 2);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => ListAsync(), ThrowsError(code).And.Property("StatusCode").EqualTo(status));
            Assert.That(await ErrorsAsync(2, ListAsync), Is.EqualTo([code, null]));
            Assert.That(Aws.Calls.All.Select(call => call.Error), Is.EqualTo([code, code, null]));
        }
    }

    [Test]
    public async Task Fault_can_be_permanent_for_one_key()
    {
        var (bad, good) = (Account.Put(LocalKey.Symmetric()), Account.Put(LocalKey.Symmetric()));
        Aws.Faults.Add("DescribeKey", Fault.AccessDenied, keyId: bad.KeyId);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await ErrorsAsync(1, () => DescribeAsync(good)), Has.All.Null);
            Assert.That(await ErrorsAsync(3, () => DescribeAsync(bad)), Is.All.EqualTo("AccessDeniedException"));
            Assert.That(Aws.Calls.Count("DescribeKey", bad.KeyId), Is.EqualTo(3));
        }
    }

    [Test]
    public async Task Fault_can_start_after_some_calls()
    {
        Aws.Faults.Add("ListKeys", Fault.InternalFailure, after: 1);

        Assert.That(await ErrorsAsync(3, ListAsync), Is.EqualTo([null, "InternalFailure", "InternalFailure"]));
    }

    [Test]
    public async Task Fault_can_occur_at_every_nth_request()
    {
        Aws.Faults.Add("ListKeys", Fault.Throttling, every: 3);

        Assert.That(
            await ErrorsAsync(7, ListAsync),
            Is.EqualTo([null, null, "ThrottlingException", null, null, "ThrottlingException", null]));
    }

    [Test]
    public async Task Fault_can_occur_once_for_each_key()
    {
        Aws.Faults.AddOncePerKey("kms:DescribeKey", Fault.InternalFailure);

        foreach (var key in new[] { Account.Put(LocalKey.Symmetric()), Account.Put(LocalKey.Symmetric()) })
            Assert.That(await ErrorsAsync(3, () => DescribeAsync(key)), Is.EqualTo(["InternalFailure", null, null]));
    }

    [Test]
    public void Connection_reset_is_not_a_service_error()
    {
        Aws.Faults.Add("ListKeys", Fault.ConnectionReset);

        Assert.That(() => ListAsync(), Throws.Exception.Not.InstanceOf<AmazonServiceException>());
    }

    [Test]
    public void Malformed_body_cannot_be_read()
    {
        Aws.Faults.Add("ListKeys", Fault.MalformedBody);

        Assert.That(() => ListAsync(), Throws.Exception);
    }

    [Test]
    public void Timeout_lasts_until_the_client_gives_up()
    {
        Aws.Faults.Add("ListKeys", Fault.Timeout);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        Assert.That(() => Kms.ListKeysAsync(new ListKeysRequest(), stop.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [TestCase("ListKeys")]
    [TestCase("AssumeRole")]
    public async Task Response_body_can_stop_after_its_start(string operation)
    {
        Aws.Faults.Add(operation, Fault.BodyStops);
        using var http = new HttpClient();
        using var request = operation == "ListKeys" ? Request("TrentService.ListKeys", "{}") : Request(null, $"Action={operation}");

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var body = await response.Content.ReadAsStreamAsync();
        var start = new byte[1000];
        var length = await body.ReadAsync(start);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(length, Is.Positive.And.LessThan(response.Content.Headers.ContentLength!.Value));
            Assert.That(async () => await body.ReadAsync(start, stop.Token), Throws.InstanceOf<OperationCanceledException>());
        }
    }

    [TestCase(HttpStatusCode.Forbidden)]
    [TestCase(HttpStatusCode.BadGateway)]
    public void HTML_page_has_the_given_status(HttpStatusCode status)
    {
        Aws.Faults.Add("ListKeys", Fault.HtmlPage(status));

        Assert.That(() => ListAsync(), Throws.Exception.With.Property("StatusCode").EqualTo(status));
    }

    [Test]
    public async Task Busiest_second_can_start_at_any_time()
    {
        foreach (var (milliseconds, calls) in new[] { (0, 1), (700, 3), (800, 1), (200, 4), (1000, 2) })
        {
            Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
            await ErrorsAsync(calls, ListAsync);
        }

        // The calls arrive at 0.0, 0.7, 1.5, 1.7 and 2.7 seconds. The busiest second starts at 1.5 and has 1 + 4 calls. The calls at 2.7
        // come a full second after those at 1.7, so no second has both.
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Aws.Calls.MostInAnySecond("kms:ListKeys"), Is.EqualTo(5));
            Assert.That(Aws.Calls.MostInAnySecond("DescribeKey"), Is.Zero);
        }
    }

    [Test]
    public async Task Requests_are_throttled_until_the_quota_refills()
    {
        Aws.Quotas.Set("kms:ListKeys", 5);
        var errors = await ErrorsAsync(8, ListAsync);
        Clock.Advance(TimeSpan.FromSeconds(1));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(errors, Is.EqualTo(Enumerable.Repeat<string?>(null, 5).Concat(Enumerable.Repeat("ThrottlingException", 3))));
            Assert.That(Aws.Quotas.Throttled, Is.EqualTo(3));
            Assert.That(await ErrorsAsync(1, ListAsync), Has.All.Null);
        }
    }

    private Task<ListKeysResponse> ListAsync() => Kms.ListKeysAsync(new ListKeysRequest());

    private Task<DescribeKeyResponse> DescribeAsync(LocalKey key) => Kms.DescribeKeyAsync(Account.Arn(key.KeyId));

    /// <returns>The error code of each call, in order; null if the call succeeded.</returns>
    private static async Task<List<string?>> ErrorsAsync(int calls, Func<Task> call)
    {
        var errors = new List<string?>();
        for (var number = 0; number < calls; number++)
        {
            try
            {
                await call();
                errors.Add(null);
            }
            catch (AmazonServiceException e)
            {
                errors.Add(e.ErrorCode);
            }
        }

        return errors;
    }
}
