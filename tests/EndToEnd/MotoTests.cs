using System.Diagnostics;
using System.Text.Json;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using KeyRotation.Local;
using KeyRotation.Tests.Deployment;
using KeyRotation.Tests.Sweeping;

namespace KeyRotation.Tests.EndToEnd;

/// <summary>
/// The function's executable with moto, a third-party stand-in for AWS. moto accepts PutEvaluations only in test mode, and has no
/// configuration items.
/// </summary>
internal sealed class MotoTests
{
    private const string Server = """
        from moto.server import ThreadedMotoServer
        server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        server.start()
        print(server.get_host_and_port()[1], flush=True)
        input()
        """;

    [Test]
    public async Task Keys_in_moto_are_evaluated()
    {
        Tool.Moto.Require();
        using var moto = Process.Start(new ProcessStartInfo("python3", ["-c", Server])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var endpoint = new Uri($"http://127.0.0.1:{await moto.StandardOutput.ReadLineAsync()}");
            var account = new LocalAccount("123456789012");
            using var kms = new AmazonKeyManagementServiceClient(
                account.Credentials,
                new AmazonKeyManagementServiceConfig { ServiceURL = endpoint.ToString(), AuthenticationRegion = account.Region });
            await using var rule = await RuleProcess.StartAsync(endpoint, account);

            using (Assert.EnterMultipleScope())
            {
                Assert.That(await ScenarioAsync(await NewKeyAsync()), Is.EqualTo("k"));
                Assert.That(await ScenarioAsync(await NewKeyAsync(periodInDays: 365)), Is.EqualTo("m"));
                Assert.That(await ScenarioAsync(await NewKeyAsync(keySpec: "RSA_2048")), Is.EqualTo("c"));
                Assert.That(await ScenarioAsync("00000000-0000-4000-8000-000000000000"), Is.EqualTo("a"));
            }

            async Task<string> NewKeyAsync(string keySpec = "SYMMETRIC_DEFAULT", int? periodInDays = null)
            {
                var usage = keySpec == "SYMMETRIC_DEFAULT" ? KeyUsageType.ENCRYPT_DECRYPT : KeyUsageType.SIGN_VERIFY;
                var keyId = (await kms.CreateKeyAsync(new CreateKeyRequest { KeySpec = keySpec, KeyUsage = usage })).KeyMetadata.KeyId;
                if (periodInDays is not null)
                    await kms.EnableKeyRotationAsync(new EnableKeyRotationRequest { KeyId = keyId, RotationPeriodInDays = periodInDays });
                return keyId;
            }

            async Task<string> ScenarioAsync(string keyId)
            {
                // An item that was recorded daily can be a day old, so the function calls DescribeKey first.
                var change = ConfigEvents.Change(
                    account,
                    LocalKey.Symmetric() with { KeyId = keyId, DeliveryTime = DateTimeOffset.UtcNow });
                var result = await rule.InvokeAsync(ResultToken.Replaced(change, "TESTMODE"), TimeSpan.FromMinutes(1));
                Assert.That(result.Error, Is.Null, result.Error?.ErrorMessage);
                return JsonElement.Parse(await rule.SummaryAsync(result.RequestId)).GetProperty("scenarios").EnumerateObject().Single().Name;
            }
        }
        finally
        {
            moto.Kill();
        }
    }
}
