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
    public async Task A_fault_strikes_as_often_as_it_was_planned(Fault fault, string code, HttpStatusCode status)
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
    public async Task A_fault_can_be_of_one_key_and_for_good()
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
    public async Task A_fault_can_strike_after_some_calls()
    {
        Aws.Faults.Add("ListKeys", Fault.InternalFailure, after: 1);

        Assert.That(await ErrorsAsync(3, ListAsync), Is.EqualTo([null, "InternalFailure", "InternalFailure"]));
    }

    [Test]
    public async Task A_fault_can_strike_a_share_of_the_requests()
    {
        Aws.Faults.Add("ListKeys", Fault.Throttling, every: 3);

        Assert.That(
            await ErrorsAsync(7, ListAsync),
            Is.EqualTo([null, null, "ThrottlingException", null, null, "ThrottlingException", null]));
    }

    [Test]
    public async Task A_fault_can_strike_each_key_once()
    {
        Aws.Faults.AddOncePerKey("kms:DescribeKey", Fault.InternalFailure);

        foreach (var key in new[] { Account.Put(LocalKey.Symmetric()), Account.Put(LocalKey.Symmetric()) })
            Assert.That(await ErrorsAsync(3, () => DescribeAsync(key)), Is.EqualTo(["InternalFailure", null, null]));
    }

    [Test]
    public void A_reset_connection_is_no_answer()
    {
        Aws.Faults.Add("ListKeys", Fault.ConnectionReset);

        Assert.That(() => ListAsync(), Throws.Exception.Not.InstanceOf<AmazonServiceException>());
    }

    [Test]
    public void A_malformed_body_cannot_be_read()
    {
        Aws.Faults.Add("ListKeys", Fault.MalformedBody);

        Assert.That(() => ListAsync(), Throws.Exception);
    }

    [Test]
    public void A_timeout_lasts_until_the_client_gives_up()
    {
        Aws.Faults.Add("ListKeys", Fault.Timeout);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        Assert.That(() => Kms.ListKeysAsync(new ListKeysRequest(), stop.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [TestCase("ListKeys")]
    [TestCase("AssumeRole")]
    public async Task A_body_can_stop_after_its_start(string operation)
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
    public void A_proxy_can_answer_with_a_page(HttpStatusCode status)
    {
        Aws.Faults.Add("ListKeys", Fault.HtmlPage(status));

        Assert.That(() => ListAsync(), Throws.Exception.With.Property("StatusCode").EqualTo(status));
    }

    [Test]
    public async Task The_busiest_second_is_counted_wherever_it_starts()
    {
        foreach (var (milliseconds, calls) in new[] { (0, 1), (700, 3), (800, 1), (200, 4), (1000, 2) })
        {
            Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
            await ErrorsAsync(calls, ListAsync);
        }

        // At 0.0, 0.7, 1.5, 1.7 and 2.7 seconds. The busiest second starts at 1.5 with 1 + 4; those of 2.7 are a whole second after 1.7.
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Aws.Calls.MostInAnySecond("kms:ListKeys"), Is.EqualTo(5));
            Assert.That(Aws.Calls.MostInAnySecond("DescribeKey"), Is.Zero);
        }
    }

    [Test]
    public async Task Requests_above_the_quota_are_throttled_until_it_has_filled_again()
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

    /// <returns>The error code of each call in turn; null where it succeeded.</returns>
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
