using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using KeyRotation.Aws;
using KeyRotation.Core;

namespace KeyRotation.Reading;

/// <summary>
/// Calls KMS for the facts that the rule needs, and no others. A denial by KMS also becomes a fact, which the rule evaluates.
/// </summary>
internal sealed class KeyReader(IAmazonKeyManagementService kms)
{
    private const string AnotherKey = "KMS returned another key";

    public async Task<(Verdict Verdict, KeyFacts Key)> JudgeAsync(
        KeyFacts key, RuleParameters parameters, DateTimeOffset now, CancellationToken cancellationToken)
    {
        while (true)
        {
            var judgment = KeyRule.Judge(key, parameters, now);
            if (judgment is Verdict verdict) return (verdict, key);

            var question = ((Judgment.Pending)judgment).Question;
            try
            {
                key = await AnswerAsync(question, key, cancellationToken);
            }
            catch (Exception e) when (AwsFailure.IsFailedCall(e) && !cancellationToken.IsCancellationRequested)
            {
                // A failed call proves nothing about the key, so no parameter can turn it into a finding.
                return (new Verdict.Unreadable($"{Operation(question)}: {AwsFailure.MessageOf(e)}", AwsFailure.IsTransient(e)), key);
            }
        }
    }

    public async Task<KeyFacts> AnswerAsync(Question question, KeyFacts key, CancellationToken cancellationToken)
    {
        try
        {
            return question switch
            {
                Question.Description => await DescribeKeyAsync(key, cancellationToken),
                Question.RotationStatus => await GetKeyRotationStatusAsync(key, cancellationToken),
                Question.RotationHistory => key with { Rotations = await ListKeyRotationsAsync(key, cancellationToken) },
                _ => await ListResourceTagsAsync(key, cancellationToken),
            };
        }
        catch (NotFoundException)
        {
            return key with { IsGone = true };
        }
        catch (UnsupportedOperationException) when (question == Question.RotationStatus)
        {
            return key with { Rotation = new RotationStatus.Unsupported() };
        }
        catch (Exception e) when (AwsFailure.RefusalOf(e, Operation(question)) is { } failure)
        {
            return question switch
            {
                Question.Description => key with { DescriptionFailure = failure },
                Question.RotationStatus => key with { Rotation = new RotationStatus.Unreadable(failure) },
                Question.RotationHistory => key with { Rotations = new RotationHistory.Unreadable(failure) },
                _ => key with { TagsFailure = failure },
            };
        }
    }

    private static string Operation(Question question) => question switch
    {
        Question.Description => "DescribeKey",
        Question.RotationStatus => "GetKeyRotationStatus",
        Question.RotationHistory => "ListKeyRotations",
        _ => "ListResourceTags",
    };

    private async Task<KeyFacts> DescribeKeyAsync(KeyFacts key, CancellationToken cancellationToken)
    {
        var response = await kms.DescribeKeyAsync(new DescribeKeyRequest { KeyId = key.Arn }, cancellationToken);

        // Every key has a state: a response without it is invalid.
        if (response.KeyMetadata is not { KeyState: not null } metadata) return key with { DescriptionFailure = new("KMS returned no KeyState") };
        if (!IsAbout(key, metadata.KeyId) || !IsAbout(key, metadata.Arn)) return key with { DescriptionFailure = new(AnotherKey) };
        return key with
        {
            IsDescribed = true,
            KeyManager = metadata.KeyManager?.Value ?? key.KeyManager,
#pragma warning disable CS0618 // Type or member is obsolete: an endpoint that is as old as the member returns nothing else.
            KeySpec = metadata.KeySpec?.Value ?? metadata.CustomerMasterKeySpec?.Value ?? key.KeySpec,
#pragma warning restore CS0618
            Origin = metadata.Origin?.Value ?? key.Origin,
            KeyState = metadata.KeyState.Value,
            CreationDate = Time(metadata.CreationDate) ?? key.CreationDate,
            MultiRegionKeyType = metadata.MultiRegionConfiguration?.MultiRegionKeyType?.Value ?? key.MultiRegionKeyType,
            PrimaryKeyArn = metadata.MultiRegionConfiguration?.PrimaryKey?.Arn ?? key.PrimaryKeyArn,
        };
    }

    private async Task<KeyFacts> GetKeyRotationStatusAsync(KeyFacts key, CancellationToken cancellationToken)
    {
        var response = await kms.GetKeyRotationStatusAsync(new GetKeyRotationStatusRequest { KeyId = key.Arn }, cancellationToken);
        RotationStatus status = response switch
        {
            _ when !IsAbout(key, response.KeyId) => new RotationStatus.Unreadable(new(AnotherKey)),
            { KeyRotationEnabled: null } => new RotationStatus.Unreadable(new("KMS returned no KeyRotationEnabled")),
            { KeyRotationEnabled: false } => new RotationStatus.Off(),
            { RotationPeriodInDays: < 1 } => new RotationStatus.Unreadable(new($"KMS returned a rotation period of {response.RotationPeriodInDays} days")),
            _ => new RotationStatus.On(response.RotationPeriodInDays),
        };
        return key with { Rotation = status, OnDemandRotationStartDate = Time(response.OnDemandRotationStartDate) };
    }

    /// <summary>
    /// The newest rotation of all pages. An entry without its date, or a page without a required member, makes the newest rotation unknown.
    /// </summary>
    private async Task<RotationHistory> ListKeyRotationsAsync(KeyFacts key, CancellationToken cancellationToken)
    {
        var pages = new Pagination();
        var known = new HashSet<DateTimeOffset>();
        var history = new RotationHistory.Known(Newest: null);
        var request = new ListKeyRotationsRequest { KeyId = key.Arn, Limit = 1000 };
        while (true)
        {
            var page = await kms.ListKeyRotationsAsync(request, cancellationToken);
            if (page is not { Rotations: { } rotations, Truncated: { } truncated })
                return new RotationHistory.Unreadable(new("KMS returned no Rotations or no Truncated"));
            var before = known.Count;
            foreach (var rotation in rotations)
            {
                if (!IsAbout(key, rotation?.KeyId)) return new RotationHistory.Unreadable(new(AnotherKey));
                if (Time(rotation?.RotationDate) is not { } date) return new RotationHistory.Unreadable(new("KMS returned a rotation without RotationDate"));
                if (!known.Add(date)) continue;
                history = history.Newest > date
                    ? history with { Count = known.Count }
                    : new(date, rotation?.RotationType?.Value, known.Count);
            }

            if (!truncated) return history;
            if (!pages.MayContinue(page.NextMarker, rotations.Count, known.Count - before))
                return new RotationHistory.Unreadable(new("KMS returned Truncated without a new NextMarker or rotation"));
            request.Marker = page.NextMarker;
        }
    }

    /// <summary>A time as the SDK returns it, or null.</summary>
    internal static DateTimeOffset? Time(DateTime? time) => time is { } known ? new DateTimeOffset(known.ToUniversalTime()) : null;

    /// <summary>A response that names a key must name the requested key, by its ID or ARN.</summary>
    private static bool IsAbout(KeyFacts key, string? name) => name is null || name == key.KeyId || name == key.Arn;

    private async Task<KeyFacts> ListResourceTagsAsync(KeyFacts key, CancellationToken cancellationToken)
    {
        // A key has at most 50 user-defined tags, which fit on one page; AWS tags do not count. Source: KMS API Reference,
        // ListResourceTags, Limit.
        var pages = new Pagination();
        var tags = new Dictionary<string, string>();
        var request = new ListResourceTagsRequest { KeyId = key.Arn };
        do
        {
            var page = await kms.ListResourceTagsAsync(request, cancellationToken);
            var before = tags.Count;
            foreach (var tag in page.Tags ?? []) tags[tag.TagKey ?? ""] = tag.TagValue ?? "";
            if (page.Tags is null || (page.Truncated == true && !pages.MayContinue(page.NextMarker, page.Tags.Count, tags.Count - before)))
                return key with { TagsFailure = new("KMS did not return all Tags") };
            request.Marker = page.Truncated == true ? page.NextMarker : null;
        }
        while (request.Marker is not null);

        return key with { Tags = tags };
    }
}
