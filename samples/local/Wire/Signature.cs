using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace KeyRotation.Local;

/// <summary>
/// Verifies the Signature Version 4 of a request. If it is not valid, throws the error that AWS returns.
/// Source: AWS IAM User Guide, Create a signed AWS API request.
/// </summary>
internal sealed class Signature(AccessKeys accessKeys, TimeProvider clock)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    private static readonly TimeSpan AllowedSkew = TimeSpan.FromMinutes(5);
    private static readonly string[] Parts = ["Credential", "Signature", "SignedHeaders"];
    private readonly ConcurrentDictionary<(string AccessKey, string Scope), byte[]> signingKeys = new();

    /// <summary>
    /// If false, only the access key, with its session token and expiration, is checked, and no signature is computed: for measurements
    /// that are not about signing, and for tests that send unsigned requests.
    /// </summary>
    public bool IsVerified { get; set; } = true;

    /// <summary>Returns the access key of the caller, and the Region that the request was signed for.</summary>
    public (AccessKey AccessKey, string Region) Check(Call call)
    {
        var headers = call.Request.Headers;
        var authorization = headers.Authorization.ToString();
        if (authorization.Length == 0) throw Refused("MissingAuthenticationToken", "Missing Authentication Token");

        var parts = authorization.Replace(Algorithm, "", StringComparison.Ordinal)
            .Split(',')
            .Select(part => part.Trim().Split('=', 2))
            .Where(part => part.Length == 2)
            .ToLookup(part => part[0], part => part[1]);
        if (Array.Find(Parts, part => !parts.Contains(part)) is { } missing)
            throw Incomplete($"Authorization header requires '{missing}' parameter.");
        if (headers["X-Amz-Date"].ToString() is not { Length: > 0 } date)
            throw Incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
        if (parts["Credential"].First().Split('/') is not [var id, var day, var region, var service, "aws4_request"])
            throw Incomplete("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.");

        if (accessKeys.Find(id) is not { } accessKey || headers["X-Amz-Security-Token"].ToString() != (accessKey.SessionToken ?? ""))
            throw Refused("UnrecognizedClient", "The security token included in the request is invalid.");
        if (accessKey.Expiration <= clock.GetUtcNow()) throw Refused("ExpiredToken", "The security token included in the request is expired");
        if (!IsVerified) return (accessKey, region);

        if (service != call.Service) throw Wrong($"Credential should be scoped to correct service: '{call.Service}'.");
        if (!date.StartsWith(day, StringComparison.Ordinal))
            throw Wrong("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.");
        if (!DateTimeOffset.TryParseExact(date, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            || (clock.GetUtcNow() - time).Duration() > AllowedSkew)
            throw Wrong($"Signature expired: {date} is more than {AllowedSkew.TotalMinutes} minutes from the time of the local AWS.");

        var signedHeaders = parts["SignedHeaders"].First();
        if (Unsigned(signedHeaders, headers) is { } header) throw Wrong($"'{header}' must be a 'SignedHeader' in the AWS Authorization.");
        var expected = Compute(call, accessKey, date, $"{day}/{region}/{service}/aws4_request", signedHeaders);
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.UTF8.GetBytes(parts["Signature"].First())))
            throw Wrong("The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.");
        return (accessKey, region);

        AwsError Incomplete(string message) => Refused("IncompleteSignature", message);

        AwsError Wrong(string message) => Refused("InvalidSignature", message);

        // The two protocols have different codes and statuses for the same error.
        AwsError Refused(string code, string message) => call.IsJson
            ? new(code + "Exception", message)
            : new(
                code switch { "UnrecognizedClient" => "InvalidClientTokenId", "InvalidSignature" => "SignatureDoesNotMatch", _ => code },
                message,
                HttpStatusCode.Forbidden);
    }

    /// <summary>Returns a header that must be signed but is not, or null. The host and all x-amz- headers must be signed.</summary>
    private static string? Unsigned(string signedHeaders, IHeaderDictionary headers) => headers.Keys
        .Where(name => name.Equals("Host", StringComparison.OrdinalIgnoreCase) || name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase))
        .Except(signedHeaders.Split(';'), StringComparer.OrdinalIgnoreCase)
        .FirstOrDefault();

    private string Compute(Call call, AccessKey accessKey, string date, string scope, string signedHeaders)
    {
        var request = call.Request;
        var canonical = new StringBuilder(1024);
        canonical.Append(CultureInfo.InvariantCulture, $"{request.Method}\n{request.Path.Value}\n{request.QueryString.Value?.TrimStart('?')}\n");
        foreach (var name in signedHeaders.Split(';'))
            canonical.Append(CultureInfo.InvariantCulture, $"{name}:{Collapsed(request.Headers[name].ToString())}\n");
        canonical.Append(CultureInfo.InvariantCulture, $"\n{signedHeaders}\n{Hex(SHA256.HashData(call.Body))}");

        var toSign = $"{Algorithm}\n{date}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())))}";
        var signingKey = signingKeys.GetOrAdd((accessKey.Id, scope), _ => SigningKey(accessKey.Secret, scope));
        return Hex(HMACSHA256.HashData(signingKey, Encoding.UTF8.GetBytes(toSign)));
    }

    private static byte[] SigningKey(string secret, string scope) => scope.Split('/').Aggregate(
        Encoding.UTF8.GetBytes("AWS4" + secret),
        (key, part) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part)));

    private static string Collapsed(string value) => string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
