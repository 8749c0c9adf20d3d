namespace KeyRotation.Core;

/// <summary>The invocation cannot succeed until a person corrects the fault.</summary>
internal sealed class ProblemException(params IReadOnlyList<Problem> problems) : Exception(string.Join('\n', problems))
{
    public ProblemException(ProblemNumber number, string message)
        : this(new Problem(number, message))
    {
    }

    public IReadOnlyList<Problem> Problems { get; } = problems;
}
