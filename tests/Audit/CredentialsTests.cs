using System.Security.Cryptography;
using System.Text;
using KeyRotation.Audit;
using KeyRotation.Local;
using Microsoft.AspNetCore.Http;

namespace KeyRotation.Tests.Audit;

/// <summary>
/// Every source of credentials that the SDK knows, valid and invalid, each in its own process. An invalid source gives one line with the
/// next step, and never leads to another account.
/// </summary>
[Parallelizable(ParallelScope.All)]
[Platform(Exclude = "Win", Reason = "The processes and paths of these tests need Unix.")]
internal sealed class CredentialsTests
{
    private static readonly DateTimeOffset Expiration = DateTimeOffset.UtcNow.AddHours(1);
    private static readonly AccessKey Temporary = new("ASIATEMPORARY0000000", "secret", "444455556666", "arn:aws:sts::444455556666:assumed-role/Audit/me", "token", Expiration);
    private static readonly LocalAccount Account = new("444455556666");

    private string home;
    private LocalAws aws;
    private Loopback source;

    private static IEnumerable<TestCaseData> Right()
    {
        yield return Case("environment", "", "AWS_ACCESS_KEY_ID=ID AWS_SECRET_ACCESS_KEY=SECRET");
        yield return Case("environment over profile", "", "AWS_ACCESS_KEY_ID=ID AWS_SECRET_ACCESS_KEY=SECRET AWS_PROFILE=nobody");
        yield return Case("default profile", "[default]|aws_access_key_id=ID|aws_secret_access_key=SECRET", "");
        yield return Case("AWS_PROFILE", "[profile a]|aws_access_key_id=ID|aws_secret_access_key=SECRET", "AWS_PROFILE=a");
        yield return Case("--profile", "[profile a]|aws_access_key_id=ID|aws_secret_access_key=SECRET", "", "--profile a");
        yield return Case("credentials file, with the Region", "[a]|aws_access_key_id=ID|aws_secret_access_key=SECRET|region=eu-central-1", "AWS_REGION= AWS_SHARED_CREDENTIALS_FILE=THIS AWS_CONFIG_FILE=HOME/none", "--profile a");
        yield return Case("role with a source profile", "[profile s]|aws_access_key_id=ID|aws_secret_access_key=SECRET|[profile a]|role_arn=arn:aws:iam::444455556666:role/audit|source_profile=s", "", "--profile a");
        yield return Case("role with credentials from the environment", "[profile a]|role_arn=arn:aws:iam::444455556666:role/audit|credential_source=Environment", "AWS_ACCESS_KEY_ID=ID AWS_SECRET_ACCESS_KEY=SECRET", "--profile a");
        yield return Case("credential_process", "[profile a]|credential_process=cat HOME/process.json", "", "--profile a");
        yield return Case("SSO", "[profile a]|sso_session=corp|sso_account_id=444455556666|sso_role_name=Audit|[sso-session corp]|sso_start_url=https://corp.example/start|sso_region=eu-central-1|sso_registration_scopes=sso:account:access", "", "--profile a");
        yield return Case("web identity, environment", "", "AWS_WEB_IDENTITY_TOKEN_FILE=HOME/process.json AWS_ROLE_ARN=arn:aws:iam::444455556666:role/audit AWS_ENDPOINT_URL_STS=SOURCE");
        yield return Case("web identity, profile", "[profile a]|role_arn=arn:aws:iam::444455556666:role/audit|web_identity_token_file=HOME/process.json", "AWS_ENDPOINT_URL_STS=SOURCE", "--profile a");
        yield return Case("container", "", "AWS_CONTAINER_CREDENTIALS_FULL_URI=SOURCE/container");
        yield return Case("instance", "", "AWS_EC2_METADATA_DISABLED=false AWS_EC2_METADATA_SERVICE_ENDPOINT=SOURCE");
    }

    private static IEnumerable<TestCaseData> Wrong()
    {
        yield return Fault("no source", "", "", "", ExitCode.WrongUsage, "There are no AWS credentials");
        yield return Fault("only a Region", "[default]|region=eu-central-1", "", "", ExitCode.WrongUsage, "There are no AWS credentials");
        yield return Fault("access key ID without a secret", "", "AWS_ACCESS_KEY_ID=ID", "", ExitCode.WrongUsage, "AWS_SECRET_ACCESS_KEY is not");
        yield return Fault("secret without an access key ID", "", "AWS_SECRET_ACCESS_KEY=SECRET", "", ExitCode.WrongUsage, "AWS_ACCESS_KEY_ID is not");
        yield return Fault("incomplete default profile", "[default]|aws_access_key_id=ID", "", "", ExitCode.WrongUsage, "only some of the settings");
        yield return Fault("typo in AWS_PROFILE", "[profile a]|region=x", "AWS_PROFILE=aa", "", ExitCode.WrongUsage, "no profile 'aa'", "aws configure list-profiles");
        yield return Fault("typo in --profile", "", "", "--profile aa", ExitCode.WrongUsage, "no profile 'aa'");
        yield return Fault("profile without credentials", "[profile a]|region=eu-central-1", "AWS_PROFILE=a", "", ExitCode.WrongUsage, "aws configure --profile a");
        yield return Fault("SSO without a token", "[profile a]|sso_session=other|sso_account_id=444455556666|sso_role_name=Audit|[sso-session other]|sso_start_url=https://other.example/start|sso_region=eu-central-1", "AWS_PROFILE=a", "", ExitCode.NotComplete, "aws sso login --profile a");
        yield return Fault("legacy SSO without a token", "[profile a]|sso_start_url=https://other.example/start|sso_region=eu-central-1|sso_account_id=444455556666|sso_role_name=Audit", "", "--profile a", ExitCode.NotComplete, "aws sso login --profile a");
        yield return Fault("default profile with SSO, without a token", "[default]|sso_start_url=https://other.example/start|sso_region=eu-central-1|sso_account_id=444455556666|sso_role_name=Audit", "", "", ExitCode.NotComplete, "aws sso login --profile default");
        yield return Fault("credential_process that fails", "[profile a]|credential_process=false", "", "--profile a", ExitCode.NotComplete, "non-zero exit value 1", "credential_process");
        yield return Fault("credential_process that does not exist", "[profile a]|credential_process=/no/such/command", "AWS_PROFILE=a", "", ExitCode.NotComplete, "credential_process");
        yield return Fault("credential_process without JSON", "[profile a]|credential_process=echo hello", "", "--profile a", ExitCode.NotComplete, "credential_process");
        yield return Fault("web identity without its token file", "", "AWS_WEB_IDENTITY_TOKEN_FILE=/no/such/token AWS_ROLE_ARN=arn:aws:iam::444455556666:role/audit", "", ExitCode.NotComplete, "/no/such/token");
        yield return Fault("web identity without its role", "", "AWS_WEB_IDENTITY_TOKEN_FILE=HOME/process.json", "", ExitCode.NotComplete, "AWS_ROLE_ARN (not set)");
        yield return Fault("web identity of a profile, without its token file", "[profile a]|role_arn=arn:aws:iam::444455556666:role/audit|web_identity_token_file=/no/such/token", "", "--profile a", ExitCode.NotComplete, "/no/such/token");
        yield return Fault("source profile that does not exist", "[profile a]|role_arn=arn:aws:iam::444455556666:role/audit|source_profile=b", "", "--profile a", ExitCode.NotComplete, "profile 'b'");
        yield return Fault("role that cannot be assumed", "[profile s]|aws_access_key_id=ID|aws_secret_access_key=SECRET|[profile a]|role_arn=arn:aws:iam::444455556666:role/no|source_profile=s", "", "--profile a", ExitCode.NotComplete, "is not authorized to perform: sts:AssumeRole");
        yield return Fault("role with MFA", "[profile s]|aws_access_key_id=ID|aws_secret_access_key=SECRET|[profile a]|role_arn=arn:aws:iam::444455556666:role/audit|source_profile=s|mfa_serial=arn:aws:iam::444455556666:mfa/me", "", "--profile a", ExitCode.NotComplete, "aws configure export-credentials --profile a");
        yield return Fault("role with an empty environment", "[profile a]|role_arn=arn:aws:iam::444455556666:role/audit|credential_source=Environment", "", "--profile a", ExitCode.NotComplete, "credential_source (Environment)");
        yield return Fault("aws login", "[profile a]|login_session=arn:aws:iam::444455556666:user/me", "", "--profile a", ExitCode.NotComplete, "aws configure export-credentials --profile a");
        yield return Fault("container without credentials", "", "AWS_CONTAINER_CREDENTIALS_FULL_URI=SOURCE/nothing", "", ExitCode.NotComplete, "The container");
        yield return Fault("access key that AWS does not know", "", "AWS_ACCESS_KEY_ID=AKIASTRANGER00000000 AWS_SECRET_ACCESS_KEY=x", "", ExitCode.NotComplete, "did not accept the credentials", "InvalidClientTokenId");
    }

    [OneTimeSetUp]
    public async Task SeedAsync()
    {
        home = Directory.CreateTempSubdirectory("audit-home-").FullName;
        Account.Put(LocalKey.Symmetric());
        Account.Roles["audit"] = new();
        aws = await LocalAws.StartAsync(Account);
        aws.AccessKeys.Add(Temporary);
        source = await Loopback.StartAsync(AnswerAsync);
        await File.WriteAllTextAsync(Path.Combine(home, "process.json"), Json("AccessKeyId", "SecretAccessKey", "SessionToken", ",\"Version\":1"));

        // The AWS CLI names the file after the SHA-1 hash of the session name.
        var cache = Directory.CreateDirectory(Path.Combine(home, ".aws", "sso", "cache")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(cache, Sha1("corp") + ".json"),
            $$"""{"accessToken":"token","expiresAt":"{{Expiration:yyyy-MM-dd'T'HH:mm:ss'Z'}}","region":"eu-central-1","startUrl":"https://corp.example/start"}""");
    }

    [OneTimeTearDown]
    public async Task EndAsync()
    {
        await source.DisposeAsync();
        await aws.DisposeAsync();
        Directory.Delete(home, recursive: true);
    }

    [TestCaseSource(nameof(Right))]
    public async Task Valid_source_is_used(string config, string environment, string args)
    {
        var ended = await RunAsync(config, environment, args);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((ended.ExitCode, ended.Problems), Is.EqualTo((ExitCode.Failed, "")));
            Assert.That(ended.Output, Does.StartWith("NON_COMPLIANT\t444455556666\teu-central-1"));
        }
    }

    [TestCaseSource(nameof(Wrong))]
    public async Task Invalid_source_ends_with_one_line(string config, string environment, string args, int exitCode, string[] expected)
    {
        var ended = await RunAsync(config, environment, args);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((ended.ExitCode, ended.Output), Is.EqualTo((exitCode, "")), ended.Problems);
            Assert.That(ended.Problems.TrimEnd('\n').Split('\n'), Has.Length.EqualTo(1));
            foreach (var text in expected) Assert.That(ended.Problems, Does.Contain(text));
        }

        await TestContext.Out.WriteLineAsync($"{ended.ExitCode}: {ended.Problems.TrimEnd()}");
    }

    private async Task<Ended> RunAsync(string config, string environment, string args)
    {
        var file = Path.Combine(home, Guid.NewGuid().ToString("N"));
        await File.WriteAllTextAsync(file, Filled(config).Replace('|', '\n') + "\n");
        var variables = new Dictionary<string, string>
        {
            ["HOME"] = home,
            ["AWS_CONFIG_FILE"] = file,
            ["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(home, "none"),
            ["AWS_REGION"] = "eu-central-1",
            ["AWS_ENDPOINT_URL_STS"] = aws.Endpoint.ToString(),
            ["AWS_ENDPOINT_URL_SSO"] = source.Address.ToString(),
        };
        foreach (var variable in Words(Filled(environment).Replace("=THIS", "=" + file, StringComparison.Ordinal)))
            variables[variable.Split('=')[0]] = variable.Split('=', 2)[1];
        return await AuditProcess.RunAsync(variables, [.. Words(args), "--endpoint-url", aws.Endpoint.ToString()]);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private string Filled(string text)
    {
        var own = Account.Credentials.GetCredentials();
        return text.Replace("=ID", "=" + own.AccessKey, StringComparison.Ordinal)
            .Replace("=SECRET", "=" + own.SecretKey, StringComparison.Ordinal)
            .Replace("HOME", home, StringComparison.Ordinal)
            .Replace("SOURCE", source.Address.ToString().TrimEnd('/'), StringComparison.Ordinal);
    }

    /// <summary>
    /// Returns temporary credentials as IAM Identity Center, STS (for a web identity), and the agents of containers and instances do.
    /// </summary>
    private static async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        var answer = http.Request.Path.Value switch
        {
            "/federation/credentials" => $$"""{"roleCredentials":{"accessKeyId":"{{Temporary.Id}}","secretAccessKey":"{{Temporary.Secret}}","sessionToken":"{{Temporary.SessionToken}}","expiration":{{Expiration.ToUnixTimeMilliseconds()}} } }""",
            "/container" => Json("AccessKeyId", "SecretAccessKey", "Token"),
            "/latest/api/token" => "token",
            "/latest/meta-data/iam/security-credentials" => "Audit",
            "/latest/meta-data/iam/security-credentials/Audit" =>
                Json("AccessKeyId", "SecretAccessKey", "Token", $",\"Code\":\"Success\",\"Type\":\"AWS-HMAC\",\"AccountId\":\"444455556666\",\"LastUpdated\":\"{DateTimeOffset.UtcNow:yyyy-MM-dd'T'HH:mm:ss'Z'}\""),
            _ when body.Contains("Action=AssumeRoleWithWebIdentity", StringComparison.Ordinal) =>
                "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleWithWebIdentityResult><Credentials>"
                + $"<AccessKeyId>{Temporary.Id}</AccessKeyId><SecretAccessKey>{Temporary.Secret}</SecretAccessKey><SessionToken>{Temporary.SessionToken}</SessionToken>"
                + $"<Expiration>{Expiration:yyyy-MM-dd'T'HH:mm:ss'Z'}</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>",
            _ => null,
        };
        if (answer is null) http.Response.StatusCode = 404;
        else await http.Response.WriteAsync(answer);
    }

    private static string Json(string id, string secret, string token, string more = "") =>
        $$"""{"{{id}}":"{{Temporary.Id}}","{{secret}}":"{{Temporary.Secret}}","{{token}}":"{{Temporary.SessionToken}}","Expiration":"{{Expiration:yyyy-MM-dd'T'HH:mm:ss'Z'}}"{{more}}}""";

#pragma warning disable CA5350 // Do not use weak cryptographic algorithms: it gives the file the name that the AWS CLI uses.
    private static string Sha1(string text) => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350

    private static TestCaseData Case(string name, string config, string environment, string args = "") =>
        new TestCaseData(config, environment, args).SetArgDisplayNames(name);

    private static TestCaseData Fault(
        string name, string config, string environment, string args, int exitCode, params string[] expected) =>
        new TestCaseData(config, environment, args, exitCode, expected).SetArgDisplayNames(name);
}
