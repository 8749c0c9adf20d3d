using System.Text.Json;
using KeyRotation.Local;
using KeyRotation.Tests.Audit;

namespace KeyRotation.Tests.EndToEnd;

/// <summary>The local run as a newcomer starts it.</summary>
[TestFixture]
internal sealed class LocalRunTests
{
    private string folder = null!;

    [SetUp]
    public void MakeFolder() => folder = Directory.CreateTempSubdirectory("local-run-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(folder, recursive: true);

    [Test]
    public async Task Every_sample_gets_the_verdict_of_its_folder_and_the_second_sweep_costs_nothing()
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
            Assert.That(sweeps[1].GetProperty("putEvaluationsCalls").GetInt32(), Is.EqualTo(1), "which says that there is nothing");
            Assert.That(lines[^1].GetProperty("asExpected").GetInt32(), Is.EqualTo(samples.Count));
        }
    }

    [Test]
    public async Task A_sample_in_the_wrong_folder_is_named_and_fails_the_run()
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
    public async Task An_event_of_ones_own_is_played_with_a_key_made_from_its_item()
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
    public async Task An_event_of_ones_own_that_is_rejected_fails_the_run()
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
    public async Task What_is_as_expected_is_only_counted_unless_asked_for()
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
    public async Task Help_names_every_option()
    {
        var run = await RunAsync("--help");

        Assert.That(string.Join('\n', run.Lines), Does.Contain("FILE").And.Contain("--function").And.Contain("--json").And.Contain("Exit codes"));
    }

    private static async Task<(int ExitCode, string[] Lines, string Error)> RunAsync(params string[] arguments)
    {
        var ended = await AuditProcess.RunAsync(Environment.ProcessPath!, [], [Path.Combine(AppContext.BaseDirectory, "local.dll"), .. arguments]);
        return (ended.ExitCode, ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), ended.Problems);
    }
}
