using System.Security.Cryptography;
using System.Text;

namespace KeyRotation.Core;

/// <summary>
/// One result that AWS Config holds, as a fingerprint of its compliance type and annotation, without the stack that the annotation names.
/// </summary>
internal readonly record struct ExistingResult(Int128 Fingerprint)
{
    public static ExistingResult Of(string complianceType, string annotation) =>
        new(BitConverter.ToInt128(SHA256.HashData(Encoding.UTF8.GetBytes(complianceType + Annotation.WithoutStack(annotation)))));
}
