using System.Net.Sockets;
using System.Security.Authentication;

namespace KeyRotation.Tests.Aws;

/// <summary>Each network failure, as .NET reports it. The tests in EndToEnd cause those that can occur on this machine.</summary>
internal sealed class NetworkExceptionTests
{
    private static IEnumerable<TestCaseData<Exception, string, Repeat>> Failures()
    {
        yield return new(Http(HttpRequestError.NameResolutionError), "the host name cannot be resolved", Repeat.FewTimes);
        yield return new(
            Http(HttpRequestError.SecureConnectionError, new AuthenticationException("untrusted.")),
            "the TLS certificate is not trusted (untrusted)",
            Repeat.Never);
        yield return new(Http(HttpRequestError.ProxyTunnelError), "the proxy did not let the request through (failed)", Repeat.FewTimes);
        yield return new(Http(HttpRequestError.ConfigurationLimitExceeded), "the response is longer than any response from AWS", Repeat.Never);
        yield return new(OfSocket(SocketError.ConnectionRefused), "the connection was refused", Repeat.FewTimes);
        yield return new(OfSocket(SocketError.HostUnreachable), "there is no route to the host", Repeat.FewTimes);
        yield return new(OfSocket(SocketError.NetworkUnreachable), "there is no route to the host", Repeat.FewTimes);
        yield return new(OfSocket(SocketError.ConnectionReset), "the connection ended before the response was complete", Repeat.WhileThereIsTime);
        yield return new(new TaskCanceledException("", new TimeoutException()), "no connection could be made in time", Repeat.WhileThereIsTime);
        yield return new(Http(HttpRequestError.ConnectionError, new TimeoutException()), "no connection could be made in time", Repeat.WhileThereIsTime);
        yield return new(new TaskCanceledException(), "no complete response within 2.5 seconds", Repeat.WhileThereIsTime);
        yield return new(new IOException(), "the connection ended before the response was complete", Repeat.WhileThereIsTime);
    }

    [TestCaseSource(nameof(Failures))]
    public void Failure_names_the_host_and_says_whether_to_retry(Exception exception, string what, Repeat repeat)
    {
        var failure = NetworkException.Of(exception, "kms.test", TimeSpan.FromSeconds(2.5));
        Assert.That((failure?.Message, failure?.Repeat), Is.EqualTo(($"kms.test: {what}", repeat)));
    }

    [Test]
    public void Other_exception_is_not_a_network_failure() =>
        Assert.That(NetworkException.Of(new InvalidOperationException(), "kms.test", TimeSpan.Zero), Is.Null);

    private static HttpRequestException OfSocket(SocketError error) =>
        Http(HttpRequestError.ConnectionError, new SocketException((int)error));

    private static HttpRequestException Http(HttpRequestError error, Exception? inner = null) => new(error, "failed.", inner);
}
