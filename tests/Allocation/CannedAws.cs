using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Amazon.Runtime;
using KeyRotation.Tests.Reading;

namespace KeyRotation.Tests.Allocation;

/// <summary>The real clients with fixed responses from memory, so that nearly all allocations are theirs and the rule's.</summary>
internal static class CannedAws
{
    private static readonly Dictionary<string, byte[]> Answers = new()
    {
        ["TrentService.DescribeKey"] = Encoding.UTF8.GetBytes($$$"""
            {"KeyMetadata":{"AWSAccountId":"{{{Events.AccountId}}}","Arn":"{{{Events.KeyArn}}}","CreationDate":1735787045.678,"CustomerMasterKeySpec":"SYMMETRIC_DEFAULT",
            "Description":"","Enabled":true,"EncryptionAlgorithms":["SYMMETRIC_DEFAULT"],"KeyId":"{{{Events.KeyId}}}","KeyManager":"CUSTOMER","KeySpec":"SYMMETRIC_DEFAULT",
            "KeyState":"Enabled","KeyUsage":"ENCRYPT_DECRYPT","MultiRegion":false,"Origin":"AWS_KMS"}}
            """),
        ["TrentService.GetKeyRotationStatus"] = Encoding.UTF8.GetBytes($$"""{"KeyId":"{{Events.KeyId}}","KeyRotationEnabled":true,"RotationPeriodInDays":365}"""),
        ["StarlingDoveService.PutEvaluations"] = """{"FailedEvaluations":[]}"""u8.ToArray(),
    };

    private static readonly ConnectionPool Connections = new(() => new Handler());

    /// <summary>The account's clients as the function creates them, including the call policy.</summary>
    public static AwsAccount Account() => new(
        new BasicAWSCredentials("AKIDEXAMPLE", "secret"),
        new ClientOptions(Amazon.RegionEndpoint.EUCentral1, Connections, new CallCounter(), TimeProvider.System));

    private sealed class Handler : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var content = new ByteArrayContent(Answers[request.Headers.GetValues("X-Amz-Target").Single()]);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = content, RequestMessage = request });
        }
    }
}
