using System.Net;
using System.Text.Json;
using System.Xml;
using Amazon.Runtime;

namespace KeyRotation.Tests.Aws;

/// <summary>A failed call is distinguished from a bug, whichever exception reports it.</summary>
internal sealed class AwsFailureTests
{
    private static IEnumerable<TestCaseData<Exception, bool, bool>> Exceptions()
    {
        yield return new(Answered("AccessDeniedException"), true, true);
        yield return new(Answered("KMSInvalidStateException"), true, true);
        yield return new(Answered(null), true, false);
        yield return new(Answered(""), true, false);
        yield return new(Answered("ExpiredTokenException"), true, false);
        yield return new(Answered("UnrecognizedClientException"), true, false);
        yield return new(Answered("InternalFailure", HttpStatusCode.InternalServerError), true, false);
        yield return new(new AmazonClientException("no answer"), true, false);
        yield return new(new AmazonUnmarshallingException("request-1", "body", new JsonException(), HttpStatusCode.OK), true, false);
        yield return new(NetworkException.OfPage("kms.test", HttpStatusCode.Forbidden), true, false);
        yield return new(new HttpRequestException("refused"), true, false);
        yield return new(new IOException("reset"), true, false);
        yield return new(new TimeoutException(), true, false);
        yield return new(new TaskCanceledException(), true, false);
        yield return new(new JsonException(), true, false);
        yield return new(new XmlException(), true, false);
        yield return new(new InvalidOperationException("a bug"), false, false);
        yield return new(new KeyNotFoundException(), false, false);
        yield return new(new ProblemException(ProblemNumber.EventField, "ours"), false, false);
    }

    [TestCaseSource(nameof(Exceptions))]
    public void Refusals_failed_calls_and_bugs_are_distinguished(Exception exception, bool isFailedCall, bool isRefusal)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(AwsFailure.IsFailedCall(exception), Is.EqualTo(isFailedCall));
            Assert.That(AwsFailure.IsRefusal(exception), Is.EqualTo(isRefusal));
            Assert.That(AwsFailure.RefusalOf(exception, "DescribeKey") is not null, Is.EqualTo(isRefusal));
        }
    }

    [TestCase("ExpiredToken")]
    [TestCase("ExpiredTokenException")]
    [TestCase("IncompleteSignature")]
    [TestCase("InvalidClientTokenId")]
    [TestCase("InvalidSignatureException")]
    [TestCase("MissingAuthenticationToken")]
    [TestCase("MissingAuthenticationTokenException")]
    [TestCase("OptInRequired")]
    [TestCase("RequestExpired")]
    [TestCase("SignatureDoesNotMatch")]
    [TestCase("UnrecognizedClientException")]
    public void Error_about_the_caller_says_nothing_about_a_key(string code)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(AwsFailure.IsAboutTheCaller(Answered(code)));
            Assert.That(AwsFailure.IsRefusal(Answered(code)), Is.False);
        }
    }

    private static IEnumerable<TestCaseData<Exception, bool>> Transient()
    {
        yield return new(Answered("ExpiredToken"), true);
        yield return new(Answered("ExpiredTokenException"), true);
        yield return new(Answered("ThrottlingException"), true);
        yield return new(Answered("InternalFailure", HttpStatusCode.InternalServerError), true);
        yield return new(new AmazonUnmarshallingException("request-1", "body", new JsonException(), HttpStatusCode.OK), true);
        yield return new(NetworkException.OfPage("kms.test", HttpStatusCode.InternalServerError), true);
        yield return new(new HttpRequestException("refused"), true);
        yield return new(new IOException("reset"), true);
        yield return new(new TimeoutException(), true);
        yield return new(new JsonException(), true);
        yield return new(new XmlException(), true);
        yield return new(NetworkException.OfPage("kms.test", HttpStatusCode.Forbidden), false);
        yield return new(Answered("AccessDeniedException"), false);
        yield return new(Answered("SignatureDoesNotMatch"), false);
        yield return new(new TaskCanceledException(), false);
        yield return new(new InvalidOperationException("a bug"), false);
    }

    [TestCaseSource(nameof(Transient))]
    public void Transient_failures_are_distinguished(Exception exception, bool isTransient) =>
        Assert.That(AwsFailure.IsTransient(exception), Is.EqualTo(isTransient));

    [Test]
    public void Denial_quotes_the_AWS_message() => Assert.That(
        AwsFailure.RefusalOf(Answered("AccessDeniedException"), "DescribeKey"),
        Is.EqualTo(new ReadFailure("AccessDeniedException", AccessDenied: true, "DescribeKey: AccessDeniedException: in AWS's words")));

    /// <summary>Half of a surrogate pair cannot be written to the log.</summary>
    [Test]
    public void Long_denial_is_truncated_between_characters()
    {
        var message = AwsFailure.MessageOf(new AmazonServiceException(
            new string('x', 600 - "AccessDenied: ".Length - 2) + "🔑🔑", null, ErrorType.Sender, "AccessDenied", "request-1", HttpStatusCode.Forbidden));
        Assert.That(message, Has.Length.EqualTo(599).And.EndsWith("x…"));
    }

    [Test]
    public void Incomplete_list_has_a_cause()
    {
        var passed = new CancellationToken(canceled: true);
        var waited = new OutOfTimeException("ListKeys: AWS returned ThrottlingException", Answered("ThrottlingException"), passed);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Sentence(new TaskCanceledException(), passed), Is.EqualTo("time ran out"));
            Assert.That(Sentence(waited, passed), Is.EqualTo("time ran out; the last attempt: ListKeys: AWS returned ThrottlingException"));
            Assert.That(Sentence(new ProblemException(ProblemNumber.RoleCannotBeAssumed, "no role")), Is.EqualTo("KR09: no role"));
            Assert.That(AwsFailure.ReadFailureOf(Answered("ValidationException"), default)?.Cause, Is.EqualTo("ValidationException"));
            Assert.That(AwsFailure.ReadFailureOf(Answered(""), default)?.Cause, Is.EqualTo(nameof(AmazonServiceException)));
            Assert.That(Sentence(NetworkException.OfPage("kms.test", HttpStatusCode.Forbidden)), Does.StartWith("kms.test: HTTP status 403"));
            Assert.That(AwsFailure.ReadFailureOf(new InvalidOperationException("a bug"), default), Is.Null);
        }

        static string? Sentence(Exception exception, CancellationToken stop = default) =>
            AwsFailure.ReadFailureOf(exception, stop)?.Sentence;
    }

    [Test]
    public void Only_a_denial_is_quoted()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(AwsFailure.MessageOf(Answered("AccessDeniedException")), Is.EqualTo("AccessDeniedException: in AWS's words"));
            Assert.That(AwsFailure.MessageOf(Answered("InvalidSignatureException")), Is.EqualTo("AWS returned InvalidSignatureException, HTTP status 400, request ID request-1."));
            Assert.That(AwsFailure.MessageOf(new AmazonServiceException("secret")), Is.EqualTo("AWS returned no error code, HTTP status 0, request ID none."));
            Assert.That(AwsFailure.MessageOf(new AmazonUnmarshallingException("r", "secret", new JsonException())), Is.EqualTo("AWS returned a body that is not valid JSON or XML."));
            Assert.That(AwsFailure.MessageOf(new TaskCanceledException()), Is.EqualTo("There was no response in time."));
            Assert.That(AwsFailure.MessageOf(new OutOfTimeException("ListKeys: throttled", new IOException(), default)), Is.EqualTo("ListKeys: throttled"));
            Assert.That(AwsFailure.MessageOf(new InvalidOperationException("a bug")), Is.EqualTo("a bug"));
        }
    }

    private static AmazonServiceException Answered(string? code, HttpStatusCode status = HttpStatusCode.BadRequest) =>
        new("in AWS's words", null, ErrorType.Sender, code, "request-1", status);
}
