using Amazon.Runtime;

namespace KeyRotation.Tests.Sweeping;

/// <summary>The rule's own connections, but for their patience: a test of what never answers need not wait as long as the function does.</summary>
internal sealed class Impatient : HttpClientFactory
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = TimeSpan.FromSeconds(1.5) };

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => Http;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
}
