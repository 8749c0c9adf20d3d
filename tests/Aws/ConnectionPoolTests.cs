using System.Net;
using System.Net.Sockets;
using System.Text;
using Amazon.KeyManagementService;

namespace KeyRotation.Tests.Aws;

/// <summary>Connections that are opened before the first request, and responses that are late, incomplete or not from AWS.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ConnectionPoolTests : IDisposable
{
    private readonly TcpListener server = new(IPAddress.Loopback, 0);
    private readonly ConnectionPool connections = new(timeout: TimeSpan.FromSeconds(2));
    private readonly Uri endpoint;

    public ConnectionPoolTests()
    {
        server.Start();
        endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}");
    }

    public void Dispose()
    {
        connections.Dispose();
        server.Dispose();
    }

    [Test]
    public async Task Connection_opened_early_carries_the_first_request()
    {
        using var patient = new ConnectionPool(timeout: TimeSpan.FromMinutes(5));
        await patient.OpenAsync(endpoint, new Uri(endpoint, "of-another-service"));
        using var connection = await server.AcceptTcpClientAsync();
        await using var stream = connection.GetStream();

        var answer = Http(patient).GetStringAsync(new Uri(endpoint, "first"));
        var request = new byte[1024];
        var length = await stream.ReadAsync(request);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"u8.ToArray());

        using (Assert.EnterMultipleScope())
        {
            // Anything sent before this request would be read first.
            Assert.That(Encoding.ASCII.GetString(request, 0, length), Does.StartWith("GET /first HTTP/1.1\r\n"));
            Assert.That(await answer, Is.EqualTo("hi"));
            Assert.That(server.Pending(), Is.False, "there must be no second connection");
        }
    }

    [Test]
    public void Connection_that_cannot_be_opened_is_not_an_error()
    {
        server.Stop();

        Assert.That(() => connections.OpenAsync(endpoint), Throws.Nothing);
    }

    [TestCase("", "no complete response within 2 seconds", Repeat.WhileThereIsTime)]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n{", "no complete response within 2 seconds", Repeat.WhileThereIsTime)]
    [TestCase("HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi", "HTTP status 403 with an HTML page", Repeat.Never)]
    [TestCase("HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi", "HTTP status 502 with an HTML page", Repeat.WhileThereIsTime)]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 20000000\r\n\r\n{", "the response is longer than any response from AWS", Repeat.Never)]
    public async Task Invalid_response_names_its_host(string answer, string what, object repeat)
    {
        var request = Http(connections).GetStringAsync(endpoint);
        using var connection = await server.AcceptTcpClientAsync();
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));

        var thrown = Assert.CatchAsync<NetworkException>(() => request);

        Assert.That(thrown!.Message, Does.StartWith($"{endpoint.Authority}: ").And.Contain(what));
        Assert.That(thrown.Repeat, Is.EqualTo(repeat));
    }

    /// <summary>Moto returns both with the content type text/html.</summary>
    [TestCase("{}")]
    [TestCase("<?xml version=\"1.0\"?><AssumeRoleResponse/>")]
    [TestCase("<AssumeRoleResponse/>")]
    public async Task JSON_and_XML_are_accepted_with_any_content_type(string body)
    {
        var request = Http(connections).GetStringAsync(endpoint);
        using var connection = await server.AcceptTcpClientAsync();
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {body.Length}\r\n\r\n{body}"));

        Assert.That(await request, Is.EqualTo(body));
    }

    [Test]
    public async Task Connection_closed_too_early_is_a_failed_call()
    {
        var request = Http(connections).GetStringAsync(endpoint);
        using (var connection = await server.AcceptTcpClientAsync())
            await connection.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhi"u8.ToArray());

        Assert.That(Assert.CatchAsync<NetworkException>(() => request)!.Message, Is.EqualTo($"{endpoint.Authority}: the connection ended before the response was complete"));
    }

    [Test]
    public void Refused_connection_and_unknown_host_are_distinct()
    {
        server.Stop();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Failure(endpoint), Is.EqualTo(($"{endpoint.Authority}: the connection was refused", Repeat.FewTimes)));
            Assert.That(Failure(new Uri("http://kms.invalid")), Is.EqualTo(("kms.invalid: the host name cannot be resolved", Repeat.FewTimes)));
        }

        (string, Repeat) Failure(Uri uri)
        {
            var thrown = Assert.CatchAsync<NetworkException>(() => Http(connections).GetStringAsync(uri));
            return (thrown!.Message, thrown.Repeat);
        }
    }

    [Test]
    public async Task Closed_connections_are_replaced()
    {
        var before = Http(connections);
        connections.Close();
        var after = Http(connections);

        Assert.That(after, Is.Not.SameAs(before));
        Assert.That(Http(connections), Is.SameAs(after));
        var request = after.GetStringAsync(endpoint);
        using var connection = await server.AcceptTcpClientAsync();
        await connection.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"u8.ToArray());
        Assert.That(await request, Is.EqualTo("hi"));
    }

    private static HttpClient Http(ConnectionPool connections) => connections.CreateHttpClient(new AmazonKeyManagementServiceConfig());
}
