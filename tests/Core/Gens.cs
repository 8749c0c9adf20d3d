using CsCheck;

namespace KeyRotation.Tests.Core;

/// <summary>Random facts and parameters: every combination that the types allow, including meaningless ones.</summary>
internal static class Gens
{
    private static readonly Gen<string> Name = Gen.OneOf(
        Gen.String[Gen.Char, 0, 300], Gen.String[Gen.Char['\ud800', '\udfff'], 0, 300], Gen.Const("🔑").Array[0, 200].Select(string.Concat));

    private static readonly Gen<ReadFailure> ReadFailure = Gen.Select(
        Gen.OneOf(Gen.OneOf("AccessDeniedException", "ThrottlingException"), Name), Gen.Bool, (cause, denied) => new ReadFailure(cause, denied));

    private static readonly Gen<RotationStatus> RotationStatus = Gen.OneOf(
        Gen.OneOf(Gen.Int[90, 2560], Gen.Int).Nullable().Select(days => (RotationStatus)new RotationStatus.On(days)),
        Gen.Const((RotationStatus)new RotationStatus.Off()),
        Gen.Const((RotationStatus)new RotationStatus.Unsupported()),
        ReadFailure.Select(failure => (RotationStatus)new RotationStatus.Unreadable(failure)));

    private static readonly Gen<IReadOnlyDictionary<string, string>> Tags = Gen.OneOf(
        Gen.Const<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>()),
        Gen.OneOf(Gen.OneOf("2026-06-14", "2026-06-15", "2030-12-31 CHG-17"), Name).Select(
            value => (IReadOnlyDictionary<string, string>)new Dictionary<string, string> { ["keep"] = value }));

    // JsonField limits times to the years 1970 to 2999.
    private static readonly Gen<DateTimeOffset> CreationDate = Gen.OneOf(
        Gen.Int[-300, 300].Select(hours => Keys.Now.AddHours(hours)),
        Gen.Int[-3000, 10].Select(days => Keys.Now.AddDays(days)),
        Gen.Long[0, 32503679999999].Select(DateTimeOffset.FromUnixTimeMilliseconds));

    private static readonly Gen<RotationHistory> History = Gen.Frequency(
        (4, CreationDate.Nullable().Select(newest => (RotationHistory)new RotationHistory.Known(newest))),
        (1, ReadFailure.Select(failure => (RotationHistory)new RotationHistory.Unreadable(failure))));

    public static readonly Gen<RuleParameters> Parameters =
        from days in Gen.Int[90, 2560]
        from disabled in Gen.Enum<DisabledKeys>()
        from replicas in Gen.Enum<ReplicaKeys>()
        from unreadable in Gen.Enum<UnreadableKeys>()
        from grace in Gen.OneOf(Gen.Const(0), Gen.Int[0, 168])
        from exempt in Gen.Frequency((1, Gen.Const(Keys.Id)), (1, Gen.Const(Keys.PrimaryArn)), (8, Gen.Const("")))
        from tag in Gen.OneOf(null, "keep")
        from evidence in Gen.Enum<RotationEvidence>()
        from onDemand in Gen.Enum<OnDemandRotation>()
        from imported in Gen.Enum<ImportedKeys>()
        select new RuleParameters
        {
            MaxRotationPeriodInDays = days,
            DisabledKeys = disabled,
            ReplicaKeys = replicas,
            UnreadableKeys = unreadable,
            NewKeyGraceInHours = grace,
            ExemptKeyIds = new HashSet<string> { exempt },
            ExemptTagKey = tag,
            RotationEvidence = evidence,
            OnDemandRotation = onDemand,
            ImportedKeys = imported,
        };

    public static readonly Gen<KeyFacts> Facts =
        from named in Gen.OneOf(Keys.Customer, Keys.Primary, Keys.Replica)
        from gone in Gen.Frequency((9, Gen.Const(false)), (1, Gen.Const(true)))
        from manager in OrElse("CUSTOMER", "AWS")
        from spec in OrElse("SYMMETRIC_DEFAULT", "RSA_2048")
        from origin in OrElse("AWS_KMS", "EXTERNAL")
        from state in OrElse("Enabled", "Disabled", "PendingDeletion", "Creating")
        from type in OrElse("REPLICA", "PRIMARY")
        from primary in OrElse(Keys.PrimaryArn)
        from created in CreationDate.Nullable()
        from described in Gen.Bool
        from descriptionFailure in ReadFailure.Null()
        from recorded in Gen.Bool.Nullable()
        from rotation in RotationStatus.Null()
        from started in Gen.Frequency((4, Gen.Const((DateTimeOffset?)null)), (1, CreationDate.Nullable()))
        from rotations in History.Null()
        from tags in Tags.Null()
        from tagsFailure in ReadFailure.Null()
        select named with
        {
            IsGone = gone,
            KeyManager = manager,
            KeySpec = spec,
            Origin = origin,
            KeyState = state,
            MultiRegionKeyType = type,
            PrimaryKeyArn = primary,
            CreationDate = created,
            IsDescribed = described,
            DescriptionFailure = descriptionFailure,
            RecordedRotationStatus = recorded,
            Rotation = rotation,
            OnDemandRotationStartDate = started,
            Rotations = rotations,
            Tags = tags,
            TagsFailure = tagsFailure,
        };

    public static readonly Gen<StackOwner> StackOwner = Gen.OneOf(
        Gen.Const((StackOwner)new StackOwner.None()),
        Gen.Const((StackOwner)new StackOwner.Unknown()),
        Gen.Select(Name, Name, (stack, resource) => (StackOwner)new StackOwner.Stack(stack, resource)));

    public static readonly Gen<string> Text = Name;

    /// <summary>Adds an answer from KMS: the facts of another random key, its failure, or that the key is gone.</summary>
    public static KeyFacts Answered(this KeyFacts key, Question question, KeyFacts answer) => question switch
    {
        _ when answer.IsGone => key with { IsGone = true },
        Question.Description when answer.DescriptionFailure is { } failure => key with { DescriptionFailure = failure },
        Question.Description => key with
        {
            IsDescribed = true,
            KeyManager = answer.KeyManager ?? key.KeyManager,
            KeySpec = answer.KeySpec ?? key.KeySpec,
            Origin = answer.Origin ?? key.Origin,
            KeyState = answer.KeyState ?? key.KeyState,
            MultiRegionKeyType = answer.MultiRegionKeyType ?? key.MultiRegionKeyType,
            CreationDate = answer.CreationDate ?? key.CreationDate,
        },
        Question.RotationStatus => key with
        {
            Rotation = answer.Rotation ?? new RotationStatus.Unreadable(new("KMS returned no KeyRotationEnabled")),
            OnDemandRotationStartDate = answer.OnDemandRotationStartDate,
        },
        Question.RotationHistory => key with { Rotations = answer.Rotations ?? new RotationHistory.Unreadable(new("KMS returned no Rotations")) },
        _ when answer.Tags is { } tags => key with { Tags = tags },
        _ => key with { TagsFailure = answer.TagsFailure ?? new("KMSInternalException") },
    };

    // Mostly the first value, with which a key reaches the later scenarios.
    private static Gen<string?> OrElse(string first, params string[] others) => Gen.Frequency(
        (6, Gen.Const<string?>(first)), (2, Gen.OneOf<string?>([null, first, .. others])), (1, Name.Select(name => (string?)name)));
}
