using System.Diagnostics;
using KeyRotation.Audit;
using KeyRotation.Local;
using JsonReport = KeyRotation.Audit.Reports.JsonReport;

namespace KeyRotation.Tests.Audit;

/// <summary>The program as it is built, in a process of its own, as a person or a script runs it.</summary>
internal sealed class ProgramTests
{
    private static readonly LocalAccount Compliant = Seeded("111122223333", LocalKey.Symmetric(rotates: true));
    private static readonly LocalAccount Findings = Seeded("444455556666", LocalKey.Symmetric());

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

    [Test]
    public async Task Without_credentials_it_audits_the_demonstration_account_and_says_so()
    {
        var page = Path.Combine(folder, "audit.html");
        var ended = await RunAsync(null, "--output", page);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended.ExitCode, Is.EqualTo(ExitCode.NotCompliant));
            Assert.That(ended.Output, Does.StartWith("Demonstration account"));
            Assert.That(ended.Output, Does.Contain("250 keys in 2 accounts, 2 Regions"));
            Assert.That(ended.Output, Does.Not.Contain('\u001b'), "Not a terminal: no escape sequence.");
            Assert.That(ended.Problems, Is.Empty);
            Assert.That(await File.ReadAllTextAsync(page), Does.Contain("Demonstration account"));
        }
    }

    [Test]
    public async Task The_demonstration_needs_no_proxy()
    {
        var ended = await RunWithAsync(null, new() { ["HTTP_PROXY"] = "http://127.0.0.1:9" }, "--demo", "--quiet");
        Assert.That((ended.ExitCode, ended.Problems), Is.EqualTo((ExitCode.NotCompliant, "")));
    }

    [Test]
    public async Task Every_key_complies()
    {
        var ended = await RunAsync(Compliant);
        Assert.That((ended.ExitCode, ended.Output), Is.EqualTo((ExitCode.Compliant, ended.Output)));
        Assert.That(ended.Output, Does.Contain("The one key that has to rotate does.").And.StartsWith("COMPLIANT\t111122223333\teu-central-1"));
    }

    [Test]
    public async Task A_key_does_not_comply()
    {
        var ended = await RunAsync(Findings);
        Assert.That(ended.ExitCode, Is.EqualTo(ExitCode.NotCompliant));
        Assert.That(ended.Output, Does.StartWith("NON_COMPLIANT\t444455556666\teu-central-1"));
    }

    [Test]
    public async Task Stricter_parameters_and_a_baseline_show_what_they_would_change()
    {
        var file = Path.Combine(folder, "today.json");
        await RunAsync(Compliant, "--output", file);
        var ended = await RunAsync(Compliant, "--max-rotation-period-in-days", "90", "--baseline", file);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended.ExitCode, Is.EqualTo(ExitCode.NotCompliant));
            Assert.That(ended.Output, Does.Contain("1 newly NON_COMPLIANT").And.Contain("parameters differ"));
        }
    }

    [Test]
    public async Task Quiet_prints_nothing_and_writes_every_report()
    {
        string[] files = [Path.Combine(folder, "a.html"), Path.Combine(folder, "a.csv"), Path.Combine(folder, "a.json"), Path.Combine(folder, "a.ocsf.json")];
        var ended = await RunAsync(Findings, ["--quiet", "--output", .. files]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended, Is.EqualTo(new Ended(ExitCode.NotCompliant, "", "")));
            Assert.That(Directory.GetFiles(folder), Is.EquivalentTo(files));
            await using var json = File.OpenRead(files[2]);
            Assert.That((await JsonReport.ReadAsync(json, files[2])).Totals.NonCompliant, Is.EqualTo(1));
        }
    }

    [Test]
    public async Task Several_accounts_are_read_by_their_role_and_one_that_refuses_does_not_spoil_the_others()
    {
        var ended = await RunAsync(Compliant, "--role-name", "audit", "--accounts", "444455556666,111122223333");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(ended.ExitCode, Is.EqualTo(ExitCode.NotComplete));
            Assert.That(ended.Output, Does.Contain("NON_COMPLIANT\t444455556666"));
            Assert.That(ended.Problems, Does.Contain("arn:aws:iam::111122223333:role/audit cannot be assumed"));
        }
    }

    [Test]
    public async Task Whoever_names_a_region_without_credentials_is_not_shown_another_account()
    {
        var ended = await RunAsync(null, "--region", "eu-central-1");
        Assert.That((ended.ExitCode, ended.Output), Is.EqualTo((ExitCode.WrongUsage, "")));
        Assert.That(ended.Problems, Does.Contain("no AWS credentials"));
    }

    [Test]
    public async Task Wrong_credentials_are_a_problem_and_no_finding()
    {
        var stranger = new LocalAccount("999999999999");
        var ended = await RunAsync(stranger);
        Assert.That((ended.ExitCode, ended.Output), Is.EqualTo((ExitCode.NotComplete, "")));
        Assert.That(ended.Problems, Does.StartWith("The audit could not be made"));
    }

    [Test]
    public async Task A_profile_that_does_not_exist_is_wrong_usage()
    {
        var ended = await RunAsync(null, "--profile", "nobody");
        Assert.That(ended.ExitCode, Is.EqualTo(ExitCode.WrongUsage));
        Assert.That(ended.Problems, Does.Contain("no profile 'nobody'"));
    }

    [Test]
    public async Task A_profile_gives_credentials_and_region()
    {
        var credentials = await Findings.Credentials.GetCredentialsAsync();
        var file = Path.Combine(folder, "credentials");
        await File.WriteAllTextAsync(file, $"[shop]\naws_access_key_id = {credentials.AccessKey}\naws_secret_access_key = {credentials.SecretKey}\nregion = eu-central-1\n");
        var ended = await RunWithAsync(null, new() { ["AWS_SHARED_CREDENTIALS_FILE"] = file }, "--profile", "shop", "--endpoint-url", aws.Endpoint.ToString());
        Assert.That((ended.ExitCode, ended.Problems), Is.EqualTo((ExitCode.NotCompliant, "")));
    }

    [Test]
    public async Task Interrupted_it_ends_with_what_it_knows()
    {
        if (OperatingSystem.IsWindows()) Assert.Ignore("There are no signals to send on Windows.");
        if (IsInterruptIgnored()) Assert.Ignore("A job in the background of a shell ignores the signal, and so does all that it starts.");
        var account = aws.Add(Accounts.Generated(250, id: "777788889999"));
        aws.Latency = TimeSpan.FromMilliseconds(50);
        using var process = Start(account, [], "--parallelism", "1");
        var output = process.StandardOutput.ReadToEndAsync();
        var problems = process.StandardError.ReadToEndAsync();
        await Wait.UntilAsync(() => aws.Calls["DescribeKey"] >= 5);
        using (var kill = Process.Start("kill", $"-INT {process.Id}")) await kill.WaitForExitAsync();
        await process.WaitForExitAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(process.ExitCode, Is.EqualTo(ExitCode.NotComplete));
            Assert.That(await problems, Does.Contain("Stopped with"));
            Assert.That(await output, Does.Contain("777788889999"));
        }
    }

    /// <summary>By the second bit of the mask, which is SIGINT's. Source: proc_pid_status(5).</summary>
    private static bool IsInterruptIgnored() => File.Exists("/proc/self/status")
        && File.ReadLines("/proc/self/status").Any(line => line.StartsWith("SigIgn:", StringComparison.Ordinal) && (Convert.ToUInt64(line[7..].Trim(), 16) & 2) != 0);

    private static LocalAccount Seeded(string id, LocalKey key)
    {
        var account = new LocalAccount(id);
        account.Put(key);
        return account;
    }

    private Task<Ended> RunAsync(LocalAccount? caller, params string[] args) => RunWithAsync(caller, [], args);

    private async Task<Ended> RunWithAsync(LocalAccount? caller, Dictionary<string, string> environment, params string[] args)
    {
        using var process = Start(caller, environment, args);
        var output = process.StandardOutput.ReadToEndAsync();
        var problems = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new(process.ExitCode, await output, await problems);
    }

    private Process Start(LocalAccount? caller, Dictionary<string, string> environment, params string[] args)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Path.Combine(AppContext.BaseDirectory, "audit.dll"), .. args]) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (caller is not null)
        {
            var credentials = caller.Credentials.GetCredentials();
            start.Environment["AWS_ACCESS_KEY_ID"] = credentials.AccessKey;
            start.Environment["AWS_SECRET_ACCESS_KEY"] = credentials.SecretKey;
            start.Environment["AWS_REGION"] = caller.Region;
            start.Environment["AWS_ENDPOINT_URL"] = aws.Endpoint.ToString();
        }

        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private sealed record Ended(int ExitCode, string Output, string Problems);
}
