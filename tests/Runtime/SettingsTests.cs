namespace KeyRotation.Tests.Runtime;

internal sealed class SettingsTests
{
    [Test]
    public void Defaults_are_50_percent_and_32_calls_in_parallel() =>
        Assert.That(Of(("AWS_REGION", "eu-central-1")), Is.EqualTo(new Settings("eu-central-1", SweepQuotaPercent: 50, SweepParallelism: 32)));

    [TestCase("1", "1", 1, 1)]
    [TestCase("100", "256", 100, 256)]
    [TestCase("", "", 50, 32)]
    public void Environment_overrides_the_defaults(string percent, string parallelism, int expectedPercent, int expectedParallelism) =>
        Assert.That(
            Of(("AWS_REGION", "cn-north-1"), ("SWEEP_QUOTA_PERCENT", percent), ("SWEEP_PARALLELISM", parallelism)),
            Is.EqualTo(new Settings("cn-north-1", expectedPercent, expectedParallelism)));

    [Test]
    public void Region_determines_the_partition() =>
        Assert.That(Of(("AWS_REGION", "us-gov-west-1")).RegionEndpoint.PartitionName, Is.EqualTo("aws-us-gov"));

    [TestCase(null)]
    [TestCase("")]
    public void Missing_Region_is_a_problem(string? region) =>
        Assert.That(
            () => Settings.Of(name => name == "AWS_REGION" ? region : null),
            Throws.TypeOf<ProblemException>().With.Message.EqualTo("KR14: AWS_REGION is missing; it must be the Region of the keys, such as eu-central-1."));

    [TestCase(null, true)]
    [TestCase("", true)]
    [TestCase("true", true)]
    [TestCase("false", false)]
    public void Metrics_have_the_rule_name_by_default(string? text, bool metricsByRule) =>
        Assert.That(Settings.Of(name => name == "AWS_REGION" ? "eu-central-1" : name == "METRICS_BY_RULE" ? text : null).MetricsByRule, Is.EqualTo(metricsByRule));

    [Test]
    public void Invalid_flag_is_a_problem() =>
        Assert.That(
            () => Of(("AWS_REGION", "eu-central-1"), ("METRICS_BY_RULE", "False")),
            Throws.TypeOf<ProblemException>().With.Message.EqualTo("KR14: METRICS_BY_RULE is 'False'; it must be true or false."));

    [TestCase("SWEEP_QUOTA_PERCENT", "0", 100)]
    [TestCase("SWEEP_QUOTA_PERCENT", "101", 100)]
    [TestCase("SWEEP_QUOTA_PERCENT", "50%", 100)]
    [TestCase("SWEEP_QUOTA_PERCENT", "0.5", 100)]
    [TestCase("SWEEP_QUOTA_PERCENT", " 50", 100)]
    [TestCase("SWEEP_PARALLELISM", "257", 256)]
    [TestCase("SWEEP_PARALLELISM", "-1", 256)]
    [TestCase("SWEEP_PARALLELISM", "99999999999", 256)]
    public void Invalid_number_is_a_problem(string name, string value, int max) =>
        Assert.That(
            () => Of(("AWS_REGION", "eu-central-1"), (name, value)),
            Throws.TypeOf<ProblemException>().With.Message.EqualTo($"KR14: {name} is '{value}'; it must be a whole number from 1 to {max}."));

    private static Settings Of(params (string Name, string Value)[] environment)
    {
        var values = environment.ToDictionary(variable => variable.Name, variable => variable.Value);
        return Settings.Of(values.GetValueOrDefault);
    }
}
