using System.Globalization;
using System.Net;

namespace KeyRotation.Local;

/// <summary>AWS STS: the credentials of a role, and the identity of the caller.</summary>
/// <remarks>Source: AWS STS API Reference.</remarks>
internal static class StsApi
{
    private const string Namespace = "https://sts.amazonaws.com/doc/2011-06-15/";

    public static string Answer(LocalAws aws, AccessKey caller, Call call) => Reply.Xml(Namespace, call.Operation, call.Operation switch
    {
        "AssumeRole" => AssumeRole(aws, caller, call.Form!),
        "GetCallerIdentity" => $"<Arn>{caller.UserArn}</Arn><UserId>{caller.Id}</UserId><Account>{caller.AccountId}</Account>",
        var other => throw new AwsError("InvalidAction", $"The local AWS does not support the action '{other}'."),
    });

    private static string AssumeRole(LocalAws aws, AccessKey caller, IReadOnlyDictionary<string, string> form)
    {
        var roleArn = form.GetValueOrDefault("RoleArn") ?? throw AwsError.Missing("roleArn");
        var session = form.GetValueOrDefault("RoleSessionName") ?? throw AwsError.Missing("roleSessionName");
        if (session.Length is < 2 or > 64) throw AwsError.Constraint("roleSessionName", session, "Member must have length between 2 and 64");
        if (roleArn.Split(':') is not ["arn", var partition, "iam", "", var accountId, var resource]
            || !resource.StartsWith("role/", StringComparison.Ordinal))
            throw new AwsError("ValidationError", $"{roleArn} is invalid");

        var name = resource["role/".Length..];
        if (name.StartsWith("aws-service-role/", StringComparison.Ordinal)
            || aws.FindAccount(accountId) is not { } account
            || account.Partition != partition
            || account.Roles.GetValueOrDefault(name) is not { Trusts: true } role)
        {
            throw new AwsError(
                "AccessDenied",
                $"User: {caller.UserArn} is not authorized to perform: sts:AssumeRole on resource: {roleArn}",
                HttpStatusCode.Forbidden);
        }

        var expiration = aws.Now + (role.Lasts ?? TimeSpan.FromHours(1));
        var assumed = new AccessKey(
            $"ASIA{Guid.NewGuid():N}"[..20].ToUpperInvariant(),
            Guid.NewGuid().ToString("N"),
            accountId,
            $"arn:{partition}:sts::{accountId}:assumed-role/{name[(name.LastIndexOf('/') + 1)..]}/{session}",
            Guid.NewGuid().ToString("N"),
            expiration);
        aws.AccessKeys.Add(assumed);
        return $"<AssumedRoleUser><AssumedRoleId>AROALOCAL:{Reply.Escaped(session)}</AssumedRoleId><Arn>{Reply.Escaped(assumed.UserArn)}</Arn></AssumedRoleUser>"
            + $"<Credentials><AccessKeyId>{assumed.Id}</AccessKeyId><SecretAccessKey>{assumed.Secret}</SecretAccessKey><SessionToken>{assumed.SessionToken}</SessionToken>"
            + $"<Expiration>{expiration.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)}</Expiration></Credentials>";
    }
}
