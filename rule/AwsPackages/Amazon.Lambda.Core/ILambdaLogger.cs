namespace Amazon.Lambda.Core;

/// <summary>The function's log, one CloudWatch Logs event a call.</summary>
/// <remarks>
/// Names and types: aws/aws-lambda-dotnet, Libraries/src/Amazon.Lambda.Core/ILambdaLogger.cs. These are the two members without a default
/// implementation; the ones that take a level came later and have one.
/// </remarks>
internal interface ILambdaLogger
{
    void Log(string message);

    void LogLine(string message);
}
