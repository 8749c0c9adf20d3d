using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KeyRotation.Tests.Deployment;

/// <summary>
/// A CloudFormation template as JSON, with short tags (<c>!Ref</c>) in their full form. It can be resolved for given parameter values.
/// </summary>
internal sealed partial class Template(string path, JsonObject json)
{
    public const string AccountId = "123456789012";
    public const string Region = "eu-central-1";

    private static readonly Dictionary<string, string> Pseudo = new()
    {
        ["AWS::AccountId"] = AccountId,
        ["AWS::Partition"] = "aws",
        ["AWS::Region"] = Region,
        ["AWS::StackName"] = "stack",
        ["AWS::URLSuffix"] = "amazonaws.com",
    };

    public static Template Function { get; } = Read("template.yaml");

    public static Template Pack { get; } = Read("samples", "conformance-pack.yaml");

    public static Template MemberRole { get; } = Read("samples", "organization", "member-role.yaml");

    public static Template OrganizationPack { get; } = Read("samples", "organization", "organization-pack.yaml");

    public static Template ForwardFindings { get; } = Read("samples", "organization", "forward-findings.yaml");

    public static Template Bucket { get; } = Read("samples", "organization", "bucket.yaml");

    public static Template Remediation { get; } = Read("samples", "remediation", "enable-key-rotation.yaml");

    public static Template[] All { get; } = [Function, Pack, MemberRole, OrganizationPack, ForwardFindings, Bucket, Remediation];

    public JsonObject Written => json;

    public JsonObject Parameters => json[nameof(Parameters)]!.AsObject();

    public JsonObject Metadata => json[nameof(Metadata)]!.AsObject();

    public JsonObject Outputs => json[nameof(Outputs)]!.AsObject();

    public JsonObject Resources => json[nameof(Resources)]!.AsObject();

    /// <summary>Path of the file in the repository.</summary>
    public string Path => path;

    public JsonNode Parameter(string name) => Parameters[name]
        ?? throw new AssertionException(
            $"Add {name} to Parameters in {path}: Type, Default, Description, and the values that rule/Core/RuleParameters.cs accepts.");

    /// <summary>
    /// The resources that CloudFormation would create, with all conditions and parameters resolved, and values of AWS::NoValue removed.
    /// </summary>
    public IReadOnlyDictionary<string, JsonObject> Made(params (string Name, string Value)[] given)
    {
        var resolver = Resolved(given);
        return Resources
            .Where(resource => resource.Value!["Condition"] is not { } condition || resolver.Holds(condition.ToString()))
            .ToDictionary(resource => resource.Key, resource => resolver.Resolve(resource.Value)!.AsObject());
    }

    /// <summary>The properties of each resource of a type.</summary>
    public List<JsonNode> Made(string type, params (string Name, string Value)[] given) =>
        [.. Made(given).Values.Where(resource => resource["Type"]!.ToString() == type).Select(resource => resource["Properties"]!)];

    /// <summary>The reasons why CloudFormation would reject this combination of parameters, from the section Rules.</summary>
    public IEnumerable<string> Refusals(params (string Name, string Value)[] given)
    {
        var resolver = Resolved(given);
        return from rule in json["Rules"]?.AsObject() ?? []
               where rule.Value!["RuleCondition"] is not { } condition || resolver.Truth(condition)
               from assertion in rule.Value["Assertions"]!.AsArray()
               where !resolver.Truth(assertion!["Assert"]!)
               select assertion["AssertDescription"]!.ToString();
    }

    private Resolver Resolved((string Name, string Value)[] given)
    {
        var values = new Dictionary<string, string>(Pseudo);
        foreach (var (name, parameter) in Parameters) values[name] = parameter!["Default"]?.ToString() ?? "";
        foreach (var (name, value) in given)
        {
            _ = Parameter(name);
            values[name] = value;
        }

        return new(
            json["Conditions"]?.AsObject() ?? [],
            values,
            [.. Parameters.Where(parameter => parameter.Value!["Type"]!.ToString() == "CommaDelimitedList").Select(parameter => parameter.Key)]);
    }

    private static Template Read(params string[] path) => new(string.Join('/', path), Yaml(Repository.Read(path)));

    public static Template Parse(string text) => new("template.yaml", Yaml(text));

    /// <summary>Converts any YAML to JSON.</summary>
    public static JsonObject Yaml(string text)
    {
        using var reader = new StringReader(text);
        var yaml = new YamlStream();
        yaml.Load(reader);
        return ToJson(yaml.Documents[0].RootNode)!.AsObject();
    }

    public override string ToString() => path;

    private static JsonNode? ToJson(YamlNode node)
    {
        JsonNode? value = node switch
        {
            YamlMappingNode mapping => new JsonObject(
                mapping.Children.Select(child => KeyValuePair.Create(((YamlScalarNode)child.Key).Value!, ToJson(child.Value)))),
            YamlSequenceNode sequence => new JsonArray([.. sequence.Select(ToJson)]),
            YamlScalarNode { Style: ScalarStyle.Plain, Value: { } text } when node.Tag.IsEmpty => Plain(text),
            _ => JsonValue.Create(((YamlScalarNode)node).Value),
        };

        if (node.Tag.IsEmpty || !node.Tag.Value.StartsWith('!')) return value;
        var function = node.Tag.Value[1..];
        return function switch
        {
            "Ref" or "Condition" => new JsonObject { [function] = value },
            "GetAtt" => new JsonObject { ["Fn::GetAtt"] = new JsonArray([.. value!.ToString().Split('.', 2).Select(part => JsonValue.Create(part))]) },
            _ => new JsonObject { [$"Fn::{function}"] = value },
        };
    }

    private static JsonValue? Plain(string text) => text switch
    {
        "" or "null" or "~" => null,
        "true" or "false" => JsonValue.Create(text == "true"),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };

    private sealed partial class Resolver(JsonObject conditions, IReadOnlyDictionary<string, string> values, HashSet<string> lists)
    {
        public bool Holds(string condition) => Truth(conditions[condition] ?? throw new KeyNotFoundException(condition));

        public JsonNode? Resolve(JsonNode? node) => node switch
        {
            JsonObject { Count: 1 } function when Function(function.First()) is { } resolve => resolve(),
            JsonObject map => new JsonObject(
                map.Where(entry => !IsNoValue(entry.Value)).Select(entry => KeyValuePair.Create(entry.Key, Resolve(entry.Value)))),
            JsonArray list => new JsonArray([.. list.Where(item => !IsNoValue(item)).Select(Resolve)]),
            { } value => value.DeepClone(),
            null => null,
        };

        private Func<JsonNode?>? Function(KeyValuePair<string, JsonNode?> call) => call.Key switch
        {
            "Ref" => () => Value(call.Value!.ToString()),
            "Fn::Select" => () => Resolve(call.Value![1])!.AsArray()[int.Parse(Text(call.Value[0]), CultureInfo.InvariantCulture)]!.DeepClone(),
            "Fn::Split" => () => new JsonArray([.. Text(call.Value![1]).Split(Text(call.Value[0])).Select(part => JsonValue.Create(part))]),
            "Fn::GetAtt" => () => $"arn:aws:{call.Value![0]}:{Region}:{AccountId}:{call.Value[1]}",
            "Fn::Sub" => () => call.Value is JsonArray withNames
                ? Substituted(withNames[0]!, Resolve(withNames[1])!.AsObject())
                : Substituted(call.Value!, []),
            "Fn::Join" => () => string.Join(call.Value![0]!.ToString(), Resolve(call.Value[1])!.AsArray()),
            "Fn::If" => () => Resolve(Chosen(call.Value!)),
            _ => null,
        };

        private JsonNode? Value(string name) =>
            lists.Contains(name)
                ? new JsonArray([.. values[name].Split(',').Select(item => JsonValue.Create(item))])
                : values.GetValueOrDefault(name, name);

        private string Substituted(JsonNode text, JsonObject names) => Reference().Replace(
            text.ToString(),
            match => names[match.Groups[1].Value]?.ToString() ?? values.GetValueOrDefault(match.Groups[1].Value, match.Groups[1].Value));

        private string Text(JsonNode? node) => Resolve(node)!.ToString();

        private JsonNode Chosen(JsonNode choice) => choice[Holds(choice[0]!.ToString()) ? 1 : 2]!;

        private bool IsNoValue(JsonNode? node) => node switch
        {
            JsonObject { Count: 1 } function when function["Fn::If"] is { } choice => IsNoValue(Chosen(choice)),
            JsonObject { Count: 1 } function => function["Ref"]?.ToString() == "AWS::NoValue",
            _ => false,
        };

        public bool Truth(JsonNode condition)
        {
            var (function, argument) = condition.AsObject().First();
            return function switch
            {
                "Condition" => Holds(argument!.ToString()),
                "Fn::Equals" => Text(argument![0]) == Text(argument[1]),
                "Fn::Not" => !Truth(argument![0]!),
                "Fn::And" => argument!.AsArray().All(part => Truth(part!)),
                "Fn::Or" => argument!.AsArray().Any(part => Truth(part!)),
                _ => throw new NotSupportedException(function),
            };
        }

        [GeneratedRegex(@"\$\{([^!}]+)\}")]
        private static partial Regex Reference();
    }
}
