using System.Net;

namespace KeyRotation.Local;

/// <summary>What can go wrong with a request.</summary>
internal abstract record Fault
{
    /// <summary>As the operation's own quota does it.</summary>
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

    /// <summary>No answer until the client gives up.</summary>
    public static Fault Timeout { get; } = new NoAnswer();

    public static Fault ConnectionReset { get; } = new Reset();

    /// <summary>Status 200, and a body cut off in the middle.</summary>
    public static Fault MalformedBody { get; } = new Malformed();

    /// <summary>
    /// Status 200, headers that promise a longer body, its start, and then nothing more. The connection stays open until the client gives
    /// up.
    /// </summary>
    public static Fault BodyStops { get; } = new Stopped();

    /// <summary>A page of HTML, as a proxy on the way answers.</summary>
    public static Fault HtmlPage(HttpStatusCode status) => new Page(status);

    /// <summary>Status 200 with this body, for any operation.</summary>
    public static Fault Answer(string body) => new Answered(body);

    public sealed record Answered(string Body) : Fault;

    /// <param name="Code">AWS's error code; in XML answers a trailing "Exception" is left out, as AWS does.</param>
    public sealed record Error(string Code, string Message, HttpStatusCode Status = HttpStatusCode.BadRequest) : Fault;

    public sealed record NoAnswer : Fault;

    public sealed record Reset : Fault;

    public sealed record Malformed : Fault;

    public sealed record Stopped : Fault;

    public sealed record Page(HttpStatusCode Status) : Fault;
}
