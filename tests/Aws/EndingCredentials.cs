using Amazon.Runtime;

namespace KeyRotation.Tests.Aws;

/// <summary>Credentials of a role that can no longer be assumed after the given number of requests.</summary>
internal sealed class EndingCredentials(int requests) : AWSCredentials
{
    private int left = requests;

    public override ImmutableCredentials GetCredentials() =>
        left-- > 0 ? new("AKIDEXAMPLE", "secret", null) : throw new ProblemException(ProblemNumber.RoleCannotBeAssumed, "The role ended.");
}
