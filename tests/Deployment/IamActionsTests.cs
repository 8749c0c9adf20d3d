using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Amazon.CloudFormation;
using Amazon.ConfigService;
using Amazon.KeyManagementService;
using Amazon.SecurityToken;

namespace KeyRotation.Tests.Deployment;

/// <summary>For each option, a role allows exactly the actions that its code calls.</summary>
[TestFixture]
internal sealed partial class IamActionsTests
{
    private static readonly string[] Logs = ["logs:CreateLogStream", "logs:PutLogEvents"];
    private const string QueueKey = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    private const string FunctionRole = "arn:aws:iam::111122223333:role/KmsKeyRotation-eu-central-1";

    private static readonly string[] FailedEvents = ["sqs:SendMessage"];
    private static readonly string[] Encryption = ["kms:GenerateDataKey", "kms:Decrypt"];

    /// <summary>
    /// Source: AWS Lambda Developer Guide, Giving Lambda functions access to resources in an Amazon VPC, Required IAM permissions.
    /// </summary>
    private static readonly string[] Network =
    [
        "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
    ];

    private static readonly string[] Traces = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"];

    /// <summary>The folders of the rule's own code, without the stand-ins for packages.</summary>
    private static readonly string[] Layers = ["", "Aws", "Core", "Reading", "Runtime", "Sweeping"];

    private static IEnumerable<TestCaseData<(string, string)[], IEnumerable<string>>> Options =>
    [
        new([], [.. IamActions.Always, .. Logs, .. FailedEvents])
        {
            TestName = "Function can evaluate, report, log and keep failed events",
        },
        new([("KeepFailedEvents", "false")], [.. IamActions.Always, .. Logs])
        {
            TestName = "Function without a queue cannot send messages",
        },
        new([("ExemptTagKey", "exempt")], [.. IamActions.Always, IamActions.ListResourceTags, .. Logs, .. FailedEvents])
        {
            TestName = "Function with an exemption tag can read tags",
        },
        new([("RotationEvidence", "require")], [.. IamActions.Always, IamActions.ListKeyRotations, .. Logs, .. FailedEvents])
        {
            TestName = "Function that requires evidence can list rotations",
        },
        new([("OnDemandRotation", "count")], [.. IamActions.Always, IamActions.ListKeyRotations, .. Logs, .. FailedEvents])
        {
            TestName = "Function that counts rotations on demand can list rotations",
        },
        new([("ImportedKeys", "evaluate")], [.. IamActions.Always, IamActions.ListKeyRotations, .. Logs, .. FailedEvents])
        {
            TestName = "Function that evaluates imported keys can list rotations",
        },
        new([("ExecutionRoleName", "Role"), ("RotationEvidence", "require")], [IamActions.AssumeRole, .. Logs, .. FailedEvents])
        {
            TestName = "Function that assumes a role cannot list rotations itself",
        },
        new([("ExecutionRoleName", "Role")], [IamActions.AssumeRole, .. Logs, .. FailedEvents])
        {
            TestName = "Function that assumes a role cannot evaluate or report itself",
        },
        new([("ExecutionRoleName", "Role"), ("ExemptTagKey", "exempt")], [IamActions.AssumeRole, .. Logs, .. FailedEvents])
        {
            TestName = "Function that assumes a role cannot read tags itself",
        },
        new([("FailedEventsKmsKeyArn", QueueKey)], [.. IamActions.Always, .. Logs, .. FailedEvents, .. Encryption])
        {
            TestName = "Function with an encrypted queue can use its key",
        },
        new([("FailedEventsKmsKeyArn", QueueKey), ("KeepFailedEvents", "false")], [.. IamActions.Always, .. Logs])
        {
            TestName = "Function without a queue cannot use its key",
        },
        new([("SubnetIds", "subnet-1"), ("SecurityGroupIds", "sg-1")], [.. IamActions.Always, .. Logs, .. FailedEvents, .. Network])
        {
            TestName = "Function in a VPC can create network interfaces",
        },
        new([("Tracing", "Active")], [.. IamActions.Always, .. Logs, .. FailedEvents, .. Traces])
        {
            TestName = "Function with tracing can send traces",
        },
    ];

    [TestCaseSource(nameof(Options))]
    public void Function_role_allows_what_the_function_calls((string, string)[] options, IEnumerable<string> actions) =>
        Assert.That(
            Actions(Template.Function.Made(options)["FunctionRole"]),
            Is.EquivalentTo(actions),
            "The actions of FunctionRole in template.yaml must be those in rule/Aws/IamActions.cs.");

    [TestCase("false", "false")]
    [TestCase("true", "false", IamActions.ListResourceTags)]
    [TestCase("false", "true", IamActions.ListKeyRotations)]
    [TestCase("true", "true", IamActions.ListResourceTags, IamActions.ListKeyRotations)]
    public void Member_role_allows_what_the_function_calls_with_it(string readTags, string readRotations, params string[] more) =>
        Assert.That(
            Actions(Template.MemberRole.Made(("ReadTags", readTags), ("ReadRotations", readRotations), ("FunctionRoleArns", FunctionRole))["Role"]),
            Is.EquivalentTo(IamActions.Always.Concat(more)),
            "The actions of the role in samples/organization/member-role.yaml must be those in rule/Aws/IamActions.cs.");

    [Test]
    public void Listed_operations_are_those_that_are_called()
    {
        var listed = typeof(IamActions).GetFields(BindingFlags.Static | BindingFlags.Public).Where(field => field.IsLiteral)
            .Select(field => (string)field.GetValue(null)!);
        var source = string.Join(
            '\n',
            Layers.SelectMany(layer => Directory.GetFiles(Repository.PathOf("rule", layer), "*.cs")).Select(File.ReadAllText));
        var called = Call().Matches(source).Select(match => match.Groups[1].Value).ToHashSet();
        var offered = Offered<IAmazonKeyManagementService>("kms").Concat(Offered<IAmazonConfigService>("config"))
            .Concat(Offered<IAmazonCloudFormation>("cloudformation")).Concat(Offered<IAmazonSecurityTokenService>("sts"));
        Assert.That(
            offered.Where(action => called.Contains(action.Split(':')[1])),
            Is.EquivalentTo(listed),
            "rule/Aws/IamActions.cs must list exactly the operations that the rule calls.");
    }

    [Test]
    public void Function_assumes_one_role_name_in_its_organization()
    {
        var statement = Statements(Template.Function.Made(("ExecutionRoleName", "team/Role"), ("OrganizationId", "o-a1b2c3d4e5"))["FunctionRole"])
            .Single(candidate => candidate["Action"]!.ToString() == IamActions.AssumeRole);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(statement["Resource"]!.ToString(), Is.EqualTo("arn:aws:iam::*:role/team/Role"));
            Assert.That(statement["Condition"]!.ToJsonString(), Is.EqualTo("""{"StringEquals":{"aws:ResourceOrgID":"o-a1b2c3d4e5"}}"""));
        }
    }

    /// <summary>
    /// The principal is the account, because IAM stores a role as principal by its unique ID: a role that was deleted and created again
    /// with the same name would not be trusted. Source: IAM User Guide, AWS JSON policy elements: Principal, IAM role principals.
    /// </summary>
    [Test]
    public void Member_role_trusts_only_the_given_function_roles()
    {
        const string Roles = "arn:aws:iam::111122223333:role/KmsKeyRotation-eu-central-1,arn:aws:iam::111122223333:role/KmsKeyRotation-us-east-1";
        var trust = Template.MemberRole.Made(("FunctionRoleArns", Roles))["Role"]["Properties"]!["AssumeRolePolicyDocument"]!["Statement"]!.AsArray().Single()!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(trust["Principal"]!.ToJsonString(), Is.EqualTo("""{"AWS":"arn:aws:iam::111122223333:root"}"""));
            Assert.That(trust["Condition"]!["ArnEquals"]!["aws:PrincipalArn"]!.AsArray().Select(arn => arn!.ToString()), Is.EqualTo(Roles.Split(',')));
            Assert.That(Regex.IsMatch("arn:aws:iam::111122223333:role/*", Template.MemberRole.Parameter("FunctionRoleArns")["AllowedPattern"]!.ToString()), Is.False);
        }
    }

    [Test]
    public void Roles_have_the_given_path_and_boundary()
    {
        const string Boundary = "arn:aws:iam::123456789012:policy/boundary";
        (Template, string, (string, string)[])[] roles =
        [
            (Template.Function, "FunctionRole", []),
            (Template.MemberRole, "Role", [("FunctionRoleArns", FunctionRole)]),
            (Template.ForwardFindings, "Role", []),
            (Template.Remediation, "Role", []),
        ];
        foreach (var (template, role, needed) in roles)
        {
            var properties = template.Made([("RolePath", "/team/"), ("PermissionsBoundaryArn", Boundary), .. needed])[role]["Properties"]!;
            Assert.That((properties["Path"]!.ToString(), properties["PermissionsBoundary"]!.ToString()), Is.EqualTo(("/team/", Boundary)));
            Assert.That(template.Made(needed)[role]["Properties"]!["PermissionsBoundary"], Is.Null);
        }
    }

    [TestCase("", 1)]
    [TestCase("o-a1b2c3d4e5", 2)]
    public void Other_accounts_can_invoke_only_in_an_organization(string organizationId, int permissions)
    {
        var made = Template.Function.Made("AWS::Lambda::Permission", ("OrganizationId", organizationId));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(made, Has.Count.EqualTo(permissions));
            Assert.That(made.Select(permission => permission["Principal"]!.ToString()), Is.All.EqualTo("config.amazonaws.com"));
            Assert.That(made.Count(permission => permission["SourceAccount"]?.ToString() == Template.AccountId), Is.EqualTo(1));
        }
    }

    [Test]
    public void Remediation_role_allows_what_its_script_calls()
    {
        var called = KmsCall().Matches(RemediationTests.Python).Select(match => match.Groups[1].Value).Distinct()
            .Select(method => "kms:" + string.Concat(method.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..])));
        Assert.That(Actions(Template.Remediation.Made()["Role"]), Is.EquivalentTo(called));
    }

    private static IEnumerable<string> Offered<TClient>(string prefix) =>
        typeof(TClient).GetMethods().Where(method => method.Name.EndsWith("Async", StringComparison.Ordinal)).Select(method => $"{prefix}:{method.Name[..^5]}").Distinct();

    private static IEnumerable<JsonNode> Statements(JsonObject role) =>
        role["Properties"]!["Policies"]!.AsArray().SelectMany(policy => policy!["PolicyDocument"]!["Statement"]!.AsArray()).Select(statement => statement!);

    private static IEnumerable<string> Actions(JsonObject role) =>
        Statements(role).Select(statement => statement["Action"]!)
            .SelectMany(action => action is JsonArray many ? many.Select(one => one!.ToString()) : [action.ToString()]);

    [GeneratedRegex(@"\.(\w+)Async\(")]
    private static partial Regex Call();

    [GeneratedRegex(@"\bkms\.(\w+)\(")]
    private static partial Regex KmsCall();
}
