using System.IO.Compression;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using KeyRotation.Local;

namespace KeyRotation.Tests.Deployment;

/// <summary>
/// The results of the Makefile in two clean clones, in folders of different depth. The SAM CLI is not needed: its Makefile builder calls
/// <c>make build-LOGICALID</c> with ARTIFACTS_DIR and zips the contents of that folder, so this test makes the same call. Source: AWS SAM
/// Developer Guide, Building Lambda functions with custom runtimes.
/// </summary>
[TestFixture]
[UnsupportedOSPlatform("windows")]
[Platform(Exclude = "Win")]
[Category("Package")]
[Explicit("Two native builds, one to two minutes. Run: dotnet test --filter TestCategory=Package")]
internal sealed class PackageTests
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private string one = null!;
    private string other = null!;

    [OneTimeSetUp]
    public void Build()
    {
        Tool.Make.Require();
        var folder = Directory.CreateTempSubdirectory("key-rotation-");
        one = Clone(Path.Combine(folder.FullName, "one"));
        other = Clone(Path.Combine(folder.FullName, "further", "down", "another"));
        Tool.Make.Run("", "-C", one, "package");
        Tool.Make.Run("", "-C", other, "build-KeyRotationFunction", $"ARTIFACTS_DIR={Artifacts}");
        Tool.Make.Run("", "-C", other, "package");
    }

    [Test]
    public void Builds_in_different_folders_are_identical()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Hash(Dist(one, ".zip")), Is.EqualTo(Hash(Dist(other, ".zip"))));
            Assert.That(File.ReadAllText(Dist(one, ".cdx.json")), Is.EqualTo(File.ReadAllText(Dist(other, ".cdx.json"))));
        }
    }

    [Test]
    public void Build_for_SAM_has_the_files_of_the_zip()
    {
        using var zip = ZipFile.OpenRead(Dist(one, ".zip"));
        using var bootstrap = zip.GetEntry("bootstrap")!.Open();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(zip.Entries.Select(entry => entry.FullName), Is.EqualTo(Directory.GetFiles(Artifacts).Select(Path.GetFileName)));
            Assert.That(Convert.ToHexString(SHA256.HashData(bootstrap)), Is.EqualTo(Hash(Path.Combine(Artifacts, "bootstrap"))));
        }
    }

    [Test]
    public async Task Bootstrap_in_the_zip_evaluates_an_event()
    {
        var folder = Unzipped(Dist(one, ".zip"));
        var bootstrap = Path.Combine(folder, "bootstrap");
        Assert.That(File.GetUnixFileMode(bootstrap), Is.EqualTo(Executable));
        await AssertJudgesAsync(bootstrap);
    }

    /// <summary>
    /// The dotnet10 runtime starts the function with <c>dotnet exec HANDLER.dll</c>. Source: aws/aws-lambda-dotnet,
    /// Amazon.Lambda.RuntimeSupport/bootstrap-al2023.sh.
    /// </summary>
    [Test]
    public async Task Managed_package_evaluates_an_event()
    {
        Tool.Make.Run("", "-C", one, "package-managed");
        var zip = Directory.GetFiles(Path.Combine(one, "dist"), "key-rotation-managed-*.zip").Single();
        AssertDeploys(one, zip, "dotnet10");
        var folder = Unzipped(zip);
        var start = Path.Combine(folder, "start");
        await File.WriteAllTextAsync(start, $"#!/bin/sh\nexec dotnet exec '{folder}/{Template.Function.Resources["KeyRotationFunction"]!["Properties"]!["Handler"]}.dll'\n");
        File.SetUnixFileMode(start, Executable);
        await AssertJudgesAsync(start);
    }

    [Test]
    public void SBOM_is_CycloneDX_with_every_locked_package()
    {
        var bom = JsonNode.Parse(File.ReadAllText(Dist(one, ".cdx.json")))!;
        var components = bom["components"]!.AsArray().Select(component => component!).ToList();
        var references = components.Append(bom["metadata"]!["component"]!).Select(component => component["bom-ref"]!.ToString()).ToList();
        var locked = JsonNode.Parse(Repository.Read("rule", "packages.lock.json"))!["dependencies"]!["net10.0"]!.AsObject();
        using (Assert.EnterMultipleScope())
        {
            // Source: CycloneDX 1.6 JSON schema, required members and patterns.
            Assert.That((bom["bomFormat"]!.ToString(), bom["specVersion"]!.ToString(), bom["version"]!.GetValue<int>()), Is.EqualTo(("CycloneDX", "1.6", 1)));
            Assert.That(components.Select(component => component["type"]!.ToString()), Is.All.EqualTo("library"));
            Assert.That(components.Select(component => component["hashes"]![0]!["content"]!.ToString()), Is.All.Match("^[0-9a-f]{128}$"));
            Assert.That(components.Select(component => component["scope"]!.ToString()), Is.All.AnyOf("required", "excluded"));
            Assert.That(references, Is.Unique);
            Assert.That(bom["dependencies"]!.AsArray().Select(dependency => dependency!["ref"]!.ToString()), Is.EquivalentTo(references));
            Assert.That(
                bom["dependencies"]!.AsArray().SelectMany(dependency => dependency!["dependsOn"]!.AsArray()).Select(on => on!.ToString()).Distinct(),
                Is.SubsetOf(references));

            Assert.That(components.Select(component => component["purl"]!.ToString()), Is.SupersetOf(locked.Select(package => $"pkg:nuget/{package.Key}@{package.Value!["resolved"]}")));
            Assert.That(bom["metadata"]!["component"]!["hashes"]![0]!["content"]!.ToString(), Is.EqualTo(Hash(Dist(one, ".zip"))).IgnoreCase);
        }
    }

    [Test]
    public void Template_next_to_the_zip_deploys_it() => AssertDeploys(other, Dist(other, ".zip"), "provided.al2023");

    [TestCase("package", "ARCH=riscv64", "valid values are x86_64 and arm64")]
    [TestCase("build-KeyRotationFunction", "ARTIFACTS_DIR=", "ARTIFACTS_DIR is not set")]
    public void Invalid_call_of_make_names_what_is_valid(string target, string argument, string message) =>
        Assert.That(Tool.Make.Fail("-C", one, target, argument), Does.Contain(message));

    private string Artifacts => Path.Combine(other, "artifacts");

    private static string Clone(string folder)
    {
        Tool.Git.Run("", "clone", "--quiet", "--no-hardlinks", Repository.Root, folder);
        return folder;
    }

    private static string Dist(string clone, string extension) =>
        Directory.GetFiles(Path.Combine(clone, "dist"), "key-rotation-*" + extension).Single(path => !path.Contains("managed", StringComparison.Ordinal));

    private static string Hash(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));

    private static string Unzipped(string zip)
    {
        var folder = Directory.CreateTempSubdirectory("key-rotation-zip-").FullName;
        ZipFile.ExtractToDirectory(zip, folder);
        return folder;
    }

    private static void AssertDeploys(string clone, string zip, string runtime)
    {
        var template = Template.Parse(File.ReadAllText(Path.Combine(clone, "dist", "template.yaml")));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(template.Parameter("CodeKey")["Default"]!.ToString(), Is.EqualTo(Path.GetFileName(zip)));
            Assert.That(template.Parameter("Runtime")["Default"]!.ToString(), Is.EqualTo(runtime));
            Assert.That(
                Path.GetFileName(zip),
                Does.Contain(template.Parameter("Architecture")["Default"]!.ToString()).And.Contain(Hash(zip)[..12]).IgnoreCase);
        }
    }

    private static async Task AssertJudgesAsync(string function)
    {
        var account = new LocalAccount();
        await using var aws = await LocalAws.StartAsync(account);
        var key = account.Put(LocalKey.Symmetric(rotates: true));
        await using var rule = await RuleProcess.StartAsync(aws, account, function);
        var result = await rule.InvokeAsync(ConfigEvents.Change(account, key));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error, Is.Null);
            Assert.That(aws.Evaluations.Single().ComplianceType, Is.EqualTo("COMPLIANT"));
        }
    }
}
