using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KeyRotation.Local;
using KeyRotation.Tests.Sweeping;

namespace KeyRotation.Tests.EndToEnd;

/// <summary>
/// Failures explain themselves: they name the problem, the key, the operation, and either the AWS error code or the host and the network
/// error.
/// </summary>
[Parallelizable(ParallelScope.All)]
internal sealed class NetworkTests
{
    private static readonly TimeSpan Time = TimeSpan.FromMinutes(2);

    [Test]
    public async Task Unknown_host_is_named() =>
        Assert.That(await ChangeAsync(new Uri("http://kms.invalid")), Is.EqualTo("GetKeyRotationStatus: kms.invalid: the host name cannot be resolved"));

    [Test]
    public async Task Refused_port_is_named() =>
        Assert.That(await ChangeAsync(new Uri("http://127.0.0.1:9")), Is.EqualTo("GetKeyRotationStatus: 127.0.0.1:9: the connection was refused"));

    [Test]
    public async Task Untrusted_certificate_is_named()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        _ = Task.Run(async () =>
        {
            while (true)
            {
                var connection = await server.AcceptTcpClientAsync();
                await using var tls = new SslStream(connection.GetStream());
                await tls.AuthenticateAsServerAsync(certificate).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });

        var host = $"localhost:{((IPEndPoint)server.LocalEndpoint).Port}";
        Assert.That(await ChangeAsync(new Uri($"https://{host}")), Does.StartWith($"GetKeyRotationStatus: {host}: the TLS certificate is not trusted ("));
    }

    /// <summary>In the messages, {0} is the host and {1} is the key ID.</summary>
    private static IEnumerable<TestCaseData<string, Fault, string>> Failures()
    {
        const string page = "{0}: HTTP status 403 with an HTML page";
        var proxy = Fault.HtmlPage(HttpStatusCode.Forbidden);
        yield return NotJudged("GetKeyRotationStatus", proxy, page);
        yield return NotReported(proxy, page);
        yield return NotJudged("GetResourceConfigHistory", proxy, page);

        yield return new("GetKeyRotationStatus", Fault.AccessDenied,
            "KR11: Key {1} could not be judged. The rotation status could not be read: GetKeyRotationStatus: AccessDeniedException: User is not authorized");
        yield return NotReported(Fault.AccessDenied, "AccessDeniedException: User is not authorized to perform this operation.");
        yield return NotJudged("GetKeyRotationStatus", Error("UnrecognizedClientException"), "AWS returned UnrecognizedClientException, HTTP status 400");
        yield return NotJudged(
            "GetResourceConfigHistory",
            Error("NoAvailableConfigurationRecorderException"),
            "AWS returned NoAvailableConfigurationRecorderException, HTTP status 400");
        yield return NotReported(Error("NoSuchConfigRuleException"), "AWS returned NoSuchConfigRuleException, HTTP status 400");
        yield return NotReported(Error("InvalidResultTokenException"), "AWS returned InvalidResultTokenException, HTTP status 400");
        yield return NotReported(Fault.Answer("{}"), "AWS Config returned no FailedEvaluations.");

        yield return NotReported(Fault.Throttling, "AWS returned ThrottlingException, HTTP status 400");
        foreach (var operation in new[] { "GetKeyRotationStatus", "GetResourceConfigHistory" })
        {
            yield return new(operation, Fault.Throttling,
                $"KR13: Time ran out before key {{1}} was reported. The last attempt: {operation}: AWS returned ThrottlingException, HTTP status 400");
        }

        static TestCaseData<string, Fault, string> NotJudged(string operation, Fault fault, string cause) =>
            new(operation, fault, $"KR11: Key {{1}} could not be judged. {operation}: {cause}");

        static TestCaseData<string, Fault, string> NotReported(Fault fault, string cause) =>
            new("PutEvaluations", fault, "KR12: AWS Config did not accept the evaluation of key {1}. PutEvaluations: " + cause);

        static Fault.Error Error(string code) => new(code, "the-token-itself");
    }

    /// <summary>A throttled call is retried until the deadline, so those cases have a short timeout.</summary>
    [TestCaseSource(nameof(Failures))]
    public async Task Failure_names_the_operation_and_the_key(string operation, Fault fault, string message)
    {
        var account = new LocalAccount();
        var key = account.Put(LocalKey.Symmetric(rotates: true));
        await using var aws = await LocalAws.StartAsync(account);
        aws.Faults.Add(operation, fault);
        await using var rule = await RuleProcess.StartAsync(aws, account, PressureTests.Function);

        var time = fault == Fault.Throttling ? TimeSpan.FromSeconds(8) : Time;
        var result = await rule.InvokeAsync(ConfigEvents.OversizedChange(account, key), time);

        var start = string.Format(CultureInfo.InvariantCulture, message, aws.Endpoint.Authority, key.KeyId);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Error?.ErrorMessage, Does.StartWith(start).And.Not.Contain("the-token-itself"));
            Assert.That(result.Error?.ErrorType, Is.EqualTo("ProblemException"));
            Assert.That(result.Error?.StackTrace, Has.Some.Contain("KeyRotation.Function"));
        }
    }

    [Test]
    public async Task Unreachable_STS_does_not_blame_the_trust_policy()
    {
        var own = new LocalAccount();
        var member = new LocalAccount("444455556666");
        var key = member.Put(LocalKey.Symmetric());
        await using var aws = await LocalAws.StartAsync(own, member);
        await using var rule = await RuleProcess.StartAsync(
            aws, own, PressureTests.Function, new Dictionary<string, string?> { ["AWS_ENDPOINT_URL_STS"] = "http://127.0.0.1:9" });

        var result = await rule.InvokeAsync(ConfigEvents.Change(member, key, ruleParameters: """{"executionRoleName":"reader"}"""), Time);

        Assert.That(
            result.Error?.ErrorMessage,
            Does.StartWith("KR09: ").And.Contain("AWS STS could not be reached").And.Contain("127.0.0.1:9: the connection was refused").And.Not.Contain("trust policy"));
    }

    /// <summary>
    /// A sweep leaves dozens of connections open. All of them fail silently before the next event, as they can while a function is frozen.
    /// </summary>
    [Test]
    public async Task Dead_connections_do_not_fail_the_next_event()
    {
        var account = Accounts.Generated(120);
        await using var aws = await LocalAws.StartAsync(account);
        aws.Latency = TimeSpan.FromMilliseconds(20);
        await using var network = new Network(aws.Endpoint);
        await using var rule = await RuleProcess.StartAsync(network.Address, account, PressureTests.Function);

        var sweep = await rule.InvokeAsync(ConfigEvents.Scheduled(account), Time);
        var connections = network.Swallow();
        var change = await rule.InvokeAsync(ConfigEvents.Change(account, account.Keys.First(key => Truth.Of(key) == "COMPLIANT")), Time);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(sweep.Error, Is.Null);
            Assert.That(connections, Is.GreaterThan(10), "connections that the sweep opened");
            Assert.That(change.Error, Is.Null);
            Assert.That(change.Duration, Is.LessThan(TimeSpan.FromSeconds(10)), "a call on a dead connection would take ten seconds");
        }
    }

    [Test]
    public async Task Runtime_API_failure_is_logged()
    {
        var account = new LocalAccount();
        await using var aws = await LocalAws.StartAsync(account);
        await using var rule = await RuleProcess.StartAsync(
            aws, account, PressureTests.Function, new Dictionary<string, string?> { ["AWS_LAMBDA_RUNTIME_API"] = aws.Endpoint.Authority });

        await Wait.UntilAsync(() => rule.HasExited);

        Assert.That(rule.Logs.Last(), Does.Contain("\"level\":\"ERROR\"").And.Contain("Runtime API"));
    }

    /// <returns>The part of the error message after "could not be judged".</returns>
    private static async Task<string> ChangeAsync(Uri endpoint)
    {
        var account = new LocalAccount();
        var key = account.Put(LocalKey.Symmetric(rotates: true));
        await using var rule = await RuleProcess.StartAsync(endpoint, account, PressureTests.Function);

        var result = await rule.InvokeAsync(ConfigEvents.Change(account, key, ruleParameters: """{"unreadableKeys":"nonCompliant"}"""), Time);

        var start = $"KR11: Key {key.KeyId} could not be judged. ";
        Assert.That(result.Error?.ErrorMessage, Does.StartWith(start));
        return result.Error!.ErrorMessage[start.Length..];
    }

    /// <summary>
    /// Forwards connections to the local AWS. <c>Swallow</c> silently drops everything that is sent later on the open ones.
    /// </summary>
    private sealed class Network : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly List<TcpClient> clients = [];
        private readonly CancellationTokenSource ended = new();
        private CancellationTokenSource carried = new();

        public Network(Uri target)
        {
            listener.Start();
            _ = AcceptAsync(target);
        }

        public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

        /// <returns>The number of connections opened so far.</returns>
        public int Swallow()
        {
            lock (clients)
            {
                carried.Cancel();
                carried = new();
                return clients.Count / 2;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await ended.CancelAsync();
            await carried.CancelAsync();
            listener.Dispose();
            foreach (var client in clients) client.Dispose();
            ended.Dispose();
            carried.Dispose();
        }

        private async Task AcceptAsync(Uri target)
        {
            while (!ended.IsCancellationRequested)
            {
                var inner = await listener.AcceptTcpClientAsync(ended.Token);
#pragma warning disable CA2000 // Dispose objects before losing scope: DisposeAsync disposes all connections.
                var outer = new TcpClient(target.Host, target.Port);
#pragma warning restore CA2000
                lock (clients)
                {
                    clients.AddRange([inner, outer]);
                    _ = CarryAsync(inner, outer, carried.Token);
                    _ = CarryAsync(outer, inner, carried.Token);
                }
            }
        }

        private static async Task CarryAsync(TcpClient from, TcpClient to, CancellationToken until)
        {
            var carrying = from.GetStream().CopyToAsync(to.GetStream(), until);
            await carrying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!until.IsCancellationRequested) to.Dispose();
        }
    }
}
