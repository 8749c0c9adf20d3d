using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KeyRotation.Tests.Deployment;

[TestFixture]
internal sealed partial class TemplateTests
{
    private static readonly string[] Changes = ["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification", "ScheduledNotification"];

    private static readonly Template[] WithRule = [Template.Function, Template.Pack];

    private static readonly (string Parameter, string Variable)[] Settable = [("SweepQuotaPercent", "SWEEP_QUOTA_PERCENT"), ("SweepParallelism", "SWEEP_PARALLELISM")];

    [TestCaseSource(nameof(WithRule))]
    public void Rule_is_detective_and_runs_on_changes_and_sweeps(Template template)
    {
        var rule = template.Made()["Rule"]["Properties"]!;
        var source = rule["Source"]!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(source["Owner"]!.ToString(), Is.EqualTo("CUSTOM_LAMBDA"));
            Assert.That(source["SourceDetails"]!.AsArray().Select(detail => detail!["MessageType"]!.ToString()), Is.EquivalentTo(Changes));
            Assert.That(source["SourceDetails"]![2]!["MaximumExecutionFrequency"]!.ToString(), Is.EqualTo("TwentyFour_Hours"));
            Assert.That(source["SourceIdentifier"]!.ToString(), Does.Not.EndWith("$LATEST"));
            Assert.That(rule["Scope"]!.ToJsonString(), Is.EqualTo("""{"ComplianceResourceTypes":["AWS::KMS::Key"]}"""));
            Assert.That(rule["EvaluationModes"]!.ToJsonString(), Is.EqualTo("""[{"Mode":"DETECTIVE"}]"""));
            Assert.That(rule["Description"]!.ToString(), Has.Length.LessThanOrEqualTo(256));
        }
    }

    /// <summary>AWS Config checks the permission when the rule is created.</summary>
    [Test]
    public void Rule_depends_on_the_permission() =>
        Assert.That(Template.Function.Resources["Rule"]!["DependsOn"]!.ToString(), Is.EqualTo("ConfigPermission"));

    [Test]
    public void Stack_outputs_the_version_of_the_project() =>
        Assert.That(Template.Function.Outputs["Version"]!["Value"]!.ToString(), Is.EqualTo(Repository.Version), "Set Outputs/Version in template.yaml to <Version> in Directory.Build.props.");

    [Test]
    public void Stack_without_a_rule_has_all_that_a_pack_needs() =>
        Assert.That(Template.Function.Made(("CreateRule", "false")).Keys, Does.Not.Contain("Rule").And.Contains("KeyRotationFunction").And.Contains("ConfigPermission"));

    /// <summary>With fixed names, a stack that is created again keeps the ARNs to which rules and roles refer.</summary>
    [Test]
    public void Function_and_role_can_have_fixed_names()
    {
        var named = Template.Function.Made(("FunctionName", "kms-key-rotation"), ("FunctionRoleName", "KmsKeyRotation"));
        var unnamed = Template.Function.Made();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(named["KeyRotationFunction"]["Properties"]!["FunctionName"]!.ToString(), Is.EqualTo("kms-key-rotation"));
            Assert.That(named["FunctionRole"]["Properties"]!["RoleName"]!.ToString(), Is.EqualTo("KmsKeyRotation-eu-central-1"));
            Assert.That(unnamed["KeyRotationFunction"]["Properties"]!["FunctionName"], Is.Null);
            Assert.That(unnamed["FunctionRole"]["Properties"]!["RoleName"], Is.Null);
        }
    }

    [Test]
    public void Every_parameter_has_a_group_label_and_description()
    {
        var @interface = Template.Function.Metadata["AWS::CloudFormation::Interface"]!;
        var groups = @interface["ParameterGroups"]!.AsArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                @interface["ParameterLabels"]!.AsObject().Select(label => label.Key),
                Is.EquivalentTo(Template.Function.Parameters.Select(parameter => parameter.Key)),
                "Add a label for each parameter to ParameterLabels in template.yaml.");
            Assert.That(
                groups.Select(group => group!["Label"]!["default"]).Concat(@interface["ParameterLabels"]!.AsObject().Select(label => label.Value!["default"])),
                Is.All.Not.Null);
            Assert.That(
                groups.SelectMany(group => group!["Parameters"]!.AsArray()).Select(name => name!.ToString()),
                Is.EquivalentTo(Template.Function.Parameters.Select(parameter => parameter.Key)),
                "Add each parameter to one group of ParameterGroups in template.yaml.");
            Assert.That(
                Template.Function.Parameters.Where(parameter => parameter.Value!["Description"] is null).Select(parameter => parameter.Key),
                Is.Empty,
                "Add a Description to these parameters in template.yaml.");
            Assert.That(
                Template.Function.Parameters.Where(parameter => parameter.Value!["AllowedPattern"] is not null && parameter.Value["ConstraintDescription"] is null),
                Is.Empty,
                "Add a ConstraintDescription to these parameters in template.yaml.");
        }
    }

    [TestCaseSource(nameof(Settable))]
    public void Parameter_has_the_range_that_the_function_accepts((string Parameter, string Variable) setting)
    {
        var offer = Template.Function.Parameter(setting.Parameter);
        var (min, max) = (offer["MinValue"]!.GetValue<long>(), offer["MaxValue"]!.GetValue<long>());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                Template.Function.Made((setting.Parameter, "7"))["KeyRotationFunction"]["Properties"]!["Environment"]!["Variables"]![setting.Variable]!.ToString(), Is.EqualTo("7"));
            Assert.That(SettingsOf(min), Throws.Nothing);
            Assert.That(SettingsOf(max), Throws.Nothing);
            Assert.That(SettingsOf(min - 1), Throws.TypeOf<ProblemException>());
            Assert.That(SettingsOf(max + 1), Throws.TypeOf<ProblemException>());
            Assert.That(
                Settings.Of(name => name == "AWS_REGION" ? Template.Region : null),
                Is.EqualTo(Settings.Of(Environment(setting.Variable, offer["Default"]!.GetValue<long>()))));
        }

        Action SettingsOf(long value) => () => Settings.Of(Environment(setting.Variable, value));
    }

    [TestCase("true", true)]
    [TestCase("false", false)]
    public void MetricsByRule_is_passed_to_the_function(string value, bool byRule)
    {
        var variables = Template.Function.Made(("MetricsByRule", value))["KeyRotationFunction"]["Properties"]!["Environment"]!["Variables"]!;
        Assert.That(Settings.Of(name => name == "AWS_REGION" ? Template.Region : variables[name]?.ToString()).MetricsByRule, Is.EqualTo(byRule));
    }

    [TestCase("One_Hour", 1)]
    [TestCase("Three_Hours", 3)]
    [TestCase("Six_Hours", 6)]
    [TestCase("Twelve_Hours", 12)]
    [TestCase("TwentyFour_Hours", 24)]
    public void Missing_sweep_alarm_fits_the_sweep_frequency(string frequency, int hours)
    {
        var alarm = Template.Function.Made(("MaximumExecutionFrequency", frequency))["SweepMissingAlarm"]["Properties"]!;
        var seconds = alarm["Period"]!.GetValue<long>() * alarm["EvaluationPeriods"]!.GetValue<long>();

        // An alarm with periods of an hour or more covers at most seven days. Source: CloudWatch API Reference, PutMetricAlarm.
        Assert.That(seconds, Is.GreaterThan(hours * 3600).And.LessThanOrEqualTo(604800));
    }

    /// <summary>
    /// A search returns at most 500 time series; a search for one trigger returns one for each account. Source: CloudWatch User Guide,
    /// Search expression syntax.
    /// </summary>
    [TestCase("true")]
    [TestCase("false")]
    public void Dashboard_shows_exactly_the_metrics_of_the_function(string byRule)
    {
        var body = Dashboard(("MetricsByRule", byRule));
        var dimensions = byRule == "true" ? Metrics.Dimensions : Metrics.DimensionsWithoutRule;
        var searches = Search().Matches(body)
            .Select(match => (Schema: match.Groups[1].Value, Trigger: match.Groups[2].Value, Metric: match.Groups[3].Value)).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(searches, Has.Count.EqualTo(body.Split("SEARCH(").Length - 1));
            Assert.That(searches.Select(search => search.Schema), Is.All.EqualTo($"{{{Metrics.Namespace},{string.Join(',', dimensions)}}}"));
            Assert.That(searches.Select(search => search.Metric).Distinct(), Is.EquivalentTo(Metrics.All));
            Assert.That(searches.Select(search => search.Trigger), Is.All.AnyOf("Sweep", "Change"));
        }
    }

    [TestCase("One_Hour", 3600)]
    [TestCase("Six_Hours", 21600)]
    [TestCase("TwentyFour_Hours", 86400)]
    public void Dashboard_without_rule_names_adds_up_all_accounts(string frequency, int seconds)
    {
        var body = Dashboard(("MetricsByRule", "false"), ("MaximumExecutionFrequency", frequency));
        Assert.That(body, Does.Contain($"Trigger=\\\"Sweep\\\" MetricName=\\\"NonCompliant\\\"', 'Sum', {seconds})").And.Contain($"\"period\": {seconds}"));
    }

    [Test]
    public void Log_queries_use_fields_that_the_function_writes()
    {
        string[] fields = [.. Metrics.All, "Trigger", "accountId", "message", "timestamp"];
        var queries = Template.Function.Made("AWS::Logs::QueryDefinition");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(queries.Select(query => query["Name"]!.ToString()), Is.EqualTo(["stack/sweeps by account", "stack/failures by account"]));
            foreach (var query in queries)
            {
                var text = query["QueryString"]!.ToString();
                var named = Aliases().Matches(text).Select(match => match.Groups[1].Value);
                Assert.That(
                    QueryField().Matches(text).Select(match => match.Groups[1].Value).Distinct(),
                    Is.SubsetOf(fields.Concat(named)).And.Contains("Unreadable").And.Contains("accountId"));
                Assert.That(query["LogGroupNames"]!.AsArray().Select(name => name!.ToString()), Is.EqualTo(["LogGroup"]));
            }
        }
    }

    [Test]
    public void Dashboard_widgets_do_not_overlap_and_have_unique_IDs()
    {
        var widgets = JsonNode.Parse(Dashboard())!["widgets"]!.AsArray();
        var cells = widgets.SelectMany(widget =>
            from x in Enumerable.Range(widget!["x"]!.GetValue<int>(), widget["width"]!.GetValue<int>())
            from y in Enumerable.Range(widget["y"]!.GetValue<int>(), widget["height"]!.GetValue<int>())
            select (x, y)).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(cells, Is.Unique);
            Assert.That(cells.Select(cell => cell.x), Is.All.LessThan(24));
            foreach (var widget in widgets)
                Assert.That(
                    (widget!["properties"]!["metrics"]?.AsArray() ?? []).Select(metric => metric![0] as JsonObject)
                        .Where(expression => expression is not null).Select(expression => expression!["id"]!.ToString()),
                    Is.Unique);
        }
    }

    /// <summary>Resources that cost money, or are not available in every Region.</summary>
    [TestCase("Alarms", "AWS::CloudWatch::Alarm", 5)]
    [TestCase("Alarms", "AWS::Logs::MetricFilter", 3)]
    [TestCase("Dashboard", "AWS::CloudWatch::Dashboard", 1)]
    [TestCase("StoredQueries", "AWS::Config::StoredQuery", 4)]
    [TestCase("KeepFailedEvents", "AWS::SQS::Queue", 1)]
    [TestCase("KeepFailedEvents", "AWS::SQS::QueuePolicy", 1)]
    [TestCase("Notifications", "AWS::SNS::Topic", 1)]
    [TestCase("Notifications", "AWS::KMS::Key", 1)]
    [TestCase("Notifications", "AWS::Events::Rule", 1)]
    public void Optional_resources_can_be_left_out(string parameter, string resourceType, int count)
    {
        Assert.That(Template.Function.Made(resourceType, (parameter, "true")), Has.Count.EqualTo(count));
        Assert.That(Template.Function.Made(resourceType, (parameter, "false")), Is.Empty);
    }

    /// <summary>A sweep that fails for one key did run, so it is unfinished, but not missing.</summary>
    [TestCase("SweepMetric", "{ $.SweepFinished >= 0 }")]
    [TestCase("SweepUnfinishedMetric", "{ $.SweepFinished = 0 }")]
    public void Sweeps_and_unfinished_sweeps_are_counted(string filter, string pattern) =>
        Assert.That(Template.Function.Made()[filter]["Properties"]!["FilterPattern"]!.ToString(), Is.EqualTo(pattern));

    [Test]
    public void Log_alarms_have_filters_on_fields_that_are_written()
    {
        var filters = Template.Function.Made("AWS::Logs::MetricFilter");
        var alarms = Template.Function.Made("AWS::CloudWatch::Alarm").Where(alarm => alarm["Namespace"]!.ToString() != "AWS/Lambda");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                filters.SelectMany(filter => Selector().Matches(filter["FilterPattern"]!.ToString())).Select(match => match.Groups[1].Value).Distinct(),
                Is.SubsetOf(Metrics.All).And.Not.Empty);
            Assert.That(
                alarms.Select(alarm => (alarm["Namespace"]!.ToString(), alarm["MetricName"]!.ToString())),
                Is.EquivalentTo(filters.Select(filter => filter["MetricTransformations"]![0]!)
                    .Select(metric => (metric["MetricNamespace"]!.ToString(), metric["MetricName"]!.ToString()))));
        }
    }

    [TestCase("OrganizationId", "", "ExecutionRoleName", "", false)]
    [TestCase("OrganizationId", "", "ExecutionRoleName", "role", false)]
    [TestCase("OrganizationId", "o-a1b2c3d4e5", "ExecutionRoleName", "role", false)]
    [TestCase("OrganizationId", "o-a1b2c3d4e5", "ExecutionRoleName", "", true)]
    [TestCase("SubnetIds", "", "SecurityGroupIds", "", false)]
    [TestCase("SubnetIds", "subnet-1", "SecurityGroupIds", "sg-1", false)]
    [TestCase("SubnetIds", "subnet-1", "SecurityGroupIds", "", true)]
    [TestCase("SubnetIds", "", "SecurityGroupIds", "sg-1", true)]
    public void Incomplete_pair_of_parameters_is_rejected(string name, string value, string otherName, string otherValue, bool isRefused) =>
        Assert.That(Template.Function.Refusals((name, value), (otherName, otherValue)).Any(), Is.EqualTo(isRefused));

    [Test]
    public void Function_is_in_a_VPC_only_if_one_is_given()
    {
        var inside = Template.Function.Made(("SubnetIds", "subnet-1,subnet-2"), ("SecurityGroupIds", "sg-1"))["KeyRotationFunction"]["Properties"]!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(inside["VpcConfig"]!.ToJsonString(), Is.EqualTo("""{"SubnetIds":["subnet-1","subnet-2"],"SecurityGroupIds":["sg-1"]}"""));
            Assert.That(Template.Function.Made()["KeyRotationFunction"]["Properties"]!["VpcConfig"], Is.Null);
        }
    }

    [TestCase("")]
    [TestCase("arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab")]
    public void Queue_is_encrypted_and_requires_TLS(string key)
    {
        var made = Template.Function.Made(("FailedEventsKmsKeyArn", key));
        var statement = made["FailedEventsPolicy"]["Properties"]!["PolicyDocument"]!["Statement"]!.AsArray().Single()!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(made["FailedEvents"]["Properties"]!["SqsManagedSseEnabled"]?.GetValue<bool>(), Is.EqualTo(key.Length == 0 ? true : null));
            Assert.That(made["FailedEvents"]["Properties"]!["KmsMasterKeyId"]?.ToString(), Is.EqualTo(key.Length == 0 ? null : key));
            Assert.That((statement["Effect"]!.ToString(), statement["Condition"]!.ToJsonString()), Is.EqualTo(("Deny", """{"Bool":{"aws:SecureTransport":"false"}}""")));
        }
    }

    [TestCase("false", "", null)]
    [TestCase("true", "", "NotificationTopic")]
    [TestCase("false", "arn:aws:sns:eu-central-1:123456789012:topic", "arn:aws:sns:eu-central-1:123456789012:topic")]
    [TestCase("true", "arn:aws:sns:eu-central-1:123456789012:topic", "arn:aws:sns:eu-central-1:123456789012:topic")]
    public void Alarms_notify_when_they_go_off_and_when_they_clear(string notifications, string topic, string? expected)
    {
        var alarms = Template.Function.Made("AWS::CloudWatch::Alarm", ("Notifications", notifications), ("AlarmTopicArn", topic));
        Assert.That(
            alarms.SelectMany(alarm => new[] { alarm["AlarmActions"]?[0], alarm["OKActions"]?[0] }).Select(action => action?.ToString()).ToList(),
            Has.Count.EqualTo(10).And.All.EqualTo(expected));
    }

    /// <summary>
    /// The pattern matches a prefix of the rule's name, because a conformance pack appends a suffix. Source: Amazon EventBridge Events
    /// Reference, AWS Config events; AWS Config Developer Guide, Monitoring AWS Config with Amazon EventBridge.
    /// </summary>
    [Test]
    public void Topic_receives_keys_that_become_NON_COMPLIANT()
    {
        var here = Template.Function.Made(("Notifications", "true"))["NonCompliantKeys"]["Properties"]!;
        var elsewhere = Template.ForwardFindings.Made(("CentralAccountId", "111122223333"))["NonCompliantKeys"]["Properties"]!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(here["EventPattern"]!.ToJsonString(), Is.EqualTo(
                """{"source":["aws.config"],"detail-type":["Config Rules Compliance Change"],"detail":{"messageType":["ComplianceChangeNotification"],"resourceType":["AWS::KMS::Key"],"configRuleName":[{"prefix":"kms-key-rotation"}],"newEvaluationResult":{"complianceType":["NON_COMPLIANT"]}}}"""));
            Assert.That(elsewhere["EventPattern"]!.ToJsonString(), Is.EqualTo(here["EventPattern"]!.ToJsonString()));
            Assert.That(elsewhere["Targets"]![0]!["Arn"]!.ToString(), Is.EqualTo("arn:aws:events:eu-central-1:111122223333:event-bus/default"));
            Assert.That(
                Template.ForwardFindings.Made(("CentralAccountId", Template.AccountId)).Keys,
                Does.Not.Contain("NonCompliantKeys"),
                "the central account would send events to itself");
        }
    }

    [Test]
    public void Key_of_the_topic_complies_with_the_rule()
    {
        var key = Template.Function.Made(("Notifications", "true"), ("MaxRotationPeriodInDays", "180"))["NotificationKey"]["Properties"]!;
        Assert.That((key["EnableKeyRotation"]!.GetValue<bool>(), key["RotationPeriodInDays"]!.ToString()), Is.EqualTo((true, "180")));
    }

    [TestCase("", 0)]
    [TestCase("o-a1b2c3d4e5", 1)]
    public void Accounts_can_send_events_only_in_an_organization(string organizationId, int policies) =>
        Assert.That(
            Template.Function.Made("AWS::Events::EventBusPolicy", ("Notifications", "true"), ("OrganizationId", organizationId)),
            Has.Count.EqualTo(policies));

    [Test]
    public void Only_the_organization_can_read_the_bucket()
    {
        var statements = Template.Bucket.Made(("OrganizationId", "o-a1b2c3d4e5"))["BucketPolicy"]["Properties"]!["PolicyDocument"]!["Statement"]!.AsArray();
        var allowed = statements.Single(statement => statement!["Effect"]!.ToString() == "Allow")!;
        Assert.That(
            (allowed["Action"]!.ToString(), allowed["Condition"]!.ToJsonString()),
            Is.EqualTo(("s3:GetObject", """{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}""")));
    }

    [Test]
    public void Outputs_are_exported_or_link_to_the_console()
    {
        var outputs = Template.Function.Outputs;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                outputs.Where(output => output.Value!["Export"] is not null).Select(output => output.Key),
                Is.EquivalentTo(["FunctionArn", "FunctionRoleArn", "RuleName", "LogGroupName", "NotificationTopicArn"]));
            foreach (var (name, output) in outputs.Where(output => output.Key.EndsWith("Url", StringComparison.Ordinal) && output.Key != "FailedEventsUrl"))
                Assert.That(output!["Value"]!["Fn::Sub"]![0]!.ToString(), Does.StartWith("https://${Console}/"), name);
        }
    }

    /// <summary>Source: AWS Serverless Application Repository Developer Guide, AWS SAM template Metadata section properties.</summary>
    [Test]
    public void Metadata_is_valid_for_the_application_repository()
    {
        var application = Template.Function.Metadata["AWS::ServerlessRepo::Application"]!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(application["Name"]!.ToString(), Does.Match("^[a-zA-Z0-9-]{1,140}$"));
            Assert.That(application["Description"]!.ToString(), Has.Length.InRange(1, 256));
            Assert.That(application["Author"]!.ToString(), Does.Match("^[a-zA-Z0-9]+( [a-zA-Z0-9]+)*$"));
            Assert.That(application["SpdxLicenseId"]!.ToString(), Is.EqualTo("Apache-2.0"));
            Assert.That(
                application["Labels"]!.AsArray().Select(label => label!.ToString()).ToList(),
                Has.Count.LessThanOrEqualTo(10).And.All.Match("^[a-zA-Z0-9+_:/@-]{1,127}$"));
            Assert.That(
                File.Exists(Repository.PathOf(application["LicenseUrl"]!.ToString())) && File.Exists(Repository.PathOf(application["ReadmeUrl"]!.ToString())));
        }
    }

    [TestCaseSource(typeof(Template), nameof(Template.All))]
    public void No_template_has_a_fixed_partition(Template template) =>
        Assert.That(Repository.Read(template.Path), Does.Not.Contain("arn:aws:").And.Not.Contain("arn:aws-"));

    private static string Dashboard(params (string, string)[] given) => Template.Function.Made(given)["MetricsDashboard"]["Properties"]!["DashboardBody"]!.ToString();

    private static Func<string, string?> Environment(string variable, long value) => name =>
        name == "AWS_REGION" ? Template.Region : name == variable ? value.ToString(CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"SEARCH\('(\{[^}]+\}) Trigger=\\""(\w+)\\"" MetricName=\\""(\w+)\\""'")]
    private static partial Regex Search();

    [GeneratedRegex(@" as (\w+)")]
    private static partial Regex Aliases();

    [GeneratedRegex(@"(?:filter |and |by |, |\()(?!max|sum|count|latest)([A-Za-z]\w*)")]
    private static partial Regex QueryField();

    [GeneratedRegex(@"\$\.(\w+)")]
    private static partial Regex Selector();
}
