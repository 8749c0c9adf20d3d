using System.Reflection;
using System.Runtime.InteropServices;
using Amazon.EC2;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using Amazon.SecurityToken;

namespace KeyRotation.Audit;

/// <summary>
/// What makes a report evidence: who audited, with which versions and parameters, and against which standard. The report itself has the
/// time, the accounts and the Regions. audit.schema.json describes each property.
/// </summary>
internal sealed record Evidence
{
    public string? CallerArn { get; init; }
    public required IReadOnlyList<string> RolesAssumed { get; init; }
    public string? EndpointUrl { get; init; }
    public string? Commit { get; init; } = CommitOf(typeof(Evidence).Assembly);
    public IReadOnlyDictionary<string, string> Packages { get; init; } = Versions();

    /// <summary>Every rule parameter that affects a verdict, including those that are not set.</summary>
    public required IReadOnlyDictionary<string, string> EffectiveParameters { get; init; }

    public required IReadOnlyDictionary<string, long> Calls { get; init; }

    /// <summary>Notes for the reader about the selection of accounts and Regions.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    public Standard Standard { get; init; } = Standard.Cis;
    public IReadOnlyDictionary<string, string> Scenarios { get; init; } = Reasons.All;

    private static string? CommitOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+') is [_, var commit]
            ? commit
            : null;

    private static SortedDictionary<string, string> Versions() => new(StringComparer.Ordinal)
    {
        ["AWSSDK.Core"] = VersionOf(typeof(AmazonServiceClient)),
        ["AWSSDK.EC2"] = VersionOf(typeof(AmazonEC2Client)),
        ["AWSSDK.KeyManagementService"] = VersionOf(typeof(AmazonKeyManagementServiceClient)),
        ["AWSSDK.SecurityToken"] = VersionOf(typeof(AmazonSecurityTokenServiceClient)),
        [".NET"] = Environment.Version.ToString(),
        ["runtime"] = RuntimeInformation.RuntimeIdentifier,
    };

    private static string VersionOf(Type type) => type.Assembly.GetCustomAttribute<AssemblyFileVersionAttribute>()?.Version ?? "not known";
}

/// <summary>The standard that the audit checks, and where its verdicts differ from the literal text of the standard.</summary>
/// <param name="Numbers">The number of the recommendation in each version of the standard.</param>
/// <param name="Differences">The scenarios for which the literal text of the standard would give a different verdict.</param>
internal sealed record Standard(
    string Name, string Recommendation, IReadOnlyDictionary<string, string> Numbers, IReadOnlyList<string> Differences)
{
    public static Standard Cis { get; } = new(
        "CIS AWS Foundations Benchmark",
        "Ensure rotation for customer-created symmetric CMKs is enabled",
        new Dictionary<string, string> { ["v1.2"] = "2.8", ["v1.4 to v2.0"] = "3.8", ["v3 to v5"] = "3.6", ["v6 and v7"] = "4.6" },
        [
            "d: key material that KMS did not generate (imported, CloudHSM, external key store) is NOT_APPLICABLE, since KMS does not rotate it automatically; "
            + "the procedure, which looks at KeyRotationEnabled alone, fails it. With importedKeys=evaluate, imported keys are evaluated by their last rotation (n, o).",
            "e, f: a key that is scheduled for deletion or disabled is NOT_APPLICABLE, since KMS does not rotate it; the procedure fails it. With disabledKeys=evaluate, disabled keys are evaluated.",
            "h, j: the parameters of this audit can exempt keys; the standard has no exemptions.",
            "l: a rotation period longer than maxRotationPeriodInDays is NON_COMPLIANT; the procedure does not look at the period.",
            "o, p: with onDemandRotation=count and rotationEvidence=require, the date of the last rotation counts too; the procedure does not look at it.",
        ]);
}
