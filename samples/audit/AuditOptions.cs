using System.Collections.Immutable;

namespace KeyRotation.Audit;

/// <summary>What the command line asks for.</summary>
internal sealed record AuditOptions
{
    public RuleParameters Parameters { get; init; } = RuleParameters.Default;

    /// <summary>The rule parameters as they were given, for the report.</summary>
    public ImmutableSortedDictionary<string, string> GivenParameters { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Those that were not given too, with their defaults.</summary>
    public IReadOnlyDictionary<string, string> EffectiveParameters => CommandLine.Parameters.ToDictionary(
        parameter => parameter.Name,
        parameter => GivenParameters.GetValueOrDefault(parameter.Name) ?? parameter.Default ?? "none");

    public string? Profile { get; init; }

    /// <summary>Empty is the default Region of the credentials; the one word <c>all</c> is every Region of the partition.</summary>
    public IReadOnlyList<string> Regions { get; init; } = [];

    public string? RoleName { get; init; }

    public IReadOnlyList<string> Accounts { get; init; } = [];

    public string? ExternalId { get; init; }

    public string? EndpointUrl { get; init; }

    public bool Demonstration { get; init; }

    public int QuotaPercent { get; init; } = 50;

    /// <summary>More than the function has: a person is farther from AWS, and the quotas apply anyway.</summary>
    public int Parallelism { get; init; } = 64;

    /// <summary>What CloudFormation allows is not published, and deployments share it. Made-up accounts need no such care.</summary>
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

    /// <summary>These options name a real account: made-up keys must not be shown instead.</summary>
    public bool NamesAnAccount =>
        Profile is not null || Regions.Count > 0 || RoleName is not null || Accounts.Count > 0 || EndpointUrl is not null;
}
