namespace Amazon.Lambda.Core;

/// <summary>The function's log: each call writes one CloudWatch Logs event.</summary>
/// <remarks>
/// Names and types: aws/aws-lambda-dotnet, Libraries/src/Amazon.Lambda.Core/ILambdaLogger.cs. These are the two members without a default
/// implementation. Members with a log level came later and have one.
/// </remarks>
internal interface ILambdaLogger
{
    void Log(string message);

    void LogLine(string message);
}
