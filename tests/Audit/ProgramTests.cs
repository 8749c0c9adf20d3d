using System.Diagnostics;
using System.Security.Cryptography;
using KeyRotation.Audit;
using KeyRotation.Local;
using JsonReport = KeyRotation.Audit.Reports.JsonReport;

namespace KeyRotation.Tests.Audit;

/// <summary>The built program, run in its own process as a person or a script runs it.</summary>
internal sealed class ProgramTests
{
    private static readonly LocalAccount Compliant = Seeded("111122223333", LocalKey.Symmetric(rotates: true));
    private static readonly LocalAccount Findings = Seeded("444455556666", LocalKey.Symmetric());

    private static readonly string[] Extensions = [".json", ".html", ".csv", ".ocsf.json", ".junit.xml", ".md"];

    private string folder;
    private LocalAws aws;

    [SetUp]
    public async Task SeedAsync()
    {
        folder = Directory.CreateTempSubdirectory("audit-").FullName;
        aws = await LocalAws.StartAsync(Compliant, Findings);
        Findings.Roles["audit"] = new();
    }

    [TearDown]
    public async Task EndAsync()
    {
        await aws.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [TestCase("--quiet")]
    [TestCase("--fail-on none")]
    [TestCase("--region eu-central-1")]
    public async Task Script_without_credentials_gets_no_demonstration(string line)
    {
        var ended = await RunAsync(null, line.Split(' '));
        Assert.That((ended.ExitCode, ended.Output), Is.EqualTo((ExitCode.WrongUsage, "")));
        Assert.That(ended.Problems, Does.StartWith("There are no AWS credentials.").And.Contain("--demo").And.Property("Length").LessThan(300));
    }

    [Test]
    public async Task Demonstration_is_marked_in_every_report()
    {
        string[] files = [.. Extensions.Select(extension => In("a" + extension))];
        var ended = await RunAsync(null, ["--demo", "--output", .. files]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended.ExitCode, Is.EqualTo(ExitCode.Failed));
            Assert.That(ended.Output, Does.StartWith("Demonstration"));
            Assert.That(ended.Output, Does.Contain("250 keys in 2 accounts, 2 Regions"));
            Assert.That(ended.Output, Does.Not.Contain('\u001b'), "The output is not a terminal, so it has no escape sequences.");
            Assert.That(ended.Problems, Is.Empty);
            foreach (var file in files.Append(In("a.sha256")))
                Assert.That(await File.ReadAllTextAsync(file), Does.Contain("demonstration").IgnoreCase, file);
        }
    }

    [Test]
    public async Task Report_on_standard_output_stands_alone()
    {
        var ended = await RunAsync(Findings, "--output", "-", "--format", "csv");
        Assert.That((ended.ExitCode, ended.Problems), Is.EqualTo((ExitCode.Failed, "")));
        Assert.That(ended.Output.Split("\r\n"), Has.Length.EqualTo(3).And.ItemAt(0).StartsWith("verdict,").And.ItemAt(1).StartsWith("NON_COMPLIANT,"));
    }

    [Test]
    public async Task Manifest_has_the_printed_checksums()
    {
        string[] files = [In("audit.html"), In("audit.json")];
        var ended = await RunAsync(Findings, ["--output", .. files]);
        var manifest = await File.ReadAllLinesAsync(In("audit.sha256"));
        using (Assert.EnterMultipleScope())
        {
            foreach (var file in files)
            {
                var sum = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file)));
                Assert.That(ended.Output, Does.Contain($"Written: {file} (SHA-256 {sum})"));
                Assert.That(manifest, Has.One.EqualTo($"{sum}  {Path.GetFileName(file)}"));
            }

            Assert.That(manifest.Where(line => line[0] == '#'), Has.One.Contains("arn:aws:iam::444455556666:user/local"));
        }
    }

    [TestCase("no-such-folder/a.html")]
    [TestCase("folder.json")]
    public async Task Unwritable_output_fails_before_any_AWS_call(string path)
    {
        Directory.CreateDirectory(In("folder.json"));
        var ended = await RunAsync(Findings, "--output", In(path));
        Assert.That((ended.ExitCode, ended.Output), Is.EqualTo((ExitCode.WrongUsage, "")));
        Assert.That(ended.Problems, Does.StartWith("--output: ").And.Contain(path));
        Assert.That(aws.Calls.All, Is.Empty);
    }

    [Test]
    public async Task Baseline_of_another_account_is_rejected()
    {
        var file = In("other.json");
        await RunAsync(Compliant, "--quiet", "--output", file);
        var ended = await RunAsync(Findings, "--baseline", file);
        Assert.That(ended.ExitCode, Is.EqualTo(ExitCode.WrongUsage));
        Assert.That(ended.Problems, Does.Contain("111122223333 eu-central-1").And.Contain("444455556666 eu-central-1"));
    }

    [Test]
    public async Task Finding_in_the_baseline_is_not_new()
    {
        var file = In("today.json");
        await RunAsync(Findings, "--quiet", "--output", file);
        Assert.That((await RunAsync(Findings, "--baseline", file, "--fail-on", "new")).ExitCode, Is.EqualTo(ExitCode.Passed));
    }

    [Test]
    public async Task Region_all_audits_the_enabled_Regions()
    {
        aws.Add(new LocalAccount("111122223333", "us-east-1")).Put(LocalKey.Symmetric(rotates: true));
        var file = In("all.json");
        var ended = await RunAsync(Compliant, "--region", "all", "--output", file);
        var report = await JsonReport.ReadAsync(file);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((ended.ExitCode, ended.Problems), Is.EqualTo((ExitCode.Passed, "")));
            Assert.That(report.Places.Select(place => (place.Region, place.Status)), Is.EqualTo(new[]
            {
                ("eu-central-1", PlaceStatus.Complete), ("us-east-1", PlaceStatus.Complete), ("me-central-1", PlaceStatus.NotEnabled),
            }));
            Assert.That(report.Evidence!.CallerArn, Is.EqualTo("arn:aws:iam::111122223333:user/local"));
            Assert.That(report.Evidence.EndpointUrl, Is.EqualTo(aws.Endpoint.ToString()));
            Assert.That(report.Evidence.Calls.Keys, Is.SupersetOf(new[] { "ec2:DescribeRegions", "sts:GetCallerIdentity", "kms:ListKeys" }));
            Assert.That(report.Evidence.Packages["AWSSDK.Core"], Does.StartWith("4."));
        }
    }

    [Test]
    public async Task Demonstration_uses_no_proxy()
    {
        var ended = await AuditProcess.RunAsync(new() { ["HTTP_PROXY"] = "http://127.0.0.1:9" }, "--demo", "--quiet");
        Assert.That((ended.ExitCode, ended.Problems), Is.EqualTo((ExitCode.Failed, "")));
    }

    [Test]
    public async Task Passes_if_every_key_complies()
    {
        var ended = await RunAsync(Compliant);
        Assert.That(ended.ExitCode, Is.EqualTo(ExitCode.Passed));
        Assert.That(ended.Output, Does.Contain("The one key that has to rotate does.").And.StartsWith("COMPLIANT\t111122223333\teu-central-1"));
    }

    [Test]
    public async Task Baseline_shows_effect_of_stricter_parameters()
    {
        var file = In("today.json");
        await RunAsync(Compliant, "--output", file);
        var ended = await RunAsync(Compliant, "--max-rotation-period-in-days", "90", "--baseline", file);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended.ExitCode, Is.EqualTo(ExitCode.Failed));
            Assert.That(ended.Output, Does.Contain("1 newly NON_COMPLIANT").And.Contain("parameters differ"));
        }
    }

    [Test]
    public async Task Quiet_prints_nothing_but_writes_every_report()
    {
        string[] files = [.. Extensions.Select(extension => In("a" + extension))];
        var ended = await RunAsync(Findings, ["--quiet", "--output", .. files]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended, Is.EqualTo(new Ended(ExitCode.Failed, "", "")));
            Assert.That(Directory.GetFiles(folder), Is.EquivalentTo(files.Append(In("a.sha256"))));
            Assert.That((await JsonReport.ReadAsync(files[0])).Totals.NonCompliant, Is.EqualTo(1));
        }
    }

    [Test]
    public async Task Role_that_cannot_be_assumed_fails_one_account()
    {
        var ended = await RunAsync(Compliant, "--role-name", "audit", "--accounts", "444455556666,111122223333");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended.ExitCode, Is.EqualTo(ExitCode.NotComplete));
            Assert.That(ended.Output, Does.Contain("NON_COMPLIANT\t444455556666"));
            Assert.That(ended.Problems, Does.Contain("arn:aws:iam::111122223333:role/audit cannot be assumed"));
            Assert.That(ended.Problems, Does.Not.Contain("KR09").And.Not.Contain("function"), "These terms belong to the rule, not to the audit.");
        }
    }

    [Test]
    public async Task Interrupt_ends_the_audit_with_partial_results()
    {
        if (OperatingSystem.IsWindows()) Assert.Ignore("Windows has no signals to send.");
        if (IsInterruptIgnored()) Assert.Ignore("Background jobs of a shell ignore SIGINT, and so do the processes that they start.");
        var account = aws.Add(Accounts.Generated(250, id: "777788889999"));
        aws.Latency = TimeSpan.FromMilliseconds(50);
        var ended = await AuditProcess.RunAsync(EnvironmentOf(account), InterruptAsync, "--parallelism", "1");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended.ExitCode, Is.EqualTo(ExitCode.NotComplete));
            Assert.That(ended.Problems, Does.Contain("Stopped with"));
            Assert.That(ended.Output, Does.Contain("777788889999"));
        }

        async Task InterruptAsync(Process process)
        {
            await Wait.UntilAsync(() => aws.Calls["DescribeKey"] >= 5);
            using var kill = Process.Start("kill", $"-INT {process.Id}");
            await kill.WaitForExitAsync();
        }
    }

    /// <summary>Reads the second bit of the mask, which stands for SIGINT. Source: proc_pid_status(5).</summary>
    private static bool IsInterruptIgnored() => File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is var line
        && (Convert.ToUInt64(line[7..].Trim(), 16) & 2) != 0;

    private static LocalAccount Seeded(string id, LocalKey key)
    {
        var account = new LocalAccount(id);
        account.Put(key);
        return account;
    }

    private string In(string name) => Path.Combine(folder, name);

    private Task<Ended> RunAsync(LocalAccount? caller, params string[] args) =>
        AuditProcess.RunAsync(caller is null ? [] : EnvironmentOf(caller), args);

    private Dictionary<string, string> EnvironmentOf(LocalAccount caller)
    {
        var credentials = caller.Credentials.GetCredentials();
        return new()
        {
            ["AWS_ACCESS_KEY_ID"] = credentials.AccessKey,
            ["AWS_SECRET_ACCESS_KEY"] = credentials.SecretKey,
            ["AWS_REGION"] = caller.Region,
            ["AWS_ENDPOINT_URL"] = aws.Endpoint.ToString(),
        };
    }
}
