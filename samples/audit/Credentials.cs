using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;
using Amazon.RuntimeDependencies;
using Amazon.SecurityToken;
using Amazon.SSO;
using Amazon.SSOOIDC;

namespace KeyRotation.Audit;

/// <summary>
/// Finds credentials in the places where the AWS CLI looks, in the same order. If one place fails, the SDK's own chain continues with the
/// next, so a mistyped profile would lead to another account. Here, the first place that is configured decides.
/// </summary>
internal static class Credentials
{
    private const string KeyId = "AWS_ACCESS_KEY_ID";
    private const string Secret = "AWS_SECRET_ACCESS_KEY";
    private const string TokenFile = "AWS_WEB_IDENTITY_TOKEN_FILE";
    private const string RoleArn = "AWS_ROLE_ARN";
    private const string ProfileName = "AWS_PROFILE";

    /// <summary>Longer messages quote a whole response.</summary>
    private const int MaxCause = 400;

    /// <summary>Each of these variables means that the user wants to audit a real AWS account.</summary>
    private static readonly string[] Configuration =
    [
        KeyId, Secret, "AWS_SESSION_TOKEN", TokenFile, RoleArn, ProfileName, "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_REGION", "AWS_DEFAULT_REGION",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_ENDPOINT_URL",
    ];

    static Credentials()
    {
        // The SDK looks up these clients by type name, which does not work in a native executable.
        var registry = GlobalRuntimeDependencyRegistry.Instance;
        registry.RegisterSSOClient(context => new AmazonSSOClient(new AnonymousAWSCredentials(), context.SSOClientContextData.Region));
        registry.RegisterSSOOIDCClient(context =>
            new AmazonSSOOIDCClient(new AnonymousAWSCredentials(), context.SSOOIDCClientContextData.Region));
        registry.RegisterSecurityTokenServiceClient(context =>
            new AmazonSecurityTokenServiceClient(new AnonymousAWSCredentials(), context.SecurityTokenServiceClientContextData.Region));
    }

    public static bool AreConfigured =>
        Array.Exists(Configuration, name => Variable(name) is not null)
        || new CredentialProfileStoreChain().ListProfiles() is { Count: > 0 };

    /// <returns>The credentials and their Region, or null if none are configured and the machine has none.</returns>
    /// <exception cref="UsageException">The credentials are not configured correctly.</exception>
    /// <exception cref="CredentialsException">The configured source did not provide credentials.</exception>
    public static async Task<(AWSCredentials Credentials, string? Region)?> FindAsync(string? profile, CancellationToken stop)
    {
        var region = Variable("AWS_REGION") ?? Variable("AWS_DEFAULT_REGION");
        if (profile is not null) return await OfProfileAsync(profile, region, stop);
        var (id, secret) = (Variable(KeyId), Variable(Secret));
        if (id is not null && secret is not null)
            return (new EnvironmentVariablesAWSCredentials(), region ?? RegionOf(Variable(ProfileName) ?? "default"));
        if ((id ?? secret) is not null)
            throw new UsageException($"{(id is null ? Secret : KeyId)} is set, and {(id is null ? KeyId : Secret)} is not. Set both, or neither.");

        if (Variable(TokenFile) is { } tokenFile)
        {
            var next = $"Check {TokenFile} ({tokenFile}) and {RoleArn} ({Variable(RoleArn) ?? "not set"}).";
            return (await ResolvedAsync(AssumeRoleWithWebIdentityCredentials.FromEnvironmentVariables, "Web identity", next, stop), region);
        }

        if (Variable(ProfileName) is { } named) return await OfProfileAsync(named, region, stop);
        if (new CredentialProfileStoreChain().TryGetProfile("default", out var standard) && AreBegun(standard.Options))
            return await OfProfileAsync(standard.Name, region, stop);
        return await OfMachineAsync(region ?? standard?.Region?.SystemName, stop);
    }

    private static async Task<(AWSCredentials Credentials, string? Region)?> OfProfileAsync(
        string name, string? region, CancellationToken stop)
    {
        var chain = new CredentialProfileStoreChain();
        if (!chain.TryGetProfile(name, out var profile))
            throw new UsageException($"There is no profile '{name}' in the AWS configuration files. `aws configure list-profiles` lists the existing profiles.");
        if (!profile.CanCreateAWSCredentials)
            throw new UsageException($"Profile '{name}' has no credentials, or only some of the settings that they need. `aws configure sso --profile {name}` or `aws configure --profile {name}` sets them up.");
        var credentials = await ResolvedAsync(
            () => Of(profile, chain, region), $"Profile '{name}'", NextStep(name, profile.Options), stop);
        return (credentials, region ?? profile.Region?.SystemName);
    }

    /// <summary>
    /// Assumes a role with the retries and messages of the rest of the program. The SDK's own way needs a client that it looks up by type
    /// name.
    /// </summary>
    private static AWSCredentials Of(CredentialProfile profile, CredentialProfileStoreChain chain, string? region)
    {
        var source = profile.Options switch
        {
            { MfaSerial: not null } => null,
            { RoleArn: not null, SourceProfile: { } name } => chain.TryGetProfile(name, out var found) && name != profile.Name
                ? Of(found, chain, region)
                : throw new InvalidOperationException($"its source profile '{name}' was not found"),
            { RoleArn: not null, CredentialSource: "Environment" } => new EnvironmentVariablesAWSCredentials(),
            _ => null,
        };
        if (source is null || profile.Options.RoleArn is not { } role) return profile.GetAWSCredentials(chain);
        var clients = Clients.In(region ?? profile.Region?.SystemName ?? "us-east-1", endpointUrl: null);
#pragma warning disable CA2000 // Dispose objects before losing scope: the role needs its client for as long as the program runs.
        return new AssumedRole(Sts(), role, TimeProvider.System, profile.Options.ExternalID, profile.Options.RoleSessionName ?? "KmsKeyRotation");
#pragma warning restore CA2000

        StsClient Sts() => new(source, clients.Configured(new AmazonSecurityTokenServiceConfig()), clients.Policy(clients.NewLimits()));
    }

    private static async Task<(AWSCredentials Credentials, string? Region)?> OfMachineAsync(string? region, CancellationToken stop)
    {
        var isContainer = (Variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") ?? Variable("AWS_CONTAINER_CREDENTIALS_FULL_URI")) is not null;
        try
        {
            var credentials = await ResolvedAsync(
                () => DefaultAWSCredentialsIdentityResolver.GetCredentials(), isContainer ? "The container" : "The machine", "Check the role of the task or pod, and its agent.", stop);
            return (credentials, region ?? Amazon.Runtime.FallbackRegionFactory.GetRegionEndpoint()?.SystemName);
        }
        catch (CredentialsException) when (!isContainer)
        {
            return null;
        }
    }

    /// <summary>Whether a profile contains any setting for credentials. A profile can also contain only a Region.</summary>
    private static bool AreBegun(CredentialProfileOptions options) => options is not
    {
        AccessKey: null, SecretKey: null, RoleArn: null, SourceProfile: null, SsoSession: null, SsoStartUrl: null,
        CredentialProcess: null, LoginSession: null,
    };

    /// <summary>How to get credentials for the same profile, or find out why there are none.</summary>
    private static string NextStep(string name, CredentialProfileOptions options) => options switch
    {
        { SsoSession: not null } or { SsoStartUrl: not null } => $"Sign in: aws sso login --profile {name}",
        { LoginSession: not null } or { MfaSerial: not null } =>
            $"The AWS CLI can sign in for it: eval \"$(aws configure export-credentials --profile {name} --format env)\"",
        { CredentialProcess: not null } => "Run the command of its credential_process by itself, to see what it says.",
        { WebIdentityTokenFile: { } file } => $"Check web_identity_token_file ({file}) and role_arn ({options.RoleArn}).",
        { SourceProfile: { } source } => $"Check that profile '{source}' exists, has credentials, and may assume {options.RoleArn}.",
        { CredentialSource: { } source } => $"Check the credentials of its credential_source ({source}), and that they may assume {options.RoleArn}.",
        _ => $"`aws sts get-caller-identity --profile {name}` shows whether the AWS CLI can use it.",
    };

    private static async Task<AWSCredentials> ResolvedAsync(
        Func<AWSCredentials> find, string source, string nextStep, CancellationToken stop)
    {
        try
        {
            var credentials = find();
            await credentials.GetCredentialsAsync().WaitAsync(stop);
            return credentials;
        }
#pragma warning disable CA1031 // Do not catch general exception types: each source of credentials throws its own types.
        catch (Exception e) when (!stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            throw new CredentialsException($"{source} gives no credentials: {Cause(e).TrimEnd('.', ' ')}. {nextStep}", e);
        }
    }

    private static string Cause(Exception exception)
    {
        var inner = exception;
        while (inner.InnerException is { } next) inner = next;
        var (cause, detail) = (Sentences.MessageOf(exception), Sentences.MessageOf(inner));
        return SingleLine.Cut(cause.Contains(detail, StringComparison.Ordinal) || exception is ProblemException ? cause : $"{cause.TrimEnd('.')}: {detail}", MaxCause);
    }

    private static string? RegionOf(string profile) =>
        new CredentialProfileStoreChain().TryGetProfile(profile, out var found) ? found.Region?.SystemName : null;

    /// <summary>An empty variable counts as not set.</summary>
    public static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}

/// <summary>A configured source did not provide credentials. The exit code is 1, because a later attempt can succeed.</summary>
internal sealed class CredentialsException(string message, Exception inner) : Exception(message, inner);
