using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace KeyRotation.Benchmark;

/// <summary>
/// A certificate authority for one run, and a trust store like that of Amazon Linux that contains it: one bundle of all public root
/// certificates (about 140), which is also the only file in the folder of certificates. The roots are those of this machine; that of the
/// authority is the last one.
/// </summary>
internal sealed class TestAuthority : IDisposable
{
    private const string Bundle = "/etc/ssl/certs/ca-certificates.crt";
    private readonly string folder = Directory.CreateTempSubdirectory("trust-").FullName;

    public TestAuthority()
    {
        var from = DateTimeOffset.UtcNow.AddDays(-1);
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = new CertificateRequest("CN=Benchmark Root", rootKey, HashAlgorithmName.SHA256);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        root.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        root.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(root.PublicKey, critical: false));
        using var authority = root.CreateSelfSigned(from, from.AddDays(30));

        // AWS endpoints have an RSA 2048 leaf certificate.
        using var key = RSA.Create(2048);
        var leaf = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        leaf.CertificateExtensions.Add(names.Build());
        leaf.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
                authority,
                includeKeyIdentifier: true,
                includeIssuerAndSerial: false));
        var signer = X509SignatureGenerator.CreateForECDsa(rootKey);
        using var signed = leaf.Create(authority.SubjectName, signer, from, from.AddDays(20), RandomNumberGenerator.GetBytes(8));
        Certificate = signed.CopyWithPrivateKey(key);

        var certs = Directory.CreateDirectory(Path.Combine(folder, "certs")).FullName;
        var roots = File.Exists(Bundle) ? File.ReadAllText(Bundle) : "";
        File.WriteAllText(Path.Combine(certs, "ca-bundle.crt"), $"{roots}\n{authority.ExportCertificatePem()}\n");
        File.CreateSymbolicLink(Path.Combine(folder, "cert.pem"), Path.Combine("certs", "ca-bundle.crt"));
        Environment = new Dictionary<string, string>
        {
            ["SSL_CERT_FILE"] = Path.Combine(folder, "cert.pem"),
            ["SSL_CERT_DIR"] = certs,

            // boto3 has its own root certificates.
            ["AWS_CA_BUNDLE"] = Path.Combine(folder, "cert.pem"),
        };
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>Environment variables that make OpenSSL (and so .NET) and boto3 trust the authority.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    public void Dispose()
    {
        Certificate.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
