using KeyRotation.Benchmark.Floor;

// The least that a custom Lambda runtime for this rule can do in .NET: read one event and send two signed requests. It does not evaluate
// the rule, retry or handle errors. The additional time that the rule takes is the cost of its pipeline, its validation and its log.
var region = Setting("AWS_REGION");
using var aws = new Connection(new Uri(Setting("AWS_ENDPOINT_URL")));
using var runtime = new Connection(new Uri($"http://{Setting("AWS_LAMBDA_RUNTIME_API")}"));
var signer = new Signer(Setting("AWS_ACCESS_KEY_ID"), Setting("AWS_SECRET_ACCESS_KEY"), Setting("AWS_SESSION_TOKEN"), region);

while (true)
{
    var next = runtime.Send("GET", "/2018-06-01/runtime/invocation/next", "", []);
    var key = ChangedKey.Of(next.Body);

    var body = Json.Object(json => json.WriteString("KeyId", key.Arn));
    var status = aws.Send("POST", "/", signer.Sign(aws.Host, "kms", "TrentService.GetKeyRotationStatus", body), body);
    var isOn = Json.Flag(status.Body, "KeyRotationEnabled"u8);

    body = Json.Object(json =>
    {
        json.WriteStartArray("Evaluations");
        json.WriteStartObject();
        json.WriteString("Annotation", isOn ? "Rotation is on." : "Rotation is off.");
        json.WriteString("ComplianceResourceId", key.Id);
        json.WriteString("ComplianceResourceType", "AWS::KMS::Key");
        json.WriteString("ComplianceType", isOn ? "COMPLIANT" : "NON_COMPLIANT");
        json.WriteNumber("OrderingTimestamp", key.CaptureTime.ToUnixTimeSeconds());
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("ResultToken", key.ResultToken);
    });
    aws.Send("POST", "/", signer.Sign(aws.Host, "config", "StarlingDoveService.PutEvaluations", body), body);
    runtime.Send("POST", $"/2018-06-01/runtime/invocation/{next.RequestId}/response", "", "null"u8);
}

static string Setting(string name) => Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is missing.");
