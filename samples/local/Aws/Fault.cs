using System.Net;

namespace KeyRotation.Local;

/// <summary>A fault that replaces the response to a request.</summary>
internal abstract record Fault
{
    /// <summary>The same error as for a request above the operation's quota.</summary>
    public static Fault Throttling { get; } = new Error("ThrottlingException", "Rate exceeded");

    public static Fault AccessDenied { get; } = new Error("AccessDeniedException", "User is not authorized to perform this operation.");

    public static Fault NotFound { get; } = new Error("NotFoundException", "The key does not exist.");

    public static Fault InternalFailure { get; } = new Error(
        "InternalFailure",
        "The request processing has failed because of an unknown error.",
        HttpStatusCode.InternalServerError);

    public static Fault ServiceUnavailable { get; } = new Error(
        "ServiceUnavailable",
        "The request has failed due to a temporary failure of the server.",
        HttpStatusCode.ServiceUnavailable);

    /// <summary>No response until the client gives up.</summary>
    public static Fault Timeout { get; } = new NoResponse();

    public static Fault ConnectionReset { get; } = new Reset();

    /// <summary>Status 200, and a truncated body.</summary>
    public static Fault MalformedBody { get; } = new Malformed();

    /// <summary>Status 200, and a body that stops before its Content-Length. The connection stays open until the client gives up.</summary>
    public static Fault BodyStops { get; } = new Stopped();

    /// <summary>An HTML page, such as a proxy between client and AWS returns.</summary>
    public static Fault HtmlPage(HttpStatusCode status) => new Page(status);

    /// <summary>Status 200 with this body, for any operation.</summary>
    public static Fault Answer(string body) => new Answered(body);

    public sealed record Answered(string Body) : Fault;

    /// <param name="Code">The AWS error code. XML responses omit a trailing "Exception", as in AWS; those of EC2 do not.</param>
    public sealed record Error(string Code, string Message, HttpStatusCode Status = HttpStatusCode.BadRequest) : Fault;

    public sealed record NoResponse : Fault;

    public sealed record Reset : Fault;

    public sealed record Malformed : Fault;

    public sealed record Stopped : Fault;

    public sealed record Page(HttpStatusCode Status) : Fault;
}
