namespace KeyRotation.Core;

/// <summary>The result of judging a key: a verdict, or a question to answer first.</summary>
internal abstract record Judgment
{
    /// <summary>The facts are not sufficient yet: answer this question and judge again.</summary>
    public sealed record Pending(Question Question) : Judgment;
}

/// <summary>The rule's verdict on a key.</summary>
/// <param name="Scenario">The letter of the scenario in <see cref="KeyRule"/> that decided.</param>
/// <param name="Finding">The reason, in a sentence or two.</param>
internal abstract record Verdict(char Scenario, string Finding) : Judgment
{
    public sealed record Compliant(char Scenario, string Finding) : Verdict(Scenario, Finding);

    public sealed record NonCompliant(char Scenario, string Finding, Fix Fix) : Verdict(Scenario, Finding)
    {
        /// <summary>The fix belongs where the key is defined, which may be a stack. Rotation of a replica is set on its primary.</summary>
        public bool IsFixedWhereDefined(KeyFacts key) => Fix == Fix.EnableKeyRotation && !key.IsReplica;
    }

    public sealed record NotApplicable(char Scenario, string Finding) : Verdict(Scenario, Finding);

    /// <summary>The key cannot be judged: neither "on" nor "off" is known to be true. The invocation fails and names the key.</summary>
    /// <param name="IsTransient">AWS failed, rather than denied the call: the key can be judged later.</param>
    public sealed record Unreadable(string Finding, bool IsTransient = false) : Verdict('i', Finding);
}

/// <summary>The questions about a key that KMS can answer; one call each.</summary>
internal enum Question
{
    /// <summary>DescribeKey.</summary>
    Description,

    /// <summary>GetKeyRotationStatus.</summary>
    RotationStatus,

    /// <summary>ListResourceTags.</summary>
    Tags,

    /// <summary>ListKeyRotations.</summary>
    RotationHistory,
}

/// <summary>The next step for the owner of a NON_COMPLIANT key.</summary>
internal enum Fix
{
    /// <summary>Turn rotation on with a period that is allowed; EnableKeyRotation does both.</summary>
    EnableKeyRotation,

    /// <summary>Rotate it once, with RotateKeyOnDemand.</summary>
    RotateKeyOnDemand,

    /// <summary>The same, but KMS rotates imported key material only to other imported material.</summary>
    ImportKeyMaterialThenRotate,

    /// <summary>Allow the rule to read the key.</summary>
    AllowReading,

    /// <summary>AWS failed; nothing has to be done on the key.</summary>
    Wait,
}
