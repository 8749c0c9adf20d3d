namespace KeyRotation.Audit;

/// <summary>What the command line asks for.</summary>
internal sealed record AuditOptions
{
    public RuleParameters Parameters { get; init; } = RuleParameters.Default;

    /// <summary>The rule parameters as they were given, for the report.</summary>
    public IReadOnlyDictionary<string, string> GivenParameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Those that were not given too, with their defaults.</summary>
    public IReadOnlyDictionary<string, string> EffectiveParameters { get; init; } = new Dictionary<string, string>();

    public string? Profile { get; init; }

    /// <summary>Empty is the default Region of the credentials; the one word <c>all</c> is every Region of the partition.</summary>
    public IReadOnlyList<string> Regions { get; init; } = [];

    public string? RoleName { get; init; }

    public IReadOnlyList<string> Accounts { get; init; } = [];

    /// <summary>What the trust policies of the roles ask for.</summary>
    public string? ExternalId { get; init; }

    public string? EndpointUrl { get; init; }

    public bool Demonstration { get; init; }

    /// <summary>Share of KMS's shared request quotas that may be used, in each account and Region.</summary>
    public int QuotaPercent { get; init; } = 50;

    /// <summary>More than the function has: a person is farther from AWS, and the quotas hold all the same.</summary>
    public int Parallelism { get; init; } = 64;

    /// <summary>What CloudFormation allows is not published, and deployments share it. Made-up accounts need no such care.</summary>
    public double StackLookupsPerSecond { get; init; } = StackLookup.PerSecond;

    public bool WithTags { get; init; }

    public bool WithRotations { get; init; }

    public bool WithLastUse { get; init; }

    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>The kind of report that goes to standard output.</summary>
    public string Format { get; init; } = "json";

    public string? Baseline { get; init; }

    public FailOn FailOn { get; init; }

    public bool Quiet { get; init; }

    public bool NoColor { get; init; }

    /// <summary>How many NON_COMPLIANT keys, and how many that were not judged, a terminal shows; 0 is all.</summary>
    public int Rows { get; init; } = 25;

    public bool WritesToOutput => Outputs.Contains("-");

    public bool AllRegions => Regions is ["all"];

    /// <summary>Whoever names one of these means an account of theirs, and must not be shown another one.</summary>
    public bool NamesAnAccount => Profile is not null || Regions.Count > 0 || RoleName is not null || Accounts.Count > 0 || EndpointUrl is not null;
}
