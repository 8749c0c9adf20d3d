namespace KeyRotation.Core;

/// <summary>
/// The date of a key's current material: that of its newest rotation, automatic or on demand, or if there was none, of its creation.
/// </summary>
internal abstract record KeyMaterial
{
    /// <summary>A rotation on demand takes KMS minutes. One that has been running for longer than this proves nothing.</summary>
    private static readonly TimeSpan LongestRotation = TimeSpan.FromDays(1);

    /// <summary>KMS may respond some minutes after the time at which the key is judged, and its clock can differ.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromHours(1);

    private KeyMaterial()
    {
    }

    /// <param name="Date">The date of the newest rotation, or of the key's creation.</param>
    /// <param name="IsRotated">False for the first material, which has no separate date.</param>
    public sealed record Since(DateTimeOffset Date, bool IsRotated) : KeyMaterial;

    /// <summary>A rotation on demand is running.</summary>
    public sealed record Rotating(DateTimeOffset StartDate) : KeyMaterial;

    /// <summary>Not known until this question is answered.</summary>
    public sealed record Pending(Question Question) : KeyMaterial;

    public sealed record Unreadable(string What, ReadFailure Failure) : KeyMaterial;

    /// <summary>There was no rotation.</summary>
    public sealed record NeverRotated : KeyMaterial;

    public static KeyMaterial Of(KeyFacts key, DateTimeOffset now) => LastRotation(key, now) switch
    {
        _ when key.OnDemandRotationStartDate is { } start && start > now - LongestRotation && !IsInFuture(start, now) =>
            new Rotating(start),
        NeverRotated when key.CreationDate is { } created => Dated("creation date", created, isRotated: false, now),
        NeverRotated when key.IsDescriptionOpen => new Pending(Question.Description),
        NeverRotated => new Unreadable("creation date", key.CreationDateFailure),
        var rotated => rotated,
    };

    /// <summary>The material counts from a rotation only, never from the key's creation.</summary>
    public static KeyMaterial LastRotation(KeyFacts key, DateTimeOffset now) => key.Rotations switch
    {
        RotationHistory.Known { Newest: { } newest } => Dated("rotation history", newest, isRotated: true, now),
        RotationHistory.Known => new NeverRotated(),
        RotationHistory.Unreadable { Failure: var failure } => new Unreadable("rotation history", failure),
        _ => new Pending(Question.RotationHistory),
    };

    public static bool IsInFuture(DateTimeOffset date, DateTimeOffset now) => date > now + ClockTolerance;

    private static KeyMaterial Dated(string what, DateTimeOffset date, bool isRotated, DateTimeOffset now) => IsInFuture(date, now)
        ? new Unreadable(what, new($"KMS returned the date {date.UtcDateTime:yyyy-MM-dd}, which is in the future"))
        : new Since(date, isRotated);
}
