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
    public void The_rule_is_called_for_changes_and_for_sweeps_of_keys_and_only_after_the_fact(Template template)
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

    [Test]
    public void The_rule_waits_for_the_permission_because_AWS_Config_tries_it_when_the_rule_is_made() =>
        Assert.That(Template.Function.Resources["Rule"]!["DependsOn"]!.ToString(), Is.EqualTo("ConfigPermission"));

    [Test]
    public void The_stack_gives_the_version_of_the_project() =>
        Assert.That(Template.Function.Outputs["Version"]!["Value"]!.ToString(), Is.EqualTo(Repository.Version), "Set Outputs/Version in template.yaml to <Version> in Directory.Build.props.");

    [Test]
    public void Without_a_rule_of_its_own_the_stack_still_has_all_that_a_pack_needs() =>
        Assert.That(Template.Function.Made(("CreateRule", "false")).Keys, Does.Not.Contain("Rule").And.Contains("KeyRotationFunction").And.Contains("ConfigPermission"));

    [Test]
    public void With_names_a_stack_that_is_made_again_has_the_ARNs_that_rules_and_roles_know()
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
    public void Every_parameter_stands_in_one_group_has_a_label_and_says_what_it_is()
    {
        var @interface = Template.Function.Metadata["AWS::CloudFormation::Interface"]!;
        var groups = @interface["ParameterGroups"]!.AsArray();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                @interface["ParameterLabels"]!.AsObject().Select(label => label.Key),
                Is.EquivalentTo(Template.Function.Parameters.Select(parameter => parameter.Key)),
                "Give each parameter a label in ParameterLabels in template.yaml.");
            Assert.That(
                groups.Select(group => group!["Label"]!["default"]).Concat(@interface["ParameterLabels"]!.AsObject().Select(label => label.Value!["default"])),
                Is.All.Not.Null);
            Assert.That(
                groups.SelectMany(group => group!["Parameters"]!.AsArray()).Select(name => name!.ToString()),
                Is.EquivalentTo(Template.Function.Parameters.Select(parameter => parameter.Key)),
                "Put each parameter into one group of ParameterGroups in template.yaml.");
            Assert.That(
                Template.Function.Parameters.Where(parameter => parameter.Value!["Description"] is null).Select(parameter => parameter.Key),
                Is.Empty,
                "Give it a Description in template.yaml.");
            Assert.That(
                Template.Function.Parameters.Where(parameter => parameter.Value!["AllowedPattern"] is not null && parameter.Value["ConstraintDescription"] is null),
                Is.Empty,
                "Give it a ConstraintDescription in template.yaml.");
        }
    }

    [TestCaseSource(nameof(Settable))]
    public void An_environment_variable_is_offered_in_the_range_that_the_function_takes((string Parameter, string Variable) setting)
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
    public void The_metrics_of_the_function_are_by_rule_or_not_as_the_stack_says(string value, bool byRule)
    {
        var variables = Template.Function.Made(("MetricsByRule", value))["KeyRotationFunction"]["Properties"]!["Environment"]!["Variables"]!;
        Assert.That(Settings.Of(name => name == "AWS_REGION" ? Template.Region : variables[name]?.ToString()).MetricsByRule, Is.EqualTo(byRule));
    }

    [TestCase("One_Hour", 1)]
    [TestCase("Three_Hours", 3)]
    [TestCase("Six_Hours", 6)]
    [TestCase("Twelve_Hours", 12)]
    [TestCase("TwentyFour_Hours", 24)]
    public void A_missing_sweep_is_noticed_after_its_time_and_within_what_an_alarm_can_look_back(string frequency, int hours)
    {
        var alarm = Template.Function.Made(("MaximumExecutionFrequency", frequency))["SweepMissingAlarm"]["Properties"]!;
        var seconds = alarm["Period"]!.GetValue<long>() * alarm["EvaluationPeriods"]!.GetValue<long>();

        // Source: CloudWatch API Reference, PutMetricAlarm: seven days for periods of an hour or more.
        Assert.That(seconds, Is.GreaterThan(hours * 3600).And.LessThanOrEqualTo(604800));
    }

    /// <summary>
    /// Source: CloudWatch User Guide, Search expression syntax: 500 series at most. With one trigger a search has one for an account.
    /// </summary>
    [TestCase("true")]
    [TestCase("false")]
    public void The_dashboard_shows_every_metric_of_the_function_and_no_other_each_for_one_trigger(string byRule)
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
    public void Without_the_rules_name_the_dashboard_adds_up_what_the_accounts_sweep_in_turn(string frequency, int seconds)
    {
        var body = Dashboard(("MetricsByRule", "false"), ("MaximumExecutionFrequency", frequency));
        Assert.That(body, Does.Contain($"Trigger=\\\"Sweep\\\" MetricName=\\\"NonCompliant\\\"', 'Sum', {seconds})").And.Contain($"\"period\": {seconds}"));
    }

    [Test]
    public void The_queries_of_the_log_name_fields_that_the_function_writes()
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
    public void The_dashboard_is_JSON_whose_widgets_do_not_overlap_and_whose_ids_are_unique()
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

    [TestCase("Alarms", "AWS::CloudWatch::Alarm", 5)]
    [TestCase("Alarms", "AWS::Logs::MetricFilter", 3)]
    [TestCase("Dashboard", "AWS::CloudWatch::Dashboard", 1)]
    [TestCase("StoredQueries", "AWS::Config::StoredQuery", 4)]
    [TestCase("KeepFailedEvents", "AWS::SQS::Queue", 1)]
    [TestCase("KeepFailedEvents", "AWS::SQS::QueuePolicy", 1)]
    [TestCase("Notifications", "AWS::SNS::Topic", 1)]
    [TestCase("Notifications", "AWS::KMS::Key", 1)]
    [TestCase("Notifications", "AWS::Events::Rule", 1)]
    public void What_costs_or_is_not_in_every_Region_can_be_left_out(string parameter, string resourceType, int count)
    {
        Assert.That(Template.Function.Made(resourceType, (parameter, "true")), Has.Count.EqualTo(count));
        Assert.That(Template.Function.Made(resourceType, (parameter, "false")), Is.Empty);
    }

    /// <summary>A sweep that fails for one key has come; only one that does not come is missing.</summary>
    [TestCase("SweepMetric", "{ $.SweepFinished >= 0 }")]
    [TestCase("SweepUnfinishedMetric", "{ $.SweepFinished = 0 }")]
    public void A_sweep_is_counted_by_whether_it_came_and_by_whether_it_finished(string filter, string pattern) =>
        Assert.That(Template.Function.Made()[filter]["Properties"]!["FilterPattern"]!.ToString(), Is.EqualTo(pattern));

    [Test]
    public void An_alarm_on_the_log_has_a_filter_and_the_filter_reads_what_the_function_writes()
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
    public void Half_of_a_pair_is_refused(string name, string value, string otherName, string otherValue, bool isRefused) =>
        Assert.That(Template.Function.Refusals((name, value), (otherName, otherValue)).Any(), Is.EqualTo(isRefused));

    [Test]
    public void The_function_is_in_a_VPC_only_where_one_is_given()
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
    public void The_queue_is_encrypted_and_speaks_TLS_only(string key)
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
    public void An_alarm_tells_when_it_goes_off_and_when_it_is_over(string notifications, string topic, string? told)
    {
        var alarms = Template.Function.Made("AWS::CloudWatch::Alarm", ("Notifications", notifications), ("AlarmTopicArn", topic));
        Assert.That(
            alarms.SelectMany(alarm => new[] { alarm["AlarmActions"]?[0], alarm["OKActions"]?[0] }).Select(action => action?.ToString()).ToList(),
            Has.Count.EqualTo(10).And.All.EqualTo(told));
    }

    /// <summary>
    /// Source: Amazon EventBridge Events Reference, AWS Config events; AWS Config Developer Guide, Monitoring AWS Config with Amazon
    /// EventBridge.
    /// </summary>
    [Test]
    public void The_topic_hears_of_a_key_that_becomes_non_compliant_with_the_rule_by_whatever_suffix()
    {
        var here = Template.Function.Made(("Notifications", "true"))["NonCompliantKeys"]["Properties"]!;
        var elsewhere = Template.ForwardFindings.Made(("CentralAccountId", "111122223333"))["NonCompliantKeys"]["Properties"]!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(here["EventPattern"]!.ToJsonString(), Is.EqualTo(
                """{"source":["aws.config"],"detail-type":["Config Rules Compliance Change"],"detail":{"messageType":["ComplianceChangeNotification"],"resourceType":["AWS::KMS::Key"],"configRuleName":[{"prefix":"kms-key-rotation"}],"newEvaluationResult":{"complianceType":["NON_COMPLIANT"]}}}"""));
            Assert.That(elsewhere["EventPattern"]!.ToJsonString(), Is.EqualTo(here["EventPattern"]!.ToJsonString()));
            Assert.That(elsewhere["Targets"]![0]!["Arn"]!.ToString(), Is.EqualTo("arn:aws:events:eu-central-1:111122223333:event-bus/default"));
            Assert.That(Template.ForwardFindings.Made(("CentralAccountId", Template.AccountId)).Keys, Does.Not.Contain("NonCompliantKeys"), "the central account would send to itself");
        }
    }

    [Test]
    public void The_topic_is_encrypted_with_a_key_that_the_rule_itself_finds_compliant()
    {
        var key = Template.Function.Made(("Notifications", "true"), ("MaxRotationPeriodInDays", "180"))["NotificationKey"]["Properties"]!;
        Assert.That((key["EnableKeyRotation"]!.GetValue<bool>(), key["RotationPeriodInDays"]!.ToString()), Is.EqualTo((true, "180")));
    }

    [TestCase("", 0)]
    [TestCase("o-a1b2c3d4e5", 1)]
    public void Only_with_an_organization_may_its_accounts_send_events(string organizationId, int policies) =>
        Assert.That(
            Template.Function.Made("AWS::Events::EventBusPolicy", ("Notifications", "true"), ("OrganizationId", organizationId)),
            Has.Count.EqualTo(policies));

    [Test]
    public void The_bucket_is_read_by_the_organization_alone()
    {
        var statements = Template.Bucket.Made(("OrganizationId", "o-a1b2c3d4e5"))["BucketPolicy"]["Properties"]!["PolicyDocument"]!["Statement"]!.AsArray();
        var allowed = statements.Single(statement => statement!["Effect"]!.ToString() == "Allow")!;
        Assert.That(
            (allowed["Action"]!.ToString(), allowed["Condition"]!.ToJsonString()),
            Is.EqualTo(("s3:GetObject", """{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}""")));
    }

    [Test]
    public void What_another_stack_or_a_person_goes_on_with_is_an_export_or_a_link()
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
    public void The_application_repository_gets_what_it_asks_for()
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
    public void No_template_names_a_partition(Template template) =>
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
