using KeyRotation.Reading;
using KeyRotation.Sweeping;

namespace KeyRotation;

/// <summary>One invocation: its event, its work, and its failure, if any.</summary>
internal sealed record InvocationReport
{
    /// <summary>The report for an event that could not be read.</summary>
    public static readonly InvocationReport Unread = new();

    /// <summary>A dash until the function has access to the rule's account: only such a rule gets metrics under its name.</summary>
    public string RuleName { get; init; } = "-";

    public string? AccountId { get; private init; }

    /// <summary>The kind of notification.</summary>
    public string? Notification { get; private init; }

    public bool IsSweep { get; private init; }

    /// <summary>The key of a change.</summary>
    public string? KeyId { get; private init; }

    public Tally Tally { get; init; } = Tally.Nothing;

    /// <summary>Why the invocation failed; null if it succeeded.</summary>
    public Exception? Failure { get; init; }

    public static InvocationReport Of(Invocation invocation) => new()
    {
        AccountId = invocation.Place.AccountId,
        Notification = invocation.Notification.GetType().Name,
        IsSweep = invocation.Notification is Reading.Notification.Sweep,
        KeyId = invocation.Notification switch
        {
            Reading.Notification.Change(var key) => key.Key.KeyId,
            Reading.Notification.OversizedChange(var key) => key.Key.KeyId,
            _ => null,
        },
    };
}
