using Amazon.Runtime;
using Amazon.Runtime.Credentials.Internal;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;

namespace KeyRotation.AwsPackages;

/// <summary>The step of AWSSDK.Core's pipeline that settles how a request is signed: Signature Version 4, the one scheme of both services.</summary>
internal sealed class SigV4 : BaseAuthResolverHandler
{
    protected override List<IAuthSchemeOption> ResolveAuthOptions(IExecutionContext executionContext) => AuthSchemeOption.DEFAULT_SIGV4;
}
