using Amazon.Runtime;

namespace KeyRotation.Tests.Aws;

/// <summary>Credentials that are others each time they are asked for, as those that another thread renews can be.</summary>
internal sealed class AlternatingCredentials(params ImmutableCredentials[] credentials) : AWSCredentials
{
    private int asked;

    public override ImmutableCredentials GetCredentials() => credentials[asked++ % credentials.Length];
}
