using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace KeyRotation.Benchmark.Floor;

/// <summary>
/// HTTP/1.1 over one persistent connection, without TLS or with TLS and the system's trust store. A response must have a Content-Length
/// header, as those of the benchmark do.
/// </summary>
internal sealed class Connection(Uri server) : IDisposable
{
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] buffer = new byte[64 * 1024];
    private Stream? stream;
    private int read;

    public string Host => server.Authority;

    public void Dispose()
    {
        stream?.Dispose();
        socket.Dispose();
    }

    public Response Send(string method, string path, string headers, ReadOnlySpan<byte> body)
    {
        stream ??= Open();
        var head = Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: {Host}\r\n{headers}Content-Length: {body.Length}\r\n\r\n");
        stream.Write([.. head, .. body]);

        read = 0;
        int end;
        while ((end = buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8)) < 0) ReadMore();
        var answer = Encoding.ASCII.GetString(buffer, 0, end + 2);
        var bodyStart = end + 4;
        var bodyEnd = bodyStart + int.Parse(Header(answer, "Content-Length")!, CultureInfo.InvariantCulture);
        while (read < bodyEnd) ReadMore();
        return new(Header(answer, "Lambda-Runtime-Aws-Request-Id"), buffer[bodyStart..bodyEnd]);
    }

    private static string? Header(string answer, string name)
    {
        var at = answer.IndexOf($"\r\n{name}: ", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return null;
        at += name.Length + 4;
        return answer[at..answer.IndexOf('\r', at)];
    }

    private void ReadMore() => read += stream!.Read(buffer, read, buffer.Length - read) is > 0 and var count
        ? count
        : throw new IOException($"{Host} closed the connection.");

    private Stream Open()
    {
        socket.Connect(server.Host, server.Port);
        var plain = new NetworkStream(socket);
        if (server.Scheme == Uri.UriSchemeHttp) return plain;
        var tls = new SslStream(plain);
        tls.AuthenticateAsClient(server.Host);
        return tls;
    }
}

internal readonly record struct Response(string? RequestId, byte[] Body);
