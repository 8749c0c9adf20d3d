using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace KeyRotation.Tests.Deployment;

/// <summary>A program on this machine. If it is not installed, a test that requires it is skipped with a message.</summary>
internal sealed record Tool(string Name, params string[] Probe)
{
    public static readonly Tool ActionValidator = new("action-validator", "--help");
    public static readonly Tool CfnLint = new("cfn-lint", "--version");
    public static readonly Tool SamTranslator = new("python3", "-c", "import samtranslator, yaml");
    public static readonly Tool Moto = new("python3", "-c", "import moto, boto3");
    public static readonly Tool Botocore = new("python3", "-c", "import boto3, botocore");
    public static readonly Tool Make = new("make", "--version");
    public static readonly Tool Git = new("git", "--version");
    public static readonly Tool AwsCli = new("python3", "-c", "import awscli");
    public static readonly Tool Toml = new("python3", "-c", "import tomllib");
    public static readonly Tool Jq = new("jq", "--version");
    public static readonly Tool Kill = new("kill", "-l");
    public static readonly Tool Bash = new("bash", "--version");
    public static readonly Tool Env = new("env", "--version");
    public static readonly Tool Terraform = new("terraform", "version");
    public static readonly Tool Node = new("node", "--version");
    public static readonly Tool Npm = new("npm", "--version");
    public static readonly Tool Dotnet = new("dotnet", "--version");

    private static readonly ConcurrentDictionary<string, bool> Found = new();

    public void Require()
    {
        if (!Found.GetOrAdd($"{Name} {string.Join(' ', Probe)}", _ => IsFound()))
            Assert.Ignore($"Not on this machine: {Name} {string.Join(' ', Probe)}");
    }

    /// <summary>Runs the program and returns its output. The test fails if the program does.</summary>
    public string Run(string input, params string[] arguments)
    {
        Require();
        var (exitCode, output, error) = Start(input, arguments);
        Assert.That(exitCode, Is.Zero, $"{Name} {string.Join(' ', arguments)}\n{output}\n{error}");
        return output;
    }

    /// <summary>Runs the program and returns whether it succeeds.</summary>
    public bool TryRun(params string[] arguments)
    {
        Require();
        return Start("", arguments).ExitCode == 0;
    }

    /// <summary>Runs the program and returns its error output. The test fails if the program succeeds.</summary>
    public string Fail(params string[] arguments)
    {
        Require();
        var (exitCode, output, error) = Start("", arguments);
        Assert.That(exitCode, Is.Not.Zero, output);
        return error;
    }

    private bool IsFound()
    {
        try
        {
            return Start("", Probe).ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private (int ExitCode, string Output, string Error) Start(string input, string[] arguments)
    {
        var start = new ProcessStartInfo(Name, arguments)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AWS_DEFAULT_REGION"] = Template.Region;
        start.Environment["TZ"] = "UTC";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        return (process.ExitCode, output.Result, error.Result);
    }
}
