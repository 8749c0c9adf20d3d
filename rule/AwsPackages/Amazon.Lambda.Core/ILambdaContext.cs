namespace Amazon.Lambda.Core;

/// <summary>The information from Lambda about the current invocation.</summary>
/// <remarks>
/// Names and types: aws/aws-lambda-dotnet, Libraries/src/Amazon.Lambda.Core/ILambdaContext.cs. The official interface got three
/// more members after its first version (TraceId in 2.7.1, then TenantId and Serializer). Each has a default implementation on .NET 8 and
/// later, so a class that implements the other members implements the official interface too. The official members have no nullable
/// annotations. Here, members that Lambda may leave out are nullable, which is stricter: code that compiles against this interface also
/// compiles against the official one. TraceId is not nullable, so that a class with it compiles against both.
/// </remarks>
internal interface ILambdaContext
{
    string AwsRequestId { get; }

    IClientContext? ClientContext { get; }

    string FunctionName { get; }

    string FunctionVersion { get; }

    ICognitoIdentity? Identity { get; }

    string InvokedFunctionArn { get; }

    ILambdaLogger Logger { get; }

    string LogGroupName { get; }

    string LogStreamName { get; }

    int MemoryLimitInMB { get; }

    TimeSpan RemainingTime { get; }

    string TraceId => "";
}

/// <summary>The mobile application that invoked the function. AWS Config is not one, so no member is needed.</summary>
internal interface IClientContext;

/// <summary>The Cognito identity that invoked the function. AWS Config has none, so no member is needed.</summary>
internal interface ICognitoIdentity;
