using System.Net;

namespace KeyRotation.Local;

/// <summary>An error that the local AWS returns, with the error code of AWS.</summary>
internal sealed class AwsError(string code, string message, HttpStatusCode status = HttpStatusCode.BadRequest) : Exception(message)
{
    public string Code => code;

    public HttpStatusCode Status => status;

    /// <summary>The error that an AWS service returns for a value that violates its service model.</summary>
    public static AwsError Constraint(string field, string value, string constraint) => new(
        "ValidationException",
        $"1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: {constraint}");

    public static AwsError Missing(string field) => Constraint(field, "null", "Member must not be null");
}
