using KeyRotation.Audit;
using KeyRotation.Tests.Audit;

namespace KeyRotation.Tests.Deployment;

/// <summary>The audit as users without the repository get it: one file, in an empty folder.</summary>
[Category("Package")]
[Explicit("Two Release builds, one of them native. Run: dotnet test --filter TestCategory=Package")]
internal sealed class AuditToolTests
{
    private string folder;

    [SetUp]
    public void MakeFolder() => folder = Directory.CreateTempSubdirectory("audit-tool-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(folder, recursive: true);

    [Test]
    public async Task Packed_tool_runs_the_demonstration()
    {
        Tool.Dotnet.Run("", "pack", Path.Combine(Repository.Root, "samples", "audit"), "--nologo", "--artifacts-path", In("build"), "-o", In("packed"));
        await File.WriteAllTextAsync(
            In("nuget.config"), $"""<configuration><packageSources><clear/><add key="packed" value="{In("packed")}"/></packageSources></configuration>""");
        Tool.Dotnet.Run(
            "", "tool", "install", "KmsKeyRotation.Audit", "--version", Repository.Version, "--configfile", In("nuget.config"), "--tool-path", In("tools"));

        await RunsAsync(In(Path.Combine("tools", "kms-key-rotation-audit")));
    }

    /// <summary>Warnings from the native compiler are errors, like all warnings in this repository.</summary>
    [Test]
    [Platform("Linux")]
    public async Task Native_executable_works_with_every_kind_of_profile()
    {
        Tool.Make.Run("", "-C", Repository.Root, "audit", $"DIST={In("dist")}");
        var executable = In(Path.Combine("dist", "kms-key-rotation-audit"));

        await RunsAsync(executable);

        // The SDK looks up the clients for these profiles by type name, which fails in a native executable unless the audit registers them.
        await File.WriteAllTextAsync(In("config"), """
            [profile sso]
            sso_session = corp
            sso_account_id = 111122223333
            sso_role_name = Audit
            [sso-session corp]
            sso_start_url = https://corp.example/start
            sso_region = eu-central-1
            [profile web]
            role_arn = arn:aws:iam::111122223333:role/audit
            web_identity_token_file = /no/such/token
            """);
        using (Assert.EnterMultipleScope())
        {
            foreach (var (profile, expected) in new[] { ("sso", "aws sso login --profile sso"), ("web", "/no/such/token") })
                Assert.That(
                    (await AuditProcess.RunAsync(executable, new() { ["AWS_CONFIG_FILE"] = In("config") }, "--profile", profile)).Problems,
                    Does.Contain(expected));
        }
    }

    private async Task RunsAsync(string executable)
    {
        var ended = await AuditProcess.RunAsync(executable, [], "--demo", "--output", In("audit.html"), In("audit.json"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((ended.ExitCode, ended.Problems), Is.EqualTo((ExitCode.Failed, "")));
            Assert.That(ended.Output, Does.Contain("250 keys in 2 accounts"));
            Assert.That(await File.ReadAllTextAsync(In("audit.html")), Does.Contain("Demonstration"));
            Assert.That(await File.ReadAllTextAsync(In("audit.json")), Does.Contain("\"AWSSDK.Core\": \"4."));
        }
    }

    private string In(string name) => Path.Combine(folder, name);
}
