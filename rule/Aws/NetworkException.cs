using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace KeyRotation.Aws;

/// <summary>How often a call is worth retrying.</summary>
internal enum Repeat
{
    /// <summary>A retry would fail the same way.</summary>
    Never,

    /// <summary>The cause is probably a setting, and perhaps a transient fault.</summary>
    FewTimes,

    /// <summary>The fault is transient.</summary>
    WhileThereIsTime,
}

/// <summary>A call that got no response from AWS: the network, or something in it, did not let it through.</summary>
/// <param name="host">The host that was called.</param>
/// <param name="what">What failed, as the end of a sentence.</param>
internal sealed class NetworkException(string host, string what, Repeat repeat, Exception? inner = null) : IOException($"{host}: {what}", inner)
{
    public Repeat Repeat => repeat;

    /// <summary>Null if the exception is not a failure of the network.</summary>
    public static NetworkException? Of(Exception exception, string host, TimeSpan timeout) => exception switch
    {
        NetworkException network => network,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } e =>
            new(host, "the host name cannot be resolved", Repeat.FewTimes, e),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: AuthenticationException inner } =>
            new(host, $"the TLS certificate is not trusted ({inner.Message.TrimEnd('.')})", Repeat.Never, exception),
        HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } e =>
            new(host, $"the proxy did not let the request through ({e.Message.TrimEnd('.')})", Repeat.FewTimes, e),
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } e =>
            new(host, "the response is longer than any response from AWS", Repeat.Never, e),
        HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } e =>
            new(host, "the connection was refused", Repeat.FewTimes, e),
        HttpRequestException { InnerException: SocketException { SocketErrorCode: var error } }
            when error is SocketError.HostUnreachable or SocketError.NetworkUnreachable =>
            new(host, "there is no route to the host", Repeat.FewTimes, exception),
        OperationCanceledException { InnerException: TimeoutException } or HttpRequestException { InnerException: TimeoutException } =>
            new(host, "no connection could be made in time", Repeat.WhileThereIsTime, exception),
        OperationCanceledException e =>
            new(host, $"no complete response within {timeout.TotalSeconds:0.#} seconds", Repeat.WhileThereIsTime, e),
        HttpRequestException or IOException =>
            new(host, "the connection ended before the response was complete", Repeat.WhileThereIsTime, exception),
        _ => null,
    };

    /// <summary>AWS responds in JSON or XML. An HTML page comes from a proxy or a captive portal.</summary>
    public static NetworkException OfPage(string host, HttpStatusCode status) =>
        new(host, $"HTTP status {(int)status} with an HTML page, which is not a response from AWS", (int)status >= 500 ? Repeat.WhileThereIsTime : Repeat.Never);
}
