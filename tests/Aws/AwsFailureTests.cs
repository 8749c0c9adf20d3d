using System.Text.Json;
using System.Xml;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using Amazon.SecurityToken.Model;
using KeyRotation.Core;
using KeyRotation.Local;

namespace KeyRotation.Tests.Aws;

/// <summary>A call that failed is told from a bug of ours, whatever way the SDK has to say it.</summary>
internal sealed class AwsFailureTests
{
    private static IEnumerable<TestCaseData<Exception, ReadFailure?>> Exceptions()
    {
        yield return new(Answered("ThrottlingException"), new("ThrottlingException"));
        yield return new(Answered("AccessDeniedException"), new("AccessDeniedException", AccessDenied: true));
        yield return new(Answered("AccessDenied"), new("AccessDenied", AccessDenied: true));
        yield return new(Answered(null), new("AmazonServiceException"));
        yield return new(Answered(""), new("AmazonServiceException"));
        yield return new(new AmazonClientException("no answer"), new("AmazonClientException"));
        yield return new(new AmazonUnmarshallingException("request-1", "body", new JsonException(), System.Net.HttpStatusCode.OK), new("AmazonUnmarshallingException"));
        yield return new(new HttpRequestException("refused"), new("HttpRequestException"));
        yield return new(new IOException("reset"), new("IOException"));
        yield return new(new TimeoutException(), new("TimeoutException"));
        yield return new(new TaskCanceledException(), new("TaskCanceledException"));
        yield return new(new JsonException(), new("JsonException"));
        yield return new(new XmlException(), new("XmlException"));
        yield return new(new InvalidOperationException("a bug"), null);
        yield return new(new KeyNotFoundException(), null);
        yield return new(new ProblemException(ProblemNumber.EventField, "ours"), null);
    }

    [TestCaseSource(nameof(Exceptions))]
    public void A_failed_call_has_a_cause_and_a_bug_has_none(Exception exception, object? cause) =>
        Assert.That(AwsFailure.CauseOf(exception, CancellationToken.None), Is.EqualTo(cause));

    [Test]
    public void Our_own_time_that_ran_out_is_no_failure_of_AWS() =>
        Assert.That(AwsFailure.CauseOf(new TaskCanceledException(), new CancellationToken(canceled: true)), Is.Null);

    [Test]
    public void Of_an_error_of_AWS_only_a_denial_is_quoted()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(AwsFailure.MessageOf(Answered("AccessDeniedException")), Is.EqualTo("AccessDeniedException: in AWS's words"));
            Assert.That(AwsFailure.MessageOf(Answered("InvalidSignatureException")), Is.EqualTo("AWS answered InvalidSignatureException, HTTP status 400, request id request-1."));
            Assert.That(AwsFailure.MessageOf(new AmazonServiceException("secret")), Is.EqualTo("AWS answered no error code, HTTP status 0, request id none."));
            Assert.That(AwsFailure.MessageOf(new InvalidOperationException("a bug")), Is.EqualTo("a bug"));
        }
    }

    [TestCase("ListKeys")]
    [TestCase("DescribeKey")]
    [TestCase("GetKeyRotationStatus")]
    [TestCase("ListResourceTags")]
    [TestCase("AssumeRole")]
    public async Task An_answer_that_is_cut_off_is_a_failed_call(string operation)
    {
        var account = new LocalAccount();
        await using var aws = await LocalAws.StartAsync(account);
        aws.Faults.Add(operation, Fault.MalformedBody);

        var thrown = Assert.CatchAsync(() => CallAsync(operation, new Clients(aws.Endpoint, account.Credentials)));

        Assert.That(AwsFailure.CauseOf(thrown, CancellationToken.None), Is.Not.Null, $"{thrown}");
    }

    private static async Task CallAsync(string operation, Clients clients)
    {
        using var kms = clients.Kms();
        using var sts = clients.Sts();
        _ = operation switch
        {
            "ListKeys" => (object)await kms.ListKeysAsync(new ListKeysRequest()),
            "DescribeKey" => await kms.DescribeKeyAsync(new DescribeKeyRequest { KeyId = "k" }),
            "GetKeyRotationStatus" => await kms.GetKeyRotationStatusAsync(new GetKeyRotationStatusRequest { KeyId = "k" }),
            "ListResourceTags" => await kms.ListResourceTagsAsync(new ListResourceTagsRequest { KeyId = "k" }),
            _ => await sts.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = "arn:aws:iam::111122223333:role/reader", RoleSessionName = "test" }),
        };
    }

    private static AmazonServiceException Answered(string? code) =>
        new("in AWS's words", null, ErrorType.Sender, code, "request-1", System.Net.HttpStatusCode.BadRequest);
}
