using Amazon.Runtime.Internal;

namespace KeyRotation.Tests;

/// <summary>The clients of all tests have the pipeline that the function's have.</summary>
[SetUpFixture]
internal sealed class ShortPipelineForAll
{
    [OneTimeSetUp]
    public void Register() => RuntimePipelineCustomizerRegistry.Instance.Register(new ShortPipeline());
}
