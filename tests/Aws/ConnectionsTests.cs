using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KeyRotation.Tests.Aws;

/// <summary>Connections that are opened before there is anything to ask.</summary>
internal sealed class ConnectionsTests
{
    private TcpListener server = null!;
    private Uri endpoint = null!;

    [SetUp]
    public void Listen()
    {
        server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}");
    }

    [TearDown]
    public void StopListening() => server.Dispose();

    [Test]
    public async Task A_connection_opened_early_carries_the_first_request()
    {
        await Connections.OpenAsync(endpoint);
        using var connection = await server.AcceptTcpClientAsync();
        await using var stream = connection.GetStream();

        var answer = new Connections().CreateHttpClient(new Amazon.KeyManagementService.AmazonKeyManagementServiceConfig()).GetStringAsync(endpoint);
        var request = new byte[1024];
        var length = await stream.ReadAsync(request);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"u8.ToArray());

        using (Assert.EnterMultipleScope())
        {
            // Had anything been sent before, it would come first.
            Assert.That(Encoding.ASCII.GetString(request, 0, length), Does.StartWith("GET / HTTP/1.1\r\n"));
            Assert.That(await answer, Is.EqualTo("hi"));
            Assert.That(server.Pending(), Is.False, "There is a second connection.");
        }
    }

    [Test]
    public void A_connection_that_cannot_be_opened_is_no_error()
    {
        server.Stop();

        Assert.That(() => Connections.OpenAsync(endpoint), Throws.Nothing);
    }
}
