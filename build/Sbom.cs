#:property PublishAot=false
#:property RestorePackagesWithLockFile=false
#:property GenerateDocumentationFile=false

// Usage: dotnet run build/Sbom.cs -- ZIP native|managed RID LOCKFILE
// Writes a CycloneDX 1.6 bill of materials of the zip: the packages in the lock file of its build, with their hashes and licences.
// Without time and serial number, so that the same zip has the same bill.
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

var (zip, kind, rid, lockFile) = (args[0], args[1], args[2], args[3]);
var targets = JsonNode.Parse(File.ReadAllText(lockFile))!["dependencies"]!.AsObject();
var packages = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
foreach (var name in new[] { "net10.0", $"net10.0/{rid}" })
{
    foreach (var (id, package) in targets[name]?.AsObject() ?? []) packages[id] = package!;
}

// They make the program, and are not in it; the native runtime that is linked into it comes in a package of its own.
bool IsBuildOnly(string id) => id is "Microsoft.CodeAnalysis.BannedApiAnalyzers" or "Microsoft.DotNet.ILCompiler" or "Microsoft.NET.ILLink.Tasks";
bool IsNativeRuntime(string id) => id.EndsWith(".Microsoft.DotNet.ILCompiler", StringComparison.Ordinal);
var used = packages.Where(package => kind == "native" || (!IsBuildOnly(package.Key) && !IsNativeRuntime(package.Key))).ToList();

string Version(string id) => packages[id]["resolved"]!.GetValue<string>();
string Purl(string id) => $"pkg:nuget/{id}@{Version(id)}";
var root = Path.GetFileName(zip);

var components = used.Select(package => new JsonObject
{
    ["type"] = "library",
    ["bom-ref"] = Purl(package.Key),
    ["name"] = package.Key,
    ["version"] = Version(package.Key),
    ["scope"] = IsBuildOnly(package.Key) ? "excluded" : "required",
    ["hashes"] = Hashes("SHA-512", Convert.FromBase64String(package.Value["contentHash"]!.GetValue<string>())),
    ["licenses"] = Licences(package.Key, Version(package.Key)),
    ["purl"] = Purl(package.Key),
});

var direct = used
    .Where(package => package.Value["type"]!.GetValue<string>() == "Direct" || IsNativeRuntime(package.Key))
    .Select(package => Purl(package.Key));
var dependencies = used.Select(package => Dependency(
    Purl(package.Key),
    (package.Value["dependencies"]?.AsObject() ?? []).Select(dependency => dependency.Key).Where(packages.ContainsKey).Select(Purl)));

var bom = new JsonObject
{
    ["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json",
    ["bomFormat"] = "CycloneDX",
    ["specVersion"] = "1.6",
    ["version"] = 1,
    ["metadata"] = new JsonObject
    {
        ["component"] = new JsonObject
        {
            ["type"] = "application",
            ["bom-ref"] = root,
            ["name"] = root,
            ["version"] = XDocument.Load("Directory.Build.props").Descendants("Version").Single().Value,
            ["hashes"] = Hashes("SHA-256", SHA256.HashData(File.ReadAllBytes(zip))),
        },
    },
    ["components"] = new JsonArray([.. components]),
    ["dependencies"] = new JsonArray([Dependency(root, direct), .. dependencies]),
};
var options = new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
Console.WriteLine(bom.ToJsonString(options));

static JsonArray Hashes(string algorithm, byte[] hash) => [new JsonObject { ["alg"] = algorithm, ["content"] = Convert.ToHexStringLower(hash) }];

static JsonObject Dependency(string reference, IEnumerable<string> on) =>
    new() { ["ref"] = reference, ["dependsOn"] = new JsonArray([.. on.Select(purl => JsonValue.Create(purl))]) };

static JsonArray Licences(string id, string version)
{
    var folder = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
#pragma warning disable CA1308 // Normalize strings to uppercase: NuGet's folder names are in lower case.
    var nuspec = Path.Combine(folder, id.ToLowerInvariant(), version, $"{id.ToLowerInvariant()}.nuspec");
#pragma warning restore CA1308
    var licence = File.Exists(nuspec) ? XDocument.Load(nuspec).Descendants().FirstOrDefault(element => element.Name.LocalName == "license") : null;
    return licence?.Attribute("type")?.Value == "expression" ? [new JsonObject { ["expression"] = licence.Value }] : [];
}
