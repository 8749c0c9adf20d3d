using System.Text;
using System.Text.Json.Nodes;

namespace KeyRotation.Tests.Deployment;

/// <summary>The template that <c>make package</c> writes next to the zip: plain CloudFormation, without the SAM transform.</summary>
[TestFixture]
internal sealed class PlainTemplateTests
{
    /// <summary>In bytes. Source: AWS CloudFormation User Guide, Understand CloudFormation quotas, Template body size.</summary>
    private const int MaxTemplateBody = 51_200;

    private const string Zip = "key-rotation-arm64-0123456789ab.zip";

    private static readonly Lazy<string> Native = new(() => Written("provided.al2023", "x86_64"));

    private static readonly Lazy<string> Managed = new(() => Written("dotnet10", "arm64"));

    /// <summary>
    /// Creates a folder as <c>make package</c> leaves it, for programs that read files: dist holds the template and a zip.
    /// </summary>
    public static string Packaged()
    {
        var folder = Directory.CreateTempSubdirectory("packaged-").FullName;
        var dist = Directory.CreateDirectory(Path.Combine(folder, "dist")).FullName;
        File.WriteAllText(Path.Combine(dist, "template.yaml"), Native.Value);
        File.WriteAllText(Path.Combine(dist, "key-rotation-x86_64-0123456789ab.zip"), "");
        return folder;
    }

    [Test]
    public void Equals_the_SAM_output_except_for_the_code_location()
    {
        var translated = JsonNode.Parse(Tool.SamTranslator.Run("", "tests/Deployment/transform.py", "template.yaml"))!.AsObject();
        var plain = Template.Parse(Native.Value).Written;

        var function = translated["Resources"]!["KeyRotationFunction"]!;
        Assert.That(function["Properties"]!["Tags"]!.ToJsonString(), Is.EqualTo("""[{"Key":"lambda:createdBy","Value":"SAM"}]"""));
        function["Properties"]!.AsObject().Remove("Tags");
        function.AsObject().Remove("Metadata");
        function["Properties"]!["Code"] = JsonNode.Parse("""{"S3Bucket":{"Ref":"CodeBucket"},"S3Key":{"Ref":"CodeKey"}}""");
        translated["Metadata"]!.AsObject().Remove("AWS::ServerlessRepo::Application");

        var @interface = plain["Metadata"]!["AWS::CloudFormation::Interface"]!;
        @interface["ParameterGroups"]!.AsArray().RemoveAt(0);
        foreach (var name in new[] { "CodeBucket", "CodeKey" })
        {
            Assert.That(plain["Parameters"]!.AsObject().Remove(name));
            Assert.That(@interface["ParameterLabels"]!.AsObject().Remove(name));
        }

        Assert.That(Sorted(plain), Is.EqualTo(Sorted(translated)));
    }

    [Test]
    public void Has_no_transform_and_fits_in_a_template_body()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Native.Value, Does.Not.Contain("\nTransform:").And.Not.Contain("Serverless"));
            Assert.That(Encoding.UTF8.GetByteCount(Native.Value), Is.LessThanOrEqualTo(MaxTemplateBody));
        }
    }

    [Test]
    public void Deploys_its_zip_with_the_runtime_and_architecture()
    {
        var template = Template.Parse(Managed.Value);
        var function = template.Made(("CodeBucket", "bucket"))["KeyRotationFunction"]["Properties"]!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(function["Code"]!.ToJsonString(), Is.EqualTo($$"""{"S3Bucket":"bucket","S3Key":"{{Zip}}"}"""));
            Assert.That((function["Runtime"]!.ToString(), function["Architectures"]![0]!.ToString()), Is.EqualTo(("dotnet10", "arm64")));
            Assert.That(template.Parameter("CodeBucket")["Default"], Is.Null, "no bucket suits everyone");
        }
    }

    [Test]
    public void Dashboard_equals_that_of_the_SAM_template() =>
        Assert.That(
            Template.Parse(Native.Value).Made(("CodeBucket", "bucket"))["MetricsDashboard"].ToJsonString(),
            Is.EqualTo(Template.Function.Made()["MetricsDashboard"].ToJsonString()));

    /// <summary>
    /// Limited by moto: its CloudFormation does not support these types, so it does not create the rule, alarms, queries and policies. It
    /// does not check IAM either. It creates all other resources from the properties in the template.
    /// </summary>
    [Test]
    public void Moto_creates_the_stack_except_for_unknown_types()
    {
        string[] unknown =
        [
            "AWS::CloudWatch::Alarm", "AWS::Config::ConfigRule", "AWS::Config::StoredQuery", "AWS::Lambda::EventInvokeConfig", "AWS::Logs::MetricFilter",
            "AWS::Logs::QueryDefinition", "AWS::SNS::Subscription", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy",
        ];
        (string, string)[] given = [("CodeBucket", "bucket"), ("CodeKey", Zip), ("Notifications", "true"), ("NotificationEmail", "team@example.com")];
        var values = given.Select(parameter => KeyValuePair.Create(parameter.Item1, (JsonNode?)parameter.Item2));
        var parameters = new JsonObject(values).ToJsonString();
        var template = Path.Combine(Packaged(), "dist", "template.yaml");
        var stack = JsonNode.Parse(Tool.Moto.Run(parameters, "tests/Deployment/deploy_to_moto.py", template))!;
        var made = Template.Parse(Native.Value).Made(given).Where(resource => !unknown.Contains(resource.Value["Type"]!.ToString()));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(stack["Status"]!.ToString(), Is.EqualTo("CREATE_COMPLETE"));
            Assert.That(
                stack["Resources"]!.AsObject().Select(resource => (resource.Key, resource.Value!.ToString())),
                Is.EquivalentTo(made.Select(resource => (resource.Key, resource.Value["Type"]!.ToString()))));
            Assert.That(stack["Outputs"]!["DashboardUrl"]!.ToString(), Is.EqualTo("https://console.aws.amazon.com/cloudwatch/home?region=eu-central-1#dashboards:name=kms-key-rotation-eu-central-1"));
        }
    }

    private static string Written(string runtime, string architecture) => Tool.Dotnet.Run("", "run", "build/PlainTemplate.cs", "--", Zip, runtime, architecture);

    /// <summary>
    /// The order of members has no meaning, and CloudFormation does not distinguish a number from a string of its digits.
    /// </summary>
    private static string Sorted(JsonNode? node) => node switch
    {
        JsonObject map => "{" + string.Join(",\n", map.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"\"{entry.Key}\":{Sorted(entry.Value)}")) + "}",
        JsonArray list => "[" + string.Join(',', list.Select(Sorted)) + "]",
        null => "null",
        _ => node.ToString(),
    };
}
