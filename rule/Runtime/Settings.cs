using System.Globalization;
using Amazon;
using KeyRotation.Aws;
using KeyRotation.Core;

namespace KeyRotation.Runtime;

/// <summary>The function's environment variables. They belong to the deployment; rule parameters belong to the rule.</summary>
/// <param name="MetricsByRule">Whether metrics have the rule's name as a dimension. A rule has a different name in each account of an
/// organization, and CloudWatch bills by dimension value.</param>
internal sealed record Settings(
    string Region,
    int SweepQuotaPercent = 50,
    int SweepParallelism = 32,
    bool MetricsByRule = true)
{
    public RegionEndpoint RegionEndpoint => RegionEndpoint.GetBySystemName(Region);

    public ClientOptions ClientOptions(ConnectionPool connections, CallCounter counter, TimeProvider clock) =>
        new(RegionEndpoint, connections, counter, clock) { QuotaPercent = SweepQuotaPercent };

    public static Settings Of(Func<string, string?> environment) => new(
        environment("AWS_REGION") is { Length: > 0 } region
            ? region
            : throw new ProblemException(ProblemNumber.EnvironmentVariable, "AWS_REGION is missing; it must be the Region of the keys, such as eu-central-1."),
        Number(environment, "SWEEP_QUOTA_PERCENT", 100) ?? 50,
        Number(environment, "SWEEP_PARALLELISM", 256) ?? 32,
        MetricsByRule: Flag(environment, "METRICS_BY_RULE") ?? true);

    private static int? Number(Func<string, string?> environment, string name, int max)
    {
        if (environment(name) is not { Length: > 0 } text) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= max
            ? number
            : throw new ProblemException(ProblemNumber.EnvironmentVariable, $"{name} is '{text}'; it must be a whole number from 1 to {max}.");
    }

    private static bool? Flag(Func<string, string?> environment, string name) => environment(name) switch
    {
        null or "" => null,
        "true" => true,
        "false" => false,
        var text => throw new ProblemException(ProblemNumber.EnvironmentVariable, $"{name} is '{text}'; it must be true or false."),
    };
}
