using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace KeyRotation.Local;

/// <summary>
/// Checks Signature Version 4 of a request, and answers what AWS answers where it does not hold.
/// Source: AWS IAM User Guide, Create a signed AWS API request.
/// </summary>
internal sealed class Signature(AccessKeys accessKeys, TimeProvider clock)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    private static readonly TimeSpan AllowedSkew = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<(string AccessKey, string Scope), byte[]> signingKeys = new();

    /// <summary>Whether signatures are computed; off, only the access key is looked at, for a measurement that is not about signing.</summary>
    public bool IsVerified { get; set; } = true;

    /// <summary>Whose request it is, and for which Region it was signed.</summary>
    public (AccessKey AccessKey, string Region) Check(Call call)
    {
        var error = new Rejection(call.Protocol);
        var authorization = call.Request.Headers.Authorization.ToString();
        if (authorization.Length == 0) throw error.MissingToken();
        if (!authorization.StartsWith(Algorithm + " ", StringComparison.Ordinal)) throw error.Incomplete("Authorization header requires 'Credential' parameter.");

        var parts = Parts(authorization.AsSpan(Algorithm.Length + 1));
        if (parts.Credential is null) throw error.Incomplete("Authorization header requires 'Credential' parameter.");
        if (parts.Signature is null) throw error.Incomplete("Authorization header requires 'Signature' parameter.");
        if (parts.SignedHeaders is null) throw error.Incomplete("Authorization header requires 'SignedHeaders' parameter.");
        if (call.Request.Headers["X-Amz-Date"].ToString() is not { Length: > 0 } date)
            throw error.Incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
        if (parts.Credential.Split('/') is not [var id, var day, var region, var service, "aws4_request"])
            throw error.Incomplete("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.");

        if (accessKeys.Find(id) is not { } accessKey) throw error.UnknownAccessKey();
        var token = call.Request.Headers["X-Amz-Security-Token"].ToString();
        if (token != (accessKey.SessionToken ?? "")) throw error.UnknownAccessKey();
        if (accessKey.Expiration <= clock.GetUtcNow()) throw error.Expired();
        if (!IsVerified) return (accessKey, region);

        if (service != call.Service) throw error.Wrong($"Credential should be scoped to correct service: '{call.Service}'.");
        if (!date.StartsWith(day, StringComparison.Ordinal)) throw error.Wrong("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.");
        if (!DateTimeOffset.TryParseExact(date, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            || (clock.GetUtcNow() - time).Duration() > AllowedSkew)
            throw error.Wrong($"Signature expired: {date} is now more than {AllowedSkew.TotalMinutes} minutes away from the time of AWS.");
        if (Missing(parts.SignedHeaders, call.Request.Headers) is { } header) throw error.Wrong($"'{header}' must be a 'SignedHeader' in the AWS Authorization.");

        var expected = Compute(call, accessKey, date, $"{day}/{region}/{service}/aws4_request", parts.SignedHeaders);
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.UTF8.GetBytes(parts.Signature)))
            throw error.Wrong("The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.");
        return (accessKey, region);
    }

    /// <summary>The host and every x-amz- header that is sent have to be signed.</summary>
    private static string? Missing(string signedHeaders, IHeaderDictionary headers)
    {
        var signed = signedHeaders.Split(';');
        return headers.Keys.FirstOrDefault(name =>
            (name.Equals("Host", StringComparison.OrdinalIgnoreCase) || name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase))
            && !signed.Contains(name, StringComparer.OrdinalIgnoreCase));
    }

    private static (string? Credential, string? SignedHeaders, string? Signature) Parts(ReadOnlySpan<char> text)
    {
        (string? Credential, string? SignedHeaders, string? Signature) parts = default;
        foreach (var range in text.Split(','))
        {
            var part = text[range].Trim();
            if (part.StartsWith("Credential=", StringComparison.Ordinal)) parts.Credential = part["Credential=".Length..].ToString();
            else if (part.StartsWith("SignedHeaders=", StringComparison.Ordinal)) parts.SignedHeaders = part["SignedHeaders=".Length..].ToString();
            else if (part.StartsWith("Signature=", StringComparison.Ordinal)) parts.Signature = part["Signature=".Length..].ToString();
        }

        return parts;
    }

    private string Compute(Call call, AccessKey accessKey, string date, string scope, string signedHeaders)
    {
        var canonical = new StringBuilder(1024);
        canonical.Append(call.Request.Method).Append('\n').Append(call.Request.Path.Value).Append('\n').Append(call.Request.QueryString.Value?.TrimStart('?')).Append('\n');
        foreach (var name in signedHeaders.Split(';'))
            canonical.Append(name).Append(':').Append(Collapsed(call.Request.Headers[name].ToString())).Append('\n');
        canonical.Append('\n').Append(signedHeaders).Append('\n').Append(Hex(SHA256.HashData(call.Body)));

        var toSign = $"{Algorithm}\n{date}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())))}";
        var signingKey = signingKeys.GetOrAdd((accessKey.Id, scope), _ => SigningKey(accessKey.Secret, scope));
        return Hex(HMACSHA256.HashData(signingKey, Encoding.UTF8.GetBytes(toSign)));
    }

    private static byte[] SigningKey(string secret, string scope) =>
        scope.Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4" + secret), (key, part) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part)));

    private static string Collapsed(string value) =>
        value.Contains("  ", StringComparison.Ordinal) ? string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries)) : value.Trim();

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>The same refusals have other codes and statuses in the two protocols.</summary>
    private readonly struct Rejection(Protocol protocol)
    {
        private const string InvalidToken = "The security token included in the request is invalid.";
        private readonly bool json = protocol == Protocol.Json;

        public AwsError MissingToken() => Of("MissingAuthenticationTokenException", "MissingAuthenticationToken", "Missing Authentication Token");

        public AwsError Incomplete(string message) => Of("IncompleteSignatureException", "IncompleteSignature", message);

        public AwsError UnknownAccessKey() => Of("UnrecognizedClientException", "InvalidClientTokenId", InvalidToken);

        public AwsError Expired() => Of("ExpiredTokenException", "ExpiredToken", "The security token included in the request is expired");

        public AwsError Wrong(string message) => Of("InvalidSignatureException", "SignatureDoesNotMatch", message);

        private AwsError Of(string jsonCode, string queryCode, string message) =>
            json ? new(jsonCode, message) : new(queryCode, message, HttpStatusCode.Forbidden);
    }
}
