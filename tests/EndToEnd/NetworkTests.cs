using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KeyRotation.Local;
using KeyRotation.Tests.Sweeping;

namespace KeyRotation.Tests.EndToEnd;

/// <summary>
/// Failures that explain themselves: the number, the key, the operation, and AWS's code or the host with what is wrong on the way to it.
/// </summary>
[Parallelizable(ParallelScope.All)]
internal sealed class NetworkTests
{
    private static readonly TimeSpan Time = TimeSpan.FromMinutes(2);

    [Test]
    public async Task An_unknown_host_is_named() =>
        Assert.That(await ChangeAsync(new Uri("http://kms.invalid")), Is.EqualTo("GetKeyRotationStatus: kms.invalid: the host name cannot be resolved"));

    [Test]
    public async Task A_refused_port_is_named() =>
        Assert.That(await ChangeAsync(new Uri("http://127.0.0.1:9")), Is.EqualTo("GetKeyRotationStatus: 127.0.0.1:9: the connection was refused"));

    [Test]
    public async Task An_untrusted_certificate_is_named()
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

    [TestCase("GetKeyRotationStatus", "KR11: Key {0} could not be judged. GetKeyRotationStatus: {1}: HTTP status 403 with an HTML page")]
    [TestCase("PutEvaluations", "KR12: AWS Config did not accept the evaluation of key {0}. PutEvaluations: {1}: HTTP status 403 with an HTML page")]
    [TestCase("GetResourceConfigHistory", "KR11: Key {0} could not be judged. GetResourceConfigHistory: {1}: HTTP status 403 with an HTML page")]
    public async Task The_page_of_a_proxy_is_no_answer(string operation, string message)
    {
        await using var aws = await LocalAws.StartAsync();
        var error = await OversizedChangeAsync(aws, operation, Fault.HtmlPage(HttpStatusCode.Forbidden));

        Assert.That(error.Message, Does.StartWith(Text(message, error.KeyId, aws.Endpoint.Authority)));
    }

    private static IEnumerable<TestCaseData<string, Fault, string>> Refusals()
    {
        yield return new("GetKeyRotationStatus", Fault.AccessDenied,
            "KR11: Key {0} could not be judged. The rotation status could not be read: GetKeyRotationStatus: AccessDeniedException: User is not authorized");
        yield return new("GetKeyRotationStatus", new Fault.Error("UnrecognizedClientException", "a token"),
            "KR11: Key {0} could not be judged. GetKeyRotationStatus: AWS answered UnrecognizedClientException, HTTP status 400");
        yield return new("GetResourceConfigHistory", new Fault.Error("NoAvailableConfigurationRecorderException", "no recorder"),
            "KR11: Key {0} could not be judged. GetResourceConfigHistory: AWS answered NoAvailableConfigurationRecorderException, HTTP status 400");
        yield return new("PutEvaluations", Fault.AccessDenied,
            "KR12: AWS Config did not accept the evaluation of key {0}. PutEvaluations: AccessDeniedException: User is not authorized");
        yield return new("PutEvaluations", new Fault.Error("NoSuchConfigRuleException", "gone"),
            "KR12: AWS Config did not accept the evaluation of key {0}. PutEvaluations: AWS answered NoSuchConfigRuleException, HTTP status 400");
        yield return new("PutEvaluations", new Fault.Error("InvalidResultTokenException", "the-token-itself"),
            "KR12: AWS Config did not accept the evaluation of key {0}. PutEvaluations: AWS answered InvalidResultTokenException, HTTP status 400");
        yield return new("PutEvaluations", Fault.Answer("{}"),
            "KR12: AWS Config did not accept the evaluation of key {0}. PutEvaluations: AWS Config answered without FailedEvaluations.");
    }

    [TestCaseSource(nameof(Refusals))]
    public async Task A_refusal_names_the_operation_and_the_key(string operation, Fault fault, string message)
    {
        await using var aws = await LocalAws.StartAsync();
        var error = await OversizedChangeAsync(aws, operation, fault);

        Assert.That(error.Message, Does.StartWith(Text(message, error.KeyId)).And.Not.Contain("the-token-itself"));
    }

    [TestCase("PutEvaluations", "KR12: AWS Config did not accept the evaluation of key {0}. PutEvaluations: AWS answered ThrottlingException, HTTP status 400")]
    [TestCase("GetKeyRotationStatus", "KR13: Time ran out before key {0} was reported. The last try: GetKeyRotationStatus: AWS answered ThrottlingException, HTTP status 400")]
    [TestCase("GetResourceConfigHistory", "KR13: Time ran out before key {0} was reported. The last try: GetResourceConfigHistory: AWS answered ThrottlingException, HTTP status 400")]
    public async Task A_call_that_is_throttled_until_the_deadline_is_named(string operation, string message)
    {
        await using var aws = await LocalAws.StartAsync();
        var error = await OversizedChangeAsync(aws, operation, Fault.Throttling, TimeSpan.FromSeconds(8));

        Assert.That(error.Message, Does.StartWith(Text(message, error.KeyId)));
    }

    [Test]
    public async Task An_STS_out_of_reach_is_not_blamed_on_the_trust_policy()
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

    /// <summary>A sweep leaves dozens of connections behind; all of them die without a word while the function is frozen.</summary>
    [Test]
    public async Task Connections_that_died_since_the_sweep_do_not_fail_the_next_event()
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
            Assert.That(change.Duration, Is.LessThan(TimeSpan.FromSeconds(10)), "no call met a dead connection, on which it would wait for ten seconds");
        }
    }

    [Test]
    public async Task A_runtime_API_that_fails_leaves_a_line_in_the_log()
    {
        var account = new LocalAccount();
        await using var aws = await LocalAws.StartAsync(account);
        await using var rule = await RuleProcess.StartAsync(
            aws, account, PressureTests.Function, new Dictionary<string, string?> { ["AWS_LAMBDA_RUNTIME_API"] = aws.Endpoint.Authority });

        await Wait.UntilAsync(() => rule.HasExited);

        Assert.That(rule.Logs.Last(), Does.Contain("\"level\":\"ERROR\"").And.Contain("Runtime API"));
    }

    /// <returns>What is said of the key after "could not be judged".</returns>
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

    private static async Task<(string KeyId, string Message)> OversizedChangeAsync(
        LocalAws aws,
        string operation,
        Fault fault,
        TimeSpan? time = null)
    {
        var account = aws.Add(new LocalAccount());
        var key = account.Put(LocalKey.Symmetric(rotates: true));
        aws.Faults.Add(operation, fault);
        await using var rule = await RuleProcess.StartAsync(aws, account, PressureTests.Function);

        var result = await rule.InvokeAsync(ConfigEvents.OversizedChange(account, key), time ?? Time);

        return (key.KeyId, result.Error?.ErrorMessage ?? "");
    }

    private static string Text(string format, params object[] arguments) =>
        string.Format(System.Globalization.CultureInfo.InvariantCulture, format, arguments);

    /// <summary>Carries connections to the local AWS, until it swallows all that is sent on those that it has.</summary>
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

        /// <returns>How many connections have been opened so far.</returns>
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
#pragma warning disable CA2000 // Dispose objects before losing scope: the network disposes of all its connections at its end.
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
