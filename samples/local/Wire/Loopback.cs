using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace KeyRotation.Local;

/// <summary>An HTTP server on a free port that only this machine can reach. It reads no configuration and writes no log.</summary>
internal sealed class Loopback : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly CancellationTokenSource stopping = new();

    private Loopback(WebApplication app) => this.app = app;

    public Uri Address { get; private set; } = null!;

    /// <summary>Canceled when the server is disposed, to end requests that wait.</summary>
    public CancellationToken Stopping => stopping.Token;

    public static async Task<Loopback> StartAsync(RequestDelegate handle)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;

            // A function sends the cause of an error, for AWS X-Ray, in a header of up to 1 MB.
            options.Limits.MaxRequestBufferSize = options.Limits.MaxRequestHeadersTotalSize = 2 * 1024 * 1024;
            options.Listen(IPAddress.Loopback, 0);
        });
        var server = new Loopback(builder.Build());
        server.app.Run(handle);
        await server.app.StartAsync();
        server.Address = new Uri(server.app.Urls.Single());
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        using var atOnce = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await app.StopAsync(atOnce.Token);
        await app.DisposeAsync();
        stopping.Dispose();
    }
}
