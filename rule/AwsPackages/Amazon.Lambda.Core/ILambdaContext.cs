namespace Amazon.Lambda.Core;

/// <summary>What Lambda tells a function about the invocation at hand.</summary>
/// <remarks>
/// Names and types: aws/aws-lambda-dotnet, Libraries/src/Amazon.Lambda.Core/ILambdaContext.cs. The official interface has grown three
/// members since its first version (TraceId in 2.7.1, then TenantId and Serializer); each has a default implementation on .NET 8 and later,
/// so a class that implements the others implements the official interface too. The official members carry no nullable annotations; here
/// those that Lambda may leave out are nullable, which is the stricter of the two: what compiles against this compiles against that.
/// TraceId is not, since a class that has it would not compile against an annotated one otherwise.
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

/// <summary>The mobile application that invoked the function: never there when AWS Config is the caller, so no member is needed.</summary>
internal interface IClientContext;

/// <summary>The Cognito identity that invoked the function: never there when AWS Config is the caller, so no member is needed.</summary>
internal interface ICognitoIdentity;
