using Amazon;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.SecurityToken;

namespace KeyRotation.Tests.Aws;

internal sealed class ShortPipelineTests
{
    /// <summary>A new version of the SDK may add a step: whether it has something to do is for a person to see.</summary>
    [Test]
    public void What_is_left_are_the_steps_that_have_something_to_do()
    {
        using var kms = new Kms();
        using var sts = new Sts();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(kms.Steps, Is.EqualTo((string[])
            [
                "OneType", "Marshaller", "AmazonKeyManagementServiceAuthSchemeHandler", "AmazonKeyManagementServiceEndpointResolver", "RetryHandler",
                "Signer", "ErrorHandler", "Unmarshaller", "HttpHandler`1",
            ]));
            Assert.That(sts.Steps, Is.EqualTo((string[])
            [
                "OneType", "Marshaller", "AmazonSecurityTokenServiceAuthSchemeHandler", "AmazonSecurityTokenServiceEndpointResolver", "RetryHandler",
                "Signer", "ErrorHandler", "Unmarshaller", "HttpHandler`1",
            ]));
        }
    }

    private static IReadOnlyList<string> StepsOf(RuntimePipeline pipeline) => [.. pipeline.Handlers.Select(handler => handler.GetType().Name)];

    private sealed class Kms() : AmazonKeyManagementServiceClient(new AnonymousAWSCredentials(), RegionEndpoint.EUCentral1)
    {
        public IReadOnlyList<string> Steps => StepsOf(RuntimePipeline);
    }

    private sealed class Sts() : AmazonSecurityTokenServiceClient(new AnonymousAWSCredentials(), RegionEndpoint.EUCentral1)
    {
        public IReadOnlyList<string> Steps => StepsOf(RuntimePipeline);
    }
}
