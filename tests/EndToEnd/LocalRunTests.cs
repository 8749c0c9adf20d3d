using System.Text.Json;
using KeyRotation.Local;
using KeyRotation.Tests.Audit;

namespace KeyRotation.Tests.EndToEnd;

/// <summary>The program of the local run, started as a user starts it.</summary>
[TestFixture]
internal sealed class LocalRunTests
{
    private string folder = null!;

    [SetUp]
    public void MakeFolder() => folder = Directory.CreateTempSubdirectory("local-run-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(folder, recursive: true);

    [Test]
    public async Task Samples_match_and_second_sweep_reports_nothing()
    {
        var run = await RunAsync("--json");
        var lines = run.Lines.Select(line => JsonElement.Parse(line)).ToList();
        var samples = lines.Where(line => line.TryGetProperty("sample", out _)).ToList();
        var sweeps = lines.Where(line => line.TryGetProperty("sweep", out _)).ToList();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                run.ExitCode,
                Is.Zero,
                () => string.Join('\n', samples.Where(sample => sample.GetProperty("difference").ValueKind != JsonValueKind.Null)) + run.Error);
            Assert.That(samples, Has.Count.EqualTo(SampleFile.All.Count()));
            Assert.That(
                samples.Select(sample => sample.GetProperty("expected").GetString()),
                Is.EqualTo(samples.Select(sample => sample.GetProperty("verdict").GetString())));
            Assert.That(sweeps.Select(sweep => sweep.GetProperty("keys").GetInt32()), Is.EqualTo([250, 250]));
            Assert.That(sweeps[0].GetProperty("evaluations").GetInt32(), Is.GreaterThan(50));
            Assert.That(sweeps[1].GetProperty("evaluations").GetInt32(), Is.Zero);
            Assert.That(sweeps[1].GetProperty("putEvaluationsCalls").GetInt32(), Is.EqualTo(1), "the call without evaluations");
            Assert.That(lines[^1].GetProperty("asExpected").GetInt32(), Is.EqualTo(samples.Count));
        }
    }

    [Test]
    public async Task Sample_in_the_wrong_folder_fails_the_run()
    {
        var wrong = Directory.CreateDirectory(Path.Combine(folder, "events", "compliant")).FullName;
        File.Copy(Path.Combine(SampleFile.SamplesFolder, "events", "non-compliant", "rotation-turned-off.json"), Path.Combine(wrong, "rotation.json"));

        var run = await RunAsync(Path.Combine(wrong, "rotation.json"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.ExitCode, Is.EqualTo(1));
            Assert.That(run.Lines, Has.One.StartsWith("compliant/rotation: NON_COMPLIANT k, but it must be COMPLIANT, "));
            Assert.That(run.Lines[^1], Does.StartWith("0 as expected, 1 not as expected, 0 not checked"));
            Assert.That(string.Concat(run.Lines), Does.Not.Contain('\u001b'));
        }
    }

    [Test]
    public async Task Own_event_creates_its_key_from_its_item()
    {
        var account = new LocalAccount("999988887777", "us-gov-west-1");
        var file = Path.Combine(folder, "mine.json");
        await File.WriteAllTextAsync(file, ConfigEvents.Change(account, LocalKey.Symmetric(rotates: true, periodInDays: 90)));

        var run = await RunAsync(file);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.ExitCode, Is.Zero);
            Assert.That(string.Concat(run.Lines), Does.Contain("mine (your own): COMPLIANT m").And.Contain("365 days are assumed").And.Contain("0 as expected").And.Contain("1 of your own"));
        }
    }

    [Test]
    public async Task Rejected_own_event_fails_the_run()
    {
        var file = Path.Combine(folder, "mine.json");
        await File.WriteAllTextAsync(file, "{}");

        var run = await RunAsync(file);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.ExitCode, Is.EqualTo(1));
            Assert.That(run.Lines[0], Does.StartWith("mine (your own): rejected KR"));
            Assert.That(run.Lines[^1], Does.StartWith("0 as expected, 1 not as expected, 0 not checked, 1 of your own"));
        }
    }

    [Test]
    public async Task Expected_results_are_printed_only_with_all()
    {
        var sample = Path.Combine(SampleFile.SamplesFolder, "events", "non-compliant", "rotation-turned-off.json");

        Assert.That((await RunAsync(sample)).Lines, Has.Length.EqualTo(2));
        Assert.That((await RunAsync("--all", sample)).Lines, Has.Length.EqualTo(4).And.ItemAt(0).StartsWith("non-compliant/rotation-turned-off: NON_COMPLIANT k, "));
    }

    [TestCase("no-such-file.json")]
    [TestCase("--function", "no-such-file")]
    public async Task Wrong_usage_is_explained(params string[] arguments)
    {
        var run = await RunAsync(arguments);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(run.ExitCode, Is.EqualTo(2));
            Assert.That(run.Error, Does.Contain(arguments[^1]));
        }
    }

    [Test]
    public async Task Help_names_options_and_exit_codes()
    {
        var run = await RunAsync("--help");

        Assert.That(string.Join('\n', run.Lines), Does.Contain("FILE").And.Contain("--function").And.Contain("--json").And.Contain("--all").And.Contain("Exit codes"));
    }

    private static async Task<(int ExitCode, string[] Lines, string Error)> RunAsync(params string[] arguments)
    {
        var ended = await AuditProcess.RunAsync(Environment.ProcessPath!, [], [Path.Combine(AppContext.BaseDirectory, "local.dll"), .. arguments]);
        return (ended.ExitCode, ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), ended.Problems);
    }
}
