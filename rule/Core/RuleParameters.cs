using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace KeyRotation.Core;

internal enum DisabledKeys
{
    Skip,
    Evaluate,
}

internal enum ReplicaKeys
{
    Evaluate,
    Skip,
}

internal enum UnreadableKeys
{
    Fail,
    NonCompliant,
}

internal enum RotationEvidence
{
    Ignore,
    Require,
}

internal enum OnDemandRotation
{
    Ignore,
    Count,
}

internal enum ImportedKeys
{
    Skip,
    Evaluate,
}

internal enum Report
{
    Changes,
    All,
}

/// <summary>The rule's <c>InputParameters</c>. A value is a string, as AWS Config sends it, or JSON of its own type.</summary>
internal sealed partial record RuleParameters
{
    public static readonly RuleParameters Default = new();

    /// <summary>Longest rotation period allowed, in days: 90 to 2560, as in KMS.</summary>
    public int MaxRotationPeriodInDays { get; init; } = 365;

    public DisabledKeys DisabledKeys { get; init; }
    public ReplicaKeys ReplicaKeys { get; init; }
    public UnreadableKeys UnreadableKeys { get; init; }

    /// <summary>How long a new key may have rotation off, in hours: 0 to 168, a week.</summary>
    public int NewKeyGraceInHours { get; init; }

    /// <summary>Key IDs, which apply in every account and Region, and key ARNs.</summary>
    public IReadOnlySet<string> ExemptKeyIds { get; init; } = new HashSet<string>();

    public string? ExemptTagKey { get; init; }

    /// <summary>Whether a key with rotation on must also have been rotated.</summary>
    public RotationEvidence RotationEvidence { get; init; }

    /// <summary>Whether rotations on demand count for a key whose automatic rotation is off.</summary>
    public OnDemandRotation OnDemandRotation { get; init; }

    /// <summary>Whether keys with imported material are judged, by their last rotation.</summary>
    public ImportedKeys ImportedKeys { get; init; }

    /// <summary>The name, with its path, of the role to assume in the event's account.</summary>
    public string? ExecutionRoleName { get; init; }

    public Report Report { get; init; }

    /// <summary>Every parameter: its name, its valid values, and how a valid value is applied.</summary>
    internal static readonly IReadOnlyList<Definition> Definitions =
    [
        Number("maxRotationPeriodInDays", 90, 2560, Default.MaxRotationPeriodInDays, (p, days) => p with { MaxRotationPeriodInDays = days }),
        Choice<DisabledKeys>("disabledKeys", (p, choice) => p with { DisabledKeys = choice }),
        Choice<ReplicaKeys>("replicaKeys", (p, choice) => p with { ReplicaKeys = choice }),
        Choice<UnreadableKeys>("unreadableKeys", (p, choice) => p with { UnreadableKeys = choice }),
        Number("newKeyGraceInHours", 0, 168, Default.NewKeyGraceInHours, (p, hours) => p with { NewKeyGraceInHours = hours }),
        new("exemptKeyIds", "key IDs or key ARNs, separated by commas", JsonValueKind.Array, WithExemptKeyIds),
        new("exemptTagKey", "a tag key of 1 to 128 characters", JsonValueKind.String,
            (p, text) => text.Length <= 128 ? p with { ExemptTagKey = text } : null),
        Choice<RotationEvidence>("rotationEvidence", (p, choice) => p with { RotationEvidence = choice }),
        Choice<OnDemandRotation>("onDemandRotation", (p, choice) => p with { OnDemandRotation = choice }),
        Choice<ImportedKeys>("importedKeys", (p, choice) => p with { ImportedKeys = choice }),
        new("executionRoleName", "the name of an IAM role, or path/name, without leading slash", JsonValueKind.String, WithExecutionRoleName),
        Choice<Report>("report", (p, choice) => p with { Report = choice }),
    ];

    /// <summary>
    /// A parameter that is missing, null or empty keeps its default: a template writes null or an empty string for a value that its
    /// user left out. An unknown name or an invalid value is a problem, because a guess would apply a rule that nobody configured.
    /// </summary>
    public static bool TryParse(string? json, [NotNullWhen(true)] out RuleParameters? parameters, [NotNullWhen(false)] out Problem? problem)
    {
        parameters = Default;
        problem = null;
        if (string.IsNullOrWhiteSpace(json)) return true;

        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Null) return true;
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                problem = new(ProblemNumber.ParametersAreNotJson, $"ruleParameters must be a JSON object, not {document.RootElement.ValueKind}.");
            else
                problem = Read(document.RootElement, ref parameters);
        }
        catch (JsonException e)
        {
            problem = new(ProblemNumber.ParametersAreNotJson, $"ruleParameters must be a JSON object: {Problem.PlaceOf(e)}.");
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, such as "\ud800".
            problem = new(ProblemNumber.ParametersAreNotJson, "ruleParameters must be a JSON object: it contains a string that is not valid Unicode.");
        }

        if (problem is not null) parameters = null;
        return problem is null;
    }

    private static Problem? Read(JsonElement json, ref RuleParameters parameters)
    {
        var seen = new HashSet<string>();
        foreach (var property in json.EnumerateObject())
        {
            var definition = Definitions.FirstOrDefault(d => d.Name.Equals(property.Name, StringComparison.OrdinalIgnoreCase));
            if (definition is null)
                return new(ProblemNumber.UnknownParameter, $"Unknown rule parameter '{SingleLine.Cut(property.Name)}'. Valid names: {string.Join(", ", Definitions.Select(d => d.Name))}.");
            if (!seen.Add(definition.Name))
                return new(ProblemNumber.UnknownParameter, $"Rule parameter '{definition.Name}' is given twice; names are case-insensitive.");
            var text = Text(property.Value, definition.OwnType)?.Trim();
            if (text is "") continue;
            if (text is null || definition.With(parameters, text) is not { } changed)
                return new(ProblemNumber.ParameterValue, $"Rule parameter '{definition.Name}' is {SingleLine.Cut(property.Value.GetRawText())}. Valid: {definition.Valid}.");
            parameters = changed;
        }

        return null;
    }

    private static string? Text(JsonElement value, JsonValueKind ownType) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number when ownType == JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.Array when ownType == JsonValueKind.Array && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String) =>
            string.Join(',', value.EnumerateArray().Select(v => v.GetString())),
        _ => null,
    };

    private static RuleParameters? WithExemptKeyIds(RuleParameters parameters, string text)
    {
        var keys = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return keys.All(key => KeyIdOrArn().IsMatch(key)) ? parameters with { ExemptKeyIds = keys.ToHashSet() } : null;
    }

    private static RuleParameters? WithExecutionRoleName(RuleParameters parameters, string text) =>
        RoleName().IsMatch(text) ? parameters with { ExecutionRoleName = text } : null;

    private static Definition Number(string name, int min, int max, int otherwise, Func<RuleParameters, int, RuleParameters> with) =>
        new(name, $"a whole number from {min} to {max}", JsonValueKind.Number, (parameters, text) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
                ? with(parameters, number)
                : null)
        {
            Default = otherwise.ToString(CultureInfo.InvariantCulture),
        };

    /// <summary>A value is the name of its constant, with a lowercase first letter. The first one is the default.</summary>
    private static Definition Choice<T>(string name, Func<RuleParameters, T, RuleParameters> with)
        where T : struct, Enum
    {
        var choices = Array.ConvertAll(Enum.GetNames<T>(), JsonNamingPolicy.CamelCase.ConvertName);
        return new(name, string.Join(" or ", choices), JsonValueKind.String, (parameters, text) =>
            Array.IndexOf(choices, text) is >= 0 and var place ? with(parameters, Enum.GetValues<T>()[place]) : null)
        {
            Default = choices[0],
        };
    }

    [GeneratedRegex(@"^(arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/)?(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})\z")]
    private static partial Regex KeyIdOrArn();

    // Source: IAM API Reference, Role: RoleName 1 to 64 of [\w+=,.@-], which is ASCII there.
    [GeneratedRegex(@"^([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,64}\z")]
    private static partial Regex RoleName();

    /// <param name="Name">The name as documented; it is not case-sensitive.</param>
    /// <param name="Valid">The valid values, as the end of a sentence.</param>
    /// <param name="OwnType">The JSON type that is valid besides a string.</param>
    /// <param name="With">Returns the parameters with this value, or null if the value is not valid.</param>
    internal sealed record Definition(string Name, string Valid, JsonValueKind OwnType, Func<RuleParameters, string, RuleParameters?> With)
    {
        /// <summary>The value that applies if none is given; null means none.</summary>
        public string? Default { get; init; }
    }
}
