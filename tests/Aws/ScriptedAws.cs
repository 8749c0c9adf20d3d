using System.Net;
using System.Net.Http.Headers;
using Amazon.Runtime;

namespace KeyRotation.Tests.Aws;

/// <summary>A fake AWS in memory: each operation returns its responses in order, and then repeats the last one.</summary>
internal sealed class ScriptedAws : HttpMessageHandler
{
    private readonly Dictionary<string, Queue<(HttpStatusCode Status, string Body)>> answers = [];

    public ScriptedAws(AWSCredentials? credentials = null)
    {
        Connections = new(() => this);
        Clients = new(new Uri("http://aws.test"), credentials ?? new BasicAWSCredentials("AKIDEXAMPLE", "secret"), connections: Connections);
    }

    public ConnectionPool Connections { get; }

    public Clients Clients { get; }

    /// <summary>The operation and body of each request so far.</summary>
    public List<(string Operation, string Body)> Requests { get; } = [];

    public ScriptedAws Answer(string operation, string body, HttpStatusCode status = HttpStatusCode.OK)
    {
        if (!answers.TryGetValue(operation, out var queue)) answers[operation] = queue = new();
        queue.Enqueue((status, body));
        return this;
    }

    /// <summary>Adds an error response in the format of the JSON protocol.</summary>
    public ScriptedAws Refuse(string operation, string code) => Answer(operation, $$"""{"__type":"{{code}}","message":"why"}""", HttpStatusCode.BadRequest);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var body = await request.Content!.ReadAsStringAsync(cancellationToken);
        var operation = request.Headers.TryGetValues("X-Amz-Target", out var target) ? target.Single().Split('.')[1] : body.Split("Action=")[1].Split('&')[0];
        Requests.Add((operation, body));
        var left = answers[operation];
        var (status, answer) = left.Count > 1 ? left.Dequeue() : left.Peek();
        var content = new StringContent(answer);
        content.Headers.ContentType = new MediaTypeHeaderValue(answer.StartsWith('<') ? "text/xml" : "application/x-amz-json-1.1");
        return new(status) { Content = content, RequestMessage = request };
    }
}
