namespace KeyRotation.Local;

/// <summary>How PutEvaluations says that it did not take an evaluation.</summary>
internal enum FailedEntry
{
    /// <summary>As it was sent.</summary>
    Whole,

    /// <summary>Without its ComplianceResourceType.</summary>
    WithoutType,

    /// <summary>With the key's ARN for its id.</summary>
    ByArn,

    /// <summary>Not at all: the answer has no FailedEvaluations, whatever else failed.</summary>
    WithoutMember,
}
