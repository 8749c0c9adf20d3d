using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KeyRotation.Benchmark.Floor;

/// <summary>Signature Version 4 for a JSON 1.1 request. Source: AWS IAM User Guide, Create a signed AWS API request.</summary>
internal sealed class Signer(string accessKey, string secretKey, string sessionToken, string region)
{
    public string Sign(string host, string service, string target, ReadOnlySpan<byte> body)
    {
        const string names = "content-type;host;x-amz-date;x-amz-security-token;x-amz-target";
        var time = DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var date = time[..8];
        var scope = $"{date}/{region}/{service}/aws4_request";
        var canonical = $"POST\n/\n\ncontent-type:application/x-amz-json-1.1\nhost:{host}\nx-amz-date:{time}\nx-amz-security-token:{sessionToken}\n"
            + $"x-amz-target:{target}\n\n{names}\n{Hex(SHA256.HashData(body))}";
        var toSign = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + secretKey);
        foreach (var part in (string[])[date, region, service, "aws4_request", toSign]) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return $"Content-Type: application/x-amz-json-1.1\r\nX-Amz-Date: {time}\r\nX-Amz-Security-Token: {sessionToken}\r\nX-Amz-Target: {target}\r\n"
            + $"Authorization: AWS4-HMAC-SHA256 Credential={accessKey}/{scope}, SignedHeaders={names}, Signature={Hex(key)}\r\n";
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
