using System.Text.Json.Nodes;

namespace KeyRotation.Tests.Deployment;

/// <summary>The bill of materials, without a build: build/Sbom.cs on a lock file with one package.</summary>
internal sealed class SbomTests
{
    private const string LockFile = """{"dependencies":{"net10.0":{"Amazon.Lambda.Core":{"type":"Direct","resolved":"3.3.0","contentHash":"AAAA"}}}}""";

    [Test]
    public void Contains_the_version_and_the_locked_packages()
    {
        var folder = Directory.CreateTempSubdirectory("key-rotation-sbom-").FullName;
        var (zip, lockFile) = (Path.Combine(folder, "function.zip"), Path.Combine(folder, "packages.lock.json"));
        File.WriteAllText(zip, "");
        File.WriteAllText(lockFile, LockFile);

        var bom = JsonNode.Parse(Tool.Dotnet.Run("", "run", "build/Sbom.cs", "--", zip, "native", "linux-x64", lockFile))!;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(bom["metadata"]!["component"]!["version"]!.ToString(), Is.EqualTo(Repository.Version));
            Assert.That(bom["components"]!.AsArray().Select(component => component!["purl"]!.ToString()), Is.EqualTo((string[])["pkg:nuget/Amazon.Lambda.Core@3.3.0"]));
        }
    }

    [TestCase("", "rule/packages.lock.json")]
    [TestCase("-p:AwsPackages=true", "rule/obj/packages.lock.json")]
    public void Uses_the_lock_file_of_the_build(string publishFlags, string lockFile) =>
        Assert.That(Tool.Make.Run("", "--dry-run", "describe", $"PUBLISH_FLAGS={publishFlags}"), Does.Contain($" {lockFile} >"));
}
