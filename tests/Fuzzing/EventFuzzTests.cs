using System.Text;
using System.Text.Json;
using Amazon;
using Amazon.ConfigService.Model;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using KeyRotation.Tests.Aws;
using KeyRotation.Tests.Reading;
using Microsoft.Extensions.Time.Testing;

namespace KeyRotation.Tests.Fuzzing;

/// <summary>
/// Sends random events through the parser, the core and everything between them. Each event must end in the verdict of the naive rule or in
/// a numbered problem. To test a million events: <c>FUZZ_EVENTS=1000000 dotnet test tests --filter EventFuzzTests</c>.
/// </summary>
[TestFixture]
internal sealed class EventFuzzTests
{
    [Test]
    public async Task Event_gives_the_right_evaluation_or_one_problem()
    {
        var plan = Plan.Of("FUZZ_EVENTS", 20_000);
        var outcomes = new int[3];
        foreach (var input in plan.Inputs) outcomes[await CheckAsync(new FuzzedEvent(plan.RandomOf(input)), plan.Replay(input))]++;
        await TestContext.Out.WriteLineAsync($"Seed {plan.Seed}: {plan.Count} events, {outcomes[0]} evaluations, {outcomes[1]} keys not judged, {outcomes[2]} problems.");
        Assert.That(plan.Count == 1 || outcomes.All(count => count > 0), Is.True, "every kind of outcome occurs");
    }

    private static async Task<int> CheckAsync(FuzzedEvent fuzzed, string replay)
    {
        string outcome;
        Evaluation? evaluation = null;
        try
        {
            evaluation = await EvaluateAsync(fuzzed);
            outcome = evaluation?.ComplianceType?.Value ?? NaiveRule.Fails;
        }
        catch (ProblemException e)
        {
            outcome = e.Problems.Single().Number == ProblemNumber.KeysNotJudged ? NaiveRule.Fails : "problem";
        }
#pragma warning disable CA1031 // Do not catch general exception types: any other exception is a defect.
        catch (Exception e)
#pragma warning restore CA1031
        {
            throw new AssertionException($"{replay}{fuzzed.Change}: {e}\n{fuzzed}", e);
        }

        var isRight = fuzzed.Expectation switch
        {
            Expectation.Verdict => outcome == fuzzed.Truth,
            Expectation.Problem => outcome == "problem",
            _ => outcome != NaiveRule.Compliant || fuzzed.MayCountRotations
                || fuzzed.Key is { StatusError: null, Enabled: true, Period: null or (>= 1 and <= 2560) },
        };
        if (!isRight) throw new AssertionException($"{replay}{outcome} instead of {(fuzzed.Expectation == Expectation.Problem ? "a problem" : fuzzed.Truth)} ({fuzzed.Change})\n{fuzzed}");
        if (evaluation is not null && (!IsValid(evaluation) || (fuzzed.Expectation == Expectation.Verdict && !IsAbout(fuzzed, evaluation))))
            throw new AssertionException($"{replay}{JsonSerializer.Serialize(evaluation.Annotation)}\n{fuzzed}");
        return evaluation is not null ? 0 : outcome == NaiveRule.Fails ? 1 : 2;
    }

    private static async Task<Evaluation?> EvaluateAsync(FuzzedEvent fuzzed)
    {
        var invocation = Invocation.Of(Events.Of(fuzzed.Text), FuzzedEvent.Region);
        using var aws = new ScriptedAws().Answer("DescribeStackResources", "<DescribeStackResourcesResponse/>");
        using var stackless = aws.Clients.CloudFormation();
        var recorded = invocation.Notification switch
        {
            Notification.Change(var key) => key,
            Notification.OversizedChange(var key) => await NewestAsync(aws.Answer("GetResourceConfigHistory", fuzzed.History.ToJsonString()), key),
            _ => throw new AssertionException("A change notification was read as a sweep."),
        };
        using var kms = new FuzzedKms(fuzzed.Key);
        using var config = aws.Clients.Config();
        var change = new Change(kms, config, invocation, new StackLookup(stackless, limiter: null), new FakeTimeProvider(fuzzed.Now));
        return (await change.EvaluateAsync(recorded, CancellationToken.None)).Evaluation;
    }

    private static async Task<RecordedKey> NewestAsync(ScriptedAws aws, RecordedKey notified)
    {
        using var config = aws.Clients.Config();
        return await new RecordedHistory(config).NewestAsync(notified, CancellationToken.None);
    }

    private static bool IsValid(Evaluation evaluation) => evaluation.Annotation is { Length: > 0 and <= 256 } annotation
        && !annotation.Any(char.IsControl)
        && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(annotation)) == annotation
        && evaluation.ComplianceResourceType == "AWS::KMS::Key";

    private static bool IsAbout(FuzzedEvent fuzzed, Evaluation evaluation) =>
        evaluation.ComplianceResourceId == fuzzed.Key.Id && evaluation.OrderingTimestamp == fuzzed.CaptureTime.UtcDateTime;

    private sealed class FuzzedKms(PlainKey key) : AmazonKeyManagementServiceClient(new AnonymousAWSCredentials(), Offline)
    {
        private static readonly AmazonKeyManagementServiceConfig Offline = new() { RegionEndpoint = RegionEndpoint.EUCentral1 };

        public override Task<DescribeKeyResponse> DescribeKeyAsync(
            DescribeKeyRequest request, CancellationToken cancellationToken = default) =>
            Answer(request.KeyId, key.DescribeError, () => new DescribeKeyResponse
            {
                KeyMetadata = new KeyMetadata
                {
                    KeyManager = key.Described.Manager,
                    KeySpec = key.Described.Spec,
                    Origin = key.Described.Origin,
                    KeyState = key.Described.State,
                    CreationDate = key.Described.Created?.UtcDateTime,
                    MultiRegionConfiguration = key.Described.MultiRegionType is { } type ? new() { MultiRegionKeyType = type } : null,
                },
            });

        public override Task<GetKeyRotationStatusResponse> GetKeyRotationStatusAsync(
            GetKeyRotationStatusRequest request, CancellationToken cancellationToken = default) =>
            Answer(request.KeyId, key.StatusError, () => new GetKeyRotationStatusResponse
            {
                KeyRotationEnabled = key.Enabled,
                RotationPeriodInDays = key.Period,
                OnDemandRotationStartDate = key.RotatingSince?.UtcDateTime,
            });

        public override Task<ListKeyRotationsResponse> ListKeyRotationsAsync(
            ListKeyRotationsRequest request, CancellationToken cancellationToken = default) =>
            Answer(request.KeyId, key.HistoryError, () => new ListKeyRotationsResponse
            {
                Rotations = key.Rotated is { UtcDateTime: var newest }
                    ? [new() { RotationDate = newest }, new() { RotationDate = newest.AddDays(-100) }]
                    : [],
                Truncated = false,
            });

        public override Task<ListResourceTagsResponse> ListResourceTagsAsync(
            ListResourceTagsRequest request, CancellationToken cancellationToken = default) =>
            Answer(request.KeyId, key.TagsError, () => new ListResourceTagsResponse
            {
                Tags = [.. key.Tags.Select(tag => new Amazon.KeyManagementService.Model.Tag { TagKey = tag.Key, TagValue = tag.Value })],
                Truncated = false,
            });

        private static Task<T> Answer<T>(string keyId, string? error, Func<T> answer)
        {
            if (!keyId.StartsWith("arn:", StringComparison.Ordinal))
                throw new AssertionException($"KMS was called with {keyId}, which is not an ARN.");
            return error switch
            {
                null => Task.FromResult(answer()),
                "NotFoundException" => throw new NotFoundException("gone"),
                "UnsupportedOperationException" => throw new UnsupportedOperationException("unsupported") { ErrorCode = error },
                _ => throw new AmazonKeyManagementServiceException("failed") { ErrorCode = error },
            };
        }
    }
}
