using System.Collections.Immutable;

namespace KeyRotation.Audit;

/// <summary>The options of the command line.</summary>
internal sealed record AuditOptions
{
    public RuleParameters Parameters { get; init; } = RuleParameters.Default;

    /// <summary>The rule parameters that the command line sets, as written there.</summary>
    public ImmutableSortedDictionary<string, string> GivenParameters { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>All rule parameters that affect verdicts; those that the command line does not set have their defaults.</summary>
    public IReadOnlyDictionary<string, string> EffectiveParameters => CommandLine.Parameters.ToDictionary(
        parameter => parameter.Name,
        parameter => GivenParameters.GetValueOrDefault(parameter.Name) ?? parameter.Default ?? "none");

    public string? Profile { get; init; }

    /// <summary>
    /// Empty means the default Region of the credentials; the single value <c>all</c> means every Region that the account has enabled.
    /// </summary>
    public IReadOnlyList<string> Regions { get; init; } = [];

    public string? RoleName { get; init; }

    public IReadOnlyList<string> Accounts { get; init; } = [];

    public string? ExternalId { get; init; }

    public string? EndpointUrl { get; init; }

    public bool Demonstration { get; init; }

    public int QuotaPercent { get; init; } = 50;

    /// <summary>More than in the function: calls from a workstation take longer, and the quotas limit the rate in any case.</summary>
    public int Parallelism { get; init; } = 64;

    /// <summary>
    /// CloudFormation's request quota is not published, and deployments share it. The demonstration does not need this limit.
    /// </summary>
    public double StackLookupsPerSecond { get; init; } = StackLookup.PerSecond;

    public bool WithTags { get; init; }

    public bool WithRotations { get; init; }

    public bool WithLastUse { get; init; }

    public IReadOnlyList<string> Outputs { get; init; } = [];

    public string Format { get; init; } = "json";

    public string? Baseline { get; init; }

    public FailOn FailOn { get; init; }

    public bool Quiet { get; init; }

    public bool NoColor { get; init; }

    public int Rows { get; init; } = 25;

    public bool AllRegions => Regions is ["all"];

    /// <summary>Whether the options name a real account, so that the demonstration must not replace its audit.</summary>
    public bool NamesAnAccount =>
        Profile is not null || Regions.Count > 0 || RoleName is not null || Accounts.Count > 0 || EndpointUrl is not null;
}
